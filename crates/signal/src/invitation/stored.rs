use std::time::Duration;

use serde_json::{Value, json};

use super::Key;
use super::ringing::{Reach, Ringing};
use super::state::Invitation;
use crate::StoredInvitation;

/// What is kept of an invitation: all but who is lost.
pub(super) fn write(key: &Key, invitation: &Invitation) -> StoredInvitation {
    let state = match invitation {
        Invitation::Ringing(ringing) => json!({
            "state": "ringing",
            "extra": ringing.extra,
            "until_ms": ringing.until.as_millis() as u64,
            "reach": name_of(ringing.reach),
            "acked": ringing.acked,
            "callee_seen": ringing.callee_seen,
        }),
        Invitation::Accepted { .. } => json!({"state": "accepted"}),
    };
    StoredInvitation {
        channel: key.channel.clone(),
        caller: key.caller.clone(),
        callee: key.callee.clone(),
        state: state.to_string(),
    }
}

/// The invitation that was kept; everyone is lost since now.
///
/// One that cannot be read, such as that of a later version, ends at once for both sides.
pub(super) fn read(stored: StoredInvitation, now: Duration) -> (Key, Invitation) {
    let invitation = parse(&stored.state, now).unwrap_or_else(|| {
        Invitation::Ringing(Ringing {
            extra: String::new(),
            until: now,
            reach: Reach::Seen,
            acked: true,
            callee_seen: true,
            caller_lost: Some(now),
        })
    });
    let key = Key {
        channel: stored.channel,
        caller: stored.caller,
        callee: stored.callee,
    };
    (key, invitation)
}

fn parse(state: &str, now: Duration) -> Option<Invitation> {
    let state: Value = serde_json::from_str(state).ok()?;
    match state["state"].as_str()? {
        "ringing" => Some(Invitation::Ringing(Ringing {
            extra: state["extra"].as_str()?.to_owned(),
            until: Duration::from_millis(state["until_ms"].as_u64()?),
            reach: reach_of(state["reach"].as_str()?)?,
            acked: state["acked"].as_bool()?,
            callee_seen: state["callee_seen"].as_bool()?,
            caller_lost: Some(now),
        })),
        "accepted" => Some(Invitation::Accepted {
            caller_lost: Some(now),
            callee_lost: Some(now),
        }),
        _ => None,
    }
}

const fn name_of(reach: Reach) -> &'static str {
    match reach {
        Reach::Away => "away",
        Reach::Waiting => "waiting",
        Reach::Seen => "seen",
        Reach::Again => "again",
    }
}

fn reach_of(name: &str) -> Option<Reach> {
    let all = [Reach::Away, Reach::Waiting, Reach::Seen, Reach::Again];
    all.into_iter().find(|reach| name_of(*reach) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1000);

    fn key() -> Key {
        Key {
            channel: "room".into(),
            caller: "ann".into(),
            callee: "bob".into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for reach in [Reach::Away, Reach::Waiting, Reach::Seen, Reach::Again] {
            for (acked, callee_seen) in [(false, true), (true, false)] {
                let invitation = Invitation::Ringing(Ringing {
                    extra: r#"{"a":"\"ü"}"#.into(),
                    until: Duration::from_millis(1_700_000_000_123),
                    reach,
                    acked,
                    callee_seen,
                    caller_lost: Some(NOW),
                });
                let read = read(write(&key(), &invitation), NOW);
                assert_eq!(read, (key(), invitation));
            }
        }
        let invitation = Invitation::Accepted {
            caller_lost: Some(NOW),
            callee_lost: Some(NOW),
        };
        assert_eq!(read(write(&key(), &invitation), NOW), (key(), invitation));
    }

    #[test]
    fn what_cannot_be_read_ends_at_once() {
        for state in ["", "{}", r#"{"state":"later"}"#, r#"{"state":"ringing"}"#] {
            let stored = StoredInvitation {
                channel: "room".into(),
                caller: "ann".into(),
                callee: "bob".into(),
                state: state.into(),
            };
            assert_eq!(read(stored, NOW).1.deadline(), Some(NOW), "{state}");
        }
    }
}
