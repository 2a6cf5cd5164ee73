//! Pages of the signaling codes.

use std::fmt::Write as _;

use visavis_codes::signaling::Code;

use super::Files;

pub(super) fn generate(folder: &str) -> Files {
    let pages = Code::ALL.iter().map(|code| {
        let path = format!("{folder}/{}.md", code.name());
        (path.into(), page(*code))
    });
    pages.collect()
}

/// The part of the index, in the order of the documentation.
pub(super) fn index() -> String {
    let mut text = String::from(
        "\n## Signaling service\n\n\
         Numbers work as well as names: `/errors/206`, `visavis explain 206`.\n\
         What each SDK reports is in [Signaling codes](../signaling-codes.md).\n\n\
         | Number | Code | What happened | Advice |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let (name, number) = (code.name(), code.number());
        let (happened, advice) = (code.happened(), code.advice());
        let _ = writeln!(
            text,
            "| {number} | [{name}]({name}.md) | {happened} | {advice} |"
        );
    }
    text
}

fn page(code: Code) -> String {
    let yes_no = |yes| if yes { "yes" } else { "no" };
    let mut text = format!(
        "# {name}\n\n{number}: {title}.\n\n\
         - What happened: {happened}\n- What the caller does: {caller}\n- What the operator does: {operator}\n\n\
         | | |\n| --- | --- |\n| Advice | `{advice}` |\n| Close status | {close} |\n| Obsolete | {obsolete} |\n\n\
         ## Reasons\n\n",
        name = code.name(),
        number = code.number(),
        title = code.title(),
        happened = code.happened(),
        caller = code.caller_does(),
        operator = code.operator_does(),
        advice = code.advice(),
        close = code.close_status(),
        obsolete = yes_no(code.is_obsolete()),
    );
    let mut reasons = code.reasons().peekable();
    if reasons.peek().is_none() {
        text.push_str(match code.is_obsolete() {
            true => "None: it exists so that it can be read.\n",
            false => "None of the server: clients give it by themselves.\n",
        });
        return text;
    }
    text.push_str("| Cause | Reason | Retryable |\n| --- | --- | --- |\n");
    for cause in reasons {
        let (wording, retryable) = (cause.wording(), yes_no(cause.retryable()));
        let _ = writeln!(text, "| {cause:?} | `{wording}` | {retryable} |");
    }
    if text.contains("{}") {
        text.push_str("\n`{}` stands for what the failure is about.\n");
    }
    text
}
