use std::time::Duration;

use serde_json::Value;
use visavis_codes::signaling::{Cause, Failure, Family};

use super::state::ANSWER_WAIT;

/// Longest wait that a caller can ask for (documented).
const WAIT_S_MAX: f64 = 30.0;

/// What the caller asks the server for in the extra of an invitation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wishes {
    /// Fail at once when the callee is not logged in.
    pub(super) require_online: bool,
    /// How long the callee's client may take to ring.
    pub(super) wait: Duration,
}

impl Wishes {
    /// Reads the extra of an invitation; members that are not for the server are left alone.
    ///
    /// # Errors
    /// [`Cause::WrongParam`] with what is wrong: the extra is no JSON, or a member for the server is out of range.
    pub(super) fn of(extra: &str) -> Result<Self, Failure> {
        let mut wishes = Self {
            require_online: false,
            wait: ANSWER_WAIT,
        };
        if extra.is_empty() {
            return Ok(wishes);
        }
        let extra: Value = serde_json::from_str(extra).map_err(|_| wrong("extra"))?;
        if let Some(wish) = extra.get("_require_peer_online") {
            wishes.require_online = match wish.as_u64() {
                Some(0) => false,
                Some(1) => true,
                _ => return Err(wrong("_require_peer_online")),
            };
        }
        if let Some(wish) = extra.get("_timeout") {
            match wish.as_f64() {
                Some(0.0) => {}
                Some(s) if (0.0..=WAIT_S_MAX).contains(&s) => {
                    wishes.wait = Duration::from_secs_f64(s);
                }
                _ => return Err(wrong("_timeout")),
            }
        }
        Ok(wishes)
    }
}

/// Whether the extra of a refusal says that the callee is busy.
pub(super) fn is_busy(extra: &str) -> bool {
    let extra: Option<Value> = serde_json::from_str(extra).ok();
    extra.is_some_and(|extra| extra.get("reason").is_some_and(|reason| reason == "busy"))
}

fn wrong(what: &str) -> Failure {
    Failure::about(Cause::WrongParam, Family::Invite, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(extra: &str, expected: Result<(bool, u64), &str>) {
        let wishes = Wishes::of(extra);
        let wishes = wishes.map(|w| (w.require_online, w.wait.as_millis() as u64));
        let wishes = wishes.map_err(|failure| {
            assert_eq!(failure.code().number(), 1004);
            failure.reason().to_owned()
        });
        assert_eq!(wishes, expected.map_err(str::to_owned), "{extra}");
    }

    #[test]
    fn the_server_reads_two_members_and_leaves_the_rest() {
        check("", Ok((false, 20_000)));
        check("{}", Ok((false, 20_000)));
        check("7", Ok((false, 20_000)));
        check(r#"["_timeout"]"#, Ok((false, 20_000)));
        check(r#"{"srcNum":"1","destMediaUid":5}"#, Ok((false, 20_000)));
        check(r#"{"_require_peer_online":1}"#, Ok((true, 20_000)));
        check(
            r#"{"_require_peer_online":0,"_timeout":0}"#,
            Ok((false, 20_000)),
        );
        check(r#"{"_timeout":5}"#, Ok((false, 5000)));
        check(r#"{"_timeout":2.5}"#, Ok((false, 2500)));
        check(r#"{"_timeout":30}"#, Ok((false, 30_000)));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        check("hello", Err("wrong param extra"));
        check("{", Err("wrong param extra"));
        check(r#"{"_timeout":31}"#, Err("wrong param _timeout"));
        check(r#"{"_timeout":-1}"#, Err("wrong param _timeout"));
        check(r#"{"_timeout":"5"}"#, Err("wrong param _timeout"));
        check(r#"{"_timeout":null}"#, Err("wrong param _timeout"));
        check(
            r#"{"_require_peer_online":2}"#,
            Err("wrong param _require_peer_online"),
        );
        check(
            r#"{"_require_peer_online":true}"#,
            Err("wrong param _require_peer_online"),
        );
    }

    #[test]
    fn busy_is_a_refusal_with_a_reason() {
        assert!(is_busy(r#"{"reason":"busy"}"#));
        for extra in ["", "busy", "{}", r#"{"reason":"no"}"#] {
            assert!(!is_busy(extra), "{extra}");
        }
    }
}
