//! Codes of the signaling service.

use std::fmt::Write as _;

use serde_json::{Value, json};
use visavis_codes::signaling::Code;

use super::in_html;

/// The code of this name or number.
pub(super) fn find(text: &str) -> Option<Code> {
    Code::from_name(text).or_else(|| Code::from_number(text.parse().ok()?))
}

/// A code for programs.
pub(super) fn as_json(code: Code) -> Value {
    let reasons: Vec<_> = code
        .reasons()
        .map(|cause| json!({ "reason": cause.wording(), "retryable": cause.retryable() }))
        .collect();
    json!({
        "service": "signaling",
        "code": code.name(),
        "number": code.number(),
        "title": code.title(),
        "advice": code.advice().name(),
        "obsolete": code.is_obsolete(),
        "happened": code.happened(),
        "caller_does": code.caller_does(),
        "operator_does": code.operator_does(),
        "reasons": reasons,
    })
}

/// A row of the index.
pub(super) fn row(code: Code) -> String {
    let (name, number, happened) = (code.name(), code.number(), in_html(code.happened()));
    format!(
        "<dt><a href=\"/errors/{name}\"><code>{name}</code></a> {number}</dt><dd>{happened}</dd>"
    )
}

/// A page for people.
pub(super) fn page(code: Code) -> String {
    let mut reasons = String::new();
    for cause in code.reasons() {
        let retry = match cause.retryable() {
            true => ", may succeed later",
            false => "",
        };
        let wording = in_html(&cause.wording().replace("{}", "…"));
        let _ = write!(reasons, "<li><code>{wording}</code>{retry}</li>");
    }
    if reasons.is_empty() {
        reasons = match code.is_obsolete() {
            true => "<li>none: it is obsolete</li>".into(),
            false => "<li>none of the server: clients give it by themselves</li>".into(),
        };
    }
    format!(
        "<p><a href=\"/errors\">Failure codes</a></p><h1><code>{name}</code> {number}</h1><p>{title}.</p><dl>\
         <dt>What happened</dt><dd>{happened}</dd><dt>What the caller does</dt><dd>{caller}</dd>\
         <dt>What the operator does</dt><dd>{operator}</dd><dt>Advice</dt><dd><code>{advice}</code></dd>\
         </dl><h2>Reasons</h2><ul>{reasons}</ul>",
        name = code.name(),
        number = code.number(),
        title = code.title(),
        happened = in_html(code.happened()),
        caller = in_html(code.caller_does()),
        operator = in_html(code.operator_does()),
        advice = code.advice(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_to_the_same_page() {
        assert_eq!(find("LOGIN_E_TOKENWRONG"), find("206"));
        assert!(find("206").is_some());
        assert_eq!(find("creditsExhausted"), None);
        assert_eq!(find("99999999"), None);
        for code in Code::ALL {
            assert_eq!(find(code.name()), Some(*code));
            let page = page(*code);
            assert!(
                page.contains(code.name()) && page.contains("<li>"),
                "{page}"
            );
            assert_eq!(as_json(*code)["number"], code.number());
        }
    }
}
