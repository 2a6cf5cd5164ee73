mod signaling;

use serde_json::{Value, json};
use visavis_codes::{Cause, Code, Dialect, Emission, close};

use super::Failure;
use super::out::{Paint, print, print_json, printable};

/// Names that are offered instead of one that does not exist.
const NEAREST: usize = 3;

/// Say what a failure code means and what to do about it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis explain creditsExhausted
  visavis explain 4010           a close code, or the code of a ServerError
  visavis explain 404            an HTTP status: everything that comes with it
  visavis explain 206            the number of a signaling code
  visavis explain \"peer offline\"  a reason that the signaling service gives
  visavis explain avatarNotFound --json")]
pub(crate) struct Args {
    /// A code name or number of either service, a close code, an HTTP status or a reason
    code: String,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (avatar, signaling) = (find(&args.code), signaling::find(&args.code));
    if avatar.is_none() && signaling.is_none() {
        return Err(Failure::Unknown(unknown(&args.code)));
    }
    if args.json {
        return print_json(&both_as_json(&args.code, avatar, signaling));
    }
    print(&both(avatar, signaling, Paint::stdout()))
}

/// Numbers mean something in one service, or something else in each.
fn both(avatar: Option<Found>, signaling: Option<signaling::Found>, paint: Paint) -> String {
    let is_both = avatar.is_some() && signaling.is_some();
    let section = |service: &str, note: Option<String>, pages: Vec<String>| {
        let heading = match is_both {
            true => format!("{}\n\n", paint.bold(service)),
            false => String::new(),
        };
        let note = note.map(|note| format!("{note}\n\n")).unwrap_or_default();
        heading + &note + &pages.join("\n")
    };
    let avatar = avatar.map(|found| {
        let pages = found.codes.iter().map(|code| page(*code, paint)).collect();
        section("Avatar service", found.note, pages)
    });
    let signaling = signaling.map(|found| {
        let pages = found.codes.iter();
        let pages = pages.map(|code| signaling::page(*code, paint)).collect();
        section("Signaling service", found.note, pages)
    });
    let sections: Vec<_> = avatar.into_iter().chain(signaling).collect();
    sections.join("\n")
}

fn both_as_json(query: &str, avatar: Option<Found>, signaling: Option<signaling::Found>) -> Value {
    let (mut notes, mut codes) = (vec![], vec![]);
    if let Some(found) = avatar {
        notes.extend(found.note);
        codes.extend(found.codes.into_iter().map(as_json));
    }
    if let Some(found) = signaling {
        notes.extend(found.note);
        codes.extend(found.codes.into_iter().map(signaling::as_json));
    }
    let note = Some(notes.join(" ")).filter(|note| !note.is_empty());
    json!({ "query": query, "note": note, "codes": codes })
}

struct Found {
    note: Option<String>,
    codes: Vec<Code>,
}

/// What a name or a number stands for.
fn find(query: &str) -> Option<Found> {
    let query = query.trim();
    let named = |name: &str| name.eq_ignore_ascii_case(query);
    if let Some(code) = Code::ALL.into_iter().find(|code| named(code.name())) {
        return Some(Found {
            note: None,
            codes: vec![code],
        });
    }
    if let Some(cause) = Cause::ALL.iter().find(|cause| named(cause.name())) {
        return Some(Found {
            note: None,
            codes: vec![cause.code()],
        });
    }
    let number: i32 = query.parse().ok()?;
    let codes = emitted_as(number);
    if !codes.is_empty() {
        let what = match number {
            4000..=4999 => "A close code, and a ServerError code",
            100..=599 => "An HTTP status",
            _ => "A ServerError code",
        };
        let note = format!(
            "{what}; {} of the codes below: the wording tells.",
            many(codes.len())
        );
        return Some(Found {
            note: (codes.len() > 1).then_some(note),
            codes,
        });
    }
    let (note, codes) = match number {
        1000 => (
            "A normal close. After an error it follows the ServerError that says what happened.",
            vec![],
        ),
        1001 => ("A normal close: the other side is going away.", vec![]),
        1002 | 1003 | 1007 | 1008 => ("A close for a broken protocol.", vec![Code::ProtocolError]),
        1009 => (
            "A close for a message that is too large.",
            vec![Code::ConnectionClosed],
        ),
        1005 | 1006 | 1010..=1015 => (
            "A close without a reason of this protocol.",
            vec![Code::ConnectionClosed],
        ),
        4000..=4499 => (
            "A close code that has no meaning yet; 40xx says that the request is at fault: do not reconnect.",
            vec![Code::ConnectionClosed],
        ),
        4500..=4999 => (
            "A close code that has no meaning yet; 45xx says that the server is briefly unable: reconnect with back-off.",
            vec![Code::ConnectionClosed],
        ),
        _ => return None,
    };
    Some(Found {
        note: Some(note.into()),
        codes,
    })
}

/// The codes that any cause emits under this number, in any dialect.
fn emitted_as(number: i32) -> Vec<Code> {
    let status_or_code = |emission| match emission {
        Emission::Http { status } => i32::from(status) == number,
        Emission::ServerError { server_code } => server_code == number,
        Emission::Observed => false,
    };
    let mut codes = vec![];
    for cause in Cause::ALL {
        let emitted = [Dialect::TextRule, Dialect::CloseCode]
            .into_iter()
            .any(|dialect| status_or_code(cause.emission(dialect)));
        if emitted && !codes.contains(&cause.code()) {
            codes.push(cause.code());
        }
    }
    codes
}

fn many(count: usize) -> &'static str {
    if count == 2 { "either" } else { "any" }
}

fn page(code: Code, paint: Paint) -> String {
    let mut text = format!("{}  {}\n\n", paint.bold(code.name()), code.title());
    for (label, line) in [
        ("What happened", code.happened()),
        ("What the caller does", code.caller_does()),
        ("What the operator does", code.operator_does()),
    ] {
        text += &format!("{}\n  {line}\n", paint.dim(label));
    }
    let phases: Vec<_> = code.phases().iter().map(|phase| phase.name()).collect();
    let mut advice = code.advice().name().to_owned();
    if code.alert_when_recurring() {
        advice += ", and alert when it recurs";
    }
    text += &format!("{}  {}\n", paint.dim("Advice"), paint.green(&advice));
    text += &format!("{}  {}\n", paint.dim("Phases"), phases.join(", "));
    text += &format!("{}\n", paint.dim("On the wire"));
    for cause in causes(code) {
        let text_rule = emission(cause.emission(Dialect::TextRule));
        let close_code = emission(cause.emission(Dialect::CloseCode));
        text += &format!("  {text_rule}  \"{}\"\n", cause.wording());
        if close_code != text_rule {
            text += &format!("    to SDKs that read close codes: {close_code}\n");
        }
    }
    text
}

fn causes(code: Code) -> impl Iterator<Item = Cause> {
    Cause::ALL
        .iter()
        .copied()
        .filter(move |cause| cause.code() == code)
}

fn emission(emission: Emission) -> String {
    match emission {
        Emission::Http { status } => format!("HTTP {status}"),
        Emission::ServerError { server_code } => match close::of_server_code(server_code) {
            Some(close) => format!("ServerError {server_code}, close {close} or 1000"),
            None => format!("ServerError {server_code}, close 1000"),
        },
        Emission::Observed => "seen by clients only".into(),
    }
}

fn as_json(code: Code) -> Value {
    let phases: Vec<_> = code.phases().iter().map(|phase| phase.name()).collect();
    let emissions: Vec<_> = causes(code)
        .map(|cause| {
            json!({
                "cause": cause.name(),
                "wording": cause.wording(),
                "text-rule": emission_json(cause.emission(Dialect::TextRule)),
                "close-code": emission_json(cause.emission(Dialect::CloseCode)),
            })
        })
        .collect();
    json!({
        "service": "avatar",
        "code": code.name(),
        "title": code.title(),
        "advice": code.advice().name(),
        "retryable": code.retryable(),
        "alertWhenRecurring": code.alert_when_recurring(),
        "phases": phases,
        "happened": code.happened(),
        "callerDoes": code.caller_does(),
        "operatorDoes": code.operator_does(),
        "emissions": emissions,
    })
}

fn emission_json(emission: Emission) -> Value {
    match emission {
        Emission::Http { status } => json!({ "httpStatus": status }),
        Emission::ServerError { server_code } => json!({ "serverCode": server_code }),
        Emission::Observed => Value::Null,
    }
}

fn unknown(query: &str) -> String {
    let wanted = query.to_lowercase();
    let avatar = Code::ALL.iter().map(|code| code.name());
    let signaling = visavis_codes::signaling::Code::ALL.iter();
    let mut names: Vec<_> = avatar
        .chain(signaling.map(|code| code.name()))
        .map(|name| (distance(&wanted, &name.to_lowercase()), name))
        .collect();
    names.sort_unstable();
    let nearest: Vec<_> = names.iter().take(NEAREST).map(|(_, name)| *name).collect();
    format!(
        "there is no code `{}`; the nearest are {}",
        printable(query),
        nearest.join(", ")
    )
}

/// Edits between two names; one that holds the other is near whatever their lengths.
fn distance(a: &str, b: &str) -> usize {
    if !a.is_empty() && b.contains(a) {
        return 1;
    }
    strsim::damerau_levenshtein(a, b)
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
    fn names_and_numbers_of_every_kind_are_found() {
        assert_eq!(names("creditsexhausted"), ["creditsExhausted"]);
        assert_eq!(names("TokenRejected"), ["sessionTokenInvalid"]);
        assert_eq!(names("4001"), ["creditsExhausted"]);
        assert_eq!(names("4010"), ["sessionTokenExpired"]);
        assert_eq!(names("4503"), ["upstreamError"]);
        assert_eq!(names("1006"), ["connectionClosed"]);
        assert_eq!(names("402"), ["billingRequired", "creditsExhausted"]);
        assert!(names("404").contains(&"avatarNotFound"));
        assert!(find("1000").is_some_and(|found| found.note.is_some()));
        assert!(find("777").is_none() && find("").is_none());
    }

    #[test]
    fn a_number_of_both_services_shows_both() {
        let text = both(find("400"), signaling::find("400"), Paint::plain());
        assert!(text.starts_with("Avatar service\n\n"), "{text}");
        assert!(
            text.contains("\nSignaling service\n\nSENDMESSAGE_E_OTHER  400"),
            "{text}"
        );
        let json = both_as_json("206", find("206"), signaling::find("206"));
        assert_eq!(json["codes"][0]["service"], "signaling");
        assert_eq!(json["codes"][0]["code"], "LOGIN_E_TOKENWRONG");
        assert_eq!(json["note"], Value::Null);
        let text = both(find("206"), signaling::find("206"), Paint::plain());
        assert!(text.starts_with("LOGIN_E_TOKENWRONG  206  "), "{text}");
    }

    #[test]
    fn every_code_has_a_page_and_an_object() {
        for code in Code::ALL {
            let page = page(code, Paint::plain());
            assert!(
                page.contains(code.caller_does()) && page.contains("On the wire"),
                "{page}"
            );
            assert!(as_json(code)["emissions"][0]["wording"].is_string());
        }
    }

    #[test]
    fn an_unknown_name_brings_the_nearest() {
        assert!(unknown("avatarNotFind").contains("nearest are avatarNotFound"));
        assert!(unknown("credits").contains("nearest are creditsExhausted"));
    }
}
