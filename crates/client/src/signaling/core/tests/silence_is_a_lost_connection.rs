use super::*;
use crate::signaling::Status;

#[test]
fn after_three_pings_without_a_sign() {
    let mut stage = Stage::online();
    stage.pass(Duration::from_secs(29));
    assert_eq!(stage.core.status(), Status::LoggedIn);
    stage.pass(Duration::from_secs(11));
    assert_eq!(stage.core.status(), Status::Reconnecting);
    assert!(
        stage
            .out
            .iter()
            .any(|output| matches!(output, Output::Disconnect(_)))
    );
}

#[test]
fn any_frame_is_a_sign_and_so_is_an_app_that_does_not_read() {
    let mut stage = Stage::online();
    for n in 0..100 {
        stage.pass(Duration::from_secs(9));
        if n < 50 {
            stage.frame(&json!(["something", "new"]));
        } else {
            stage.input(Input::Unread);
        }
    }
    assert_eq!(stage.core.status(), Status::LoggedIn);
}
