use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect_file;
use visavis_client::signaling::core::Reply;
use visavis_client::signaling::{Code, Error, Event};

use crate::causes::causes;
use crate::world::{Told, World};

/// What the document begins with.
const HEAD: &str = "\
# Signaling codes

Generated from a run of the Rust SDK's core against the hub, in virtual time; do not edit.
`UPDATE_EXPECT=1 cargo test -p visavis-client --test signaling` writes it, and the same test without it fails when the table differs from what the SDK saw.

Each row provokes its code by a real cause, without magic names.
\"Seen\" is what the application gets: the `Result` of the call that it belongs to, and events.
Retry is the word of the error on whether the same may succeed later with nothing changed.

| Code | Name | Cause in the test | Reason | Retry | Seen by the Rust SDK |
| --- | --- | --- | --- | --- | --- |
";

#[test]
fn the_table_of_codes_is_what_the_sdk_sees() {
    let mut document = HEAD.to_owned();
    let mut shown = BTreeSet::new();
    for (code, cause, act) in causes() {
        let mut world = World::new(u64::from(code.number()), crate::causes::limits());
        let me = act(&mut world);
        let told: Vec<_> = world
            .log
            .iter()
            .filter(|(client, _)| *client == me)
            .collect();
        let mut seen = Vec::new();
        let mut why = None;
        for (_, told) in &told {
            if let Some((how, error)) = shows(told, *code) {
                if !seen.contains(&how) {
                    seen.push(how);
                }
                why = why.or(error);
            }
        }
        assert!(
            !seen.is_empty(),
            "{code} was not seen when {cause}: {told:#?}"
        );
        shown.insert(code.number());
        let (reason, retry) = match why {
            Some(error) if error.is_retryable() => (format!("`{}`", error.reason()), "yes"),
            Some(error) => (format!("`{}`", error.reason()), "no"),
            None => ("–".to_owned(), "–"),
        };
        let (number, name) = (code.number(), code.name());
        let seen = seen.join(", ");
        writeln!(
            document,
            "| {number} | `{name}` | {cause} | {reason} | {retry} | {seen} |"
        )
        .unwrap();
    }
    document.push_str("\nThe following are obsolete: known by name, and never reported.\n\n");
    document.push_str("| Code | Name |\n| --- | --- |\n");
    for code in Code::ALL {
        if code.is_obsolete() {
            let number = match code {
                Code::QueryUserNumByUser => "501, 502 in headers".to_owned(),
                code => code.number().to_string(),
            };
            writeln!(document, "| {number} | `{}` |", code.name()).unwrap();
        } else {
            assert!(shown.contains(&code.number()), "{code} has no cause here");
        }
    }
    expect_file!["../../../../docs/reference/signaling-codes.md"].assert_eq(&document);
}

/// How this shows the code, and the error that carries it.
fn shows(told: &Told, code: Code) -> Option<(String, Option<Error>)> {
    let event = match told {
        Told::Reply(Ok(Reply::Done | Reply::Joined(_))) if code == Code::Success => {
            return Some(("`Ok`".into(), None));
        }
        Told::Reply(Err(error)) if error.code() == code => {
            return Some((format!("`Err` of `{}`", error.call()), Some(error.clone())));
        }
        Told::Reply(..) => return None,
        Told::Event(event) => event,
    };
    let name = format!("{event:?}");
    let name = name.split(' ').next().unwrap_or_default();
    let error = match event {
        Event::LoginFailed { error }
        | Event::Logout { error }
        | Event::ChannelJoinFailed { error, .. }
        | Event::ChannelLeaved { error, .. }
        | Event::MessageSendError { error, .. }
        | Event::InviteFailed { error, .. }
        | Event::Error { error } => error,
        Event::ChannelQueryUserNumResult {
            result: Err(error), ..
        } => error,
        Event::InviteEndByPeer { extra, .. } => {
            let extra: serde_json::Value = serde_json::from_str(extra).ok()?;
            let carries = extra["code"] == code.number();
            return carries.then(|| (format!("`{name}` with it in `extra`"), None));
        }
        _ => return None,
    };
    (error.code() == code).then(|| (format!("`{name}`"), Some(error.clone())))
}
