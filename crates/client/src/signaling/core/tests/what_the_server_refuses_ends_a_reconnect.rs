use super::*;
use crate::signaling::Status;

/// What a reconnect comes to that is refused so.
fn refused(number: u16, reason: &str, retryable: bool) -> Option<u16> {
    let mut stage = Stage::online();
    stage.input(Input::Lost(None));
    stage.pass(Duration::from_millis(200));
    stage.input(Input::Opened);
    let body = json!({
        "result": "failed", "code": number, "reason": reason, "retryable": retryable,
    });
    stage.frame(&json!(["login_ret", ["", body.to_string()]]));
    stage.events().into_iter().find_map(|event| match event {
        Event::Logout { error } => Some(error.number()),
        _ => None,
    })
}

#[test]
fn with_the_code_that_the_reason_stands_for() {
    assert_eq!(refused(204, "TokenErrorExpired", false), Some(105));
    assert_eq!(refused(207, "kick", false), Some(103));
    assert_eq!(refused(202, "account blocked", false), Some(100));
    assert_eq!(
        refused(200, "server error", true),
        None,
        "it is tried again"
    );
}

#[test]
fn a_word_before_the_close_says_why_and_without_one_the_status_does() {
    for (frame, status, number) in [
        (
            Some(json!(["kick", {"code": 103, "reason": "elsewhere"}])),
            None,
            Some(103),
        ),
        (
            Some(json!(["close", {"code": 105, "reason": "token expired"}])),
            None,
            Some(105),
        ),
        (Some(json!(["close", {}])), None, Some(100)),
        (None, Some(4103), Some(103)),
        (None, Some(4102), None),
        (None, Some(1012), None),
    ] {
        let mut stage = Stage::online();
        match &frame {
            Some(frame) => stage.frame(frame),
            None => stage.input(Input::Lost(status)),
        }
        let ended = stage.events().into_iter().find_map(|event| match event {
            Event::Logout { error } => Some(error.number()),
            _ => None,
        });
        assert_eq!(ended, number, "{frame:?} {status:?}");
        let status = stage.core.status();
        assert_eq!(status == Status::Reconnecting, number.is_none());
    }
}
