//! `docs/reference/errors/`: a page for each code, from the table in `crates/codes`.

mod signaling;

use std::fmt::Write as _;

use visavis_codes::{Cause, Code, Dialect, Emission, close};

use super::Files;

const FOLDER: &str = "docs/reference/errors";

pub(super) fn generate() -> Files {
    let pages = Code::ALL.map(|code| (format!("{FOLDER}/{code}.md").into(), page(code)));
    let mut files = Files::from(pages);
    files.extend(signaling::generate(FOLDER));
    files.insert(format!("{FOLDER}/README.md").into(), index());
    files
}

fn index() -> String {
    let mut text = String::from(
        "# Failure codes\n\n\
         Generated from `crates/codes` by `cargo xtask codegen`.\n\
         A running server shows the same pages at `/errors/CODE`, the command line with `visavis explain CODE`.\n\n\
         ## Avatar service\n\n\
         | Code | What happened | Advice | Retryable |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let retryable = if code.retryable() { "yes" } else { "no" };
        let (happened, advice) = (code.happened(), code.advice());
        let _ = writeln!(
            text,
            "| [{code}]({code}.md) | {happened} | {advice} | {retryable} |"
        );
    }
    text + &signaling::index()
}

fn page(code: Code) -> String {
    let phases: Vec<_> = code
        .phases()
        .iter()
        .map(|phase| format!("`{phase}`"))
        .collect();
    let mut text = format!(
        "# {code}\n\n{title}.\n\n\
         - What happened: {happened}\n- What the caller does: {caller}\n- What the operator does: {operator}\n\n\
         | | |\n| --- | --- |\n| Advice | `{advice}` |\n| Retryable | {retryable} |\n\
         | Alert when it recurs | {alert} |\n| Phases | {phases} |\n\n\
         ## Causes\n\n\
         | Cause | Wording | To text-rule SDKs | To close-code SDKs |\n| --- | --- | --- | --- |\n",
        title = code.title(),
        happened = code.happened(),
        caller = code.caller_does(),
        operator = code.operator_does(),
        advice = code.advice(),
        retryable = if code.retryable() { "yes" } else { "no" },
        alert = if code.alert_when_recurring() {
            "yes"
        } else {
            "no"
        },
        phases = phases.join(", "),
    );
    for cause in Cause::ALL.iter().filter(|cause| cause.code() == code) {
        let _ = writeln!(
            text,
            "| {cause:?} | `{}` | {} | {} |",
            cause.wording(),
            emission(cause.emission(Dialect::TextRule)),
            emission(cause.emission(Dialect::CloseCode)),
        );
    }
    text.push_str(
        "\n`{}` stands for what the failure is about.\n\
         A ServerError with a close code of its own is followed by that close in the close-code dialect and \
         with query authentication, and by 1000 otherwise.\n",
    );
    text
}

fn emission(emission: Emission) -> String {
    match emission {
        Emission::Http { status } => format!("HTTP {status}"),
        Emission::ServerError { server_code } => match close::of_server_code(server_code) {
            Some(close_code) => format!("ServerError {server_code}, close {close_code}"),
            None => format!("ServerError {server_code}, close 1000"),
        },
        Emission::Observed => String::from("nothing; the client sees it for itself"),
    }
}
