//! Codes of the signaling service.

use serde_json::{Value, json};
use visavis_codes::signaling::{Cause, Code};

use super::Paint;

/// What a name, a number or a reason stands for.
pub(super) struct Found {
    pub(super) note: Option<String>,
    pub(super) codes: Vec<Code>,
}

pub(super) fn find(query: &str) -> Option<Found> {
    let query = query.trim();
    let named = |name: &str| name.eq_ignore_ascii_case(query);
    if let Some(code) = Code::ALL.iter().find(|code| named(code.name())) {
        return Some(Found {
            note: None,
            codes: vec![*code],
        });
    }
    let causes = Cause::ALL.iter().copied();
    let mut causes = causes.filter(|cause| named(cause.name()) || is_said(cause.wording(), query));
    if let Some(first) = causes.next() {
        let mut codes = first.codes();
        for cause in causes {
            codes.extend(cause.codes());
        }
        codes.dedup();
        let note = "A reason; the call that fails decides which of the codes below goes with it.";
        return Some(Found {
            note: (codes.len() > 1).then(|| note.into()),
            codes,
        });
    }
    numbered(query.parse().ok()?)
}

/// Whether a reason says this, whatever it is about.
fn is_said(wording: &str, text: &str) -> bool {
    match wording.split_once("{}") {
        None => wording.eq_ignore_ascii_case(text),
        Some((head, _)) => {
            let start = text.get(..head.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(head))
                || head.trim_end().eq_ignore_ascii_case(text)
        }
    }
}

fn numbered(number: u16) -> Option<Found> {
    let with = |test: &dyn Fn(Code) -> bool| -> Vec<Code> {
        let all = Code::ALL.iter().copied();
        all.filter(|code| test(*code)).collect()
    };
    let (note, mut codes) = match number {
        4999 => (
            "A close code: 4999 stands for every number from 1000 on; the reason of the close tells which.",
            with(&|code| code.close_status() == 4999),
        ),
        4100..=4998 => (
            "A close code: 4000 and the number of a signaling code.",
            with(&|code| code.close_status() == number),
        ),
        _ => ("", with(&|code| code.number() == number)),
    };
    let read_as = Code::from_number(number);
    if let Some(code) = read_as.filter(|code| !codes.contains(code)) {
        codes.push(code);
    }
    (!codes.is_empty()).then(|| Found {
        note: (!note.is_empty()).then(|| note.into()),
        codes,
    })
}

pub(super) fn page(code: Code, paint: Paint) -> String {
    let mut text = format!(
        "{}  {}  {}\n\n",
        paint.bold(code.name()),
        code.number(),
        code.title()
    );
    for (label, line) in [
        ("What happened", code.happened()),
        ("What the caller does", code.caller_does()),
        ("What the operator does", code.operator_does()),
    ] {
        text += &format!("{}\n  {line}\n", paint.dim(label));
    }
    let advice = code.advice().name();
    text += &format!("{}  {}\n", paint.dim("Advice"), paint.green(advice));
    text += &format!("{}\n", paint.dim("Reasons"));
    let mut reasons = code.reasons().peekable();
    if reasons.peek().is_none() {
        let none = match code.is_obsolete() {
            true => "none: it is obsolete",
            false => "none of the server: clients give it by themselves",
        };
        text += &format!("  {none}\n");
    }
    for cause in reasons {
        let retry = match cause.retryable() {
            true => "  may succeed later",
            false => "",
        };
        text += &format!("  \"{}\"{retry}\n", cause.wording());
    }
    text
}

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
        "callerDoes": code.caller_does(),
        "operatorDoes": code.operator_does(),
        "reasons": reasons,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<&'static str> {
        find(query)
            .map(|found| found.codes.iter().map(|code| code.name()).collect())
            .unwrap_or_default()
    }

    #[test]
    fn names_numbers_and_reasons_are_found() {
        for query in [
            "206",
            "4206",
            "LOGIN_E_TOKENWRONG",
            "login_e_tokenwrong",
            "TokenErrorSignature",
            "TokenSignature",
        ] {
            assert_eq!(names(query), ["LOGIN_E_TOKENWRONG"], "{query}");
        }
        assert_eq!(
            names("peer offline"),
            ["SENDMESSAGE_E_OTHER", "INVITE_E_PEEROFFLINE"]
        );
        assert_eq!(names("wrong param name"), ["GENERAL_E_WRONG_PARAM"]);
        assert_eq!(
            names("501"),
            ["QUERYUSERNUM_E_TIMEOUT", "QUERYUSERNUM_E_BYUSER"]
        );
        assert_eq!(names("502"), ["QUERYUSERNUM_E_BYUSER"]);
        assert_eq!(names("0"), ["SUCCESS"]);
        assert!(names("4999").contains(&"GENERAL_E_LARGE_PARAM"));
        for unknown in ["", "wrong", "4001", "4010", "999", "-1", "creditsExhausted"] {
            assert!(find(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn every_code_has_a_page() {
        for code in Code::ALL {
            let page = page(*code, Paint::plain());
            assert!(page.contains(code.caller_does()), "{page}");
            assert!(page.contains("Reasons\n  "), "{page}");
        }
    }
}
