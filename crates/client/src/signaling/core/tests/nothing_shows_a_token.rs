use super::*;

#[test]
fn neither_the_core_nor_what_goes_in_or_out() {
    let mut stage = Stage::new();
    let login = || Request::Login(LoginOptions::new("alice", "the-token"));
    let renew = || Request::RenewToken("the-token-2".into());
    let mut shown = format!("{:?}", Input::Call(Ticket(1), login()));
    shown += &format!("{:?}", Input::Call(Ticket(1), renew()));
    stage.call(login());
    stage.input(Input::Opened);
    assert!(
        stage
            .out
            .iter()
            .any(|output| matches!(output, Output::Send(frame) if frame.contains("the-token"))),
        "it is sent"
    );
    shown += &format!("{:?} {:?}", stage.core, stage.out);
    let body = json!({"result": "ok", "uid": 7, "line": "ab"});
    stage.frame(&json!(["login_ret", ["", body.to_string()]]));
    shown += &format!("{:?} {:?}", stage.core, stage.out);
    assert!(!shown.contains("the-token"), "{shown}");
}

#[test]
fn a_renewed_token_is_the_one_of_the_next_login() {
    let mut stage = Stage::online();
    stage.call(Request::RenewToken("the-token-2".into()));
    stage.answer_all(&json!({}));
    stage.input(Input::Lost(None));
    stage.pass(Duration::from_millis(200));
    stage.out.clear();
    stage.input(Input::Opened);
    assert!(matches!(&stage.out[..], [Output::Send(login)] if login.contains("the-token-2")));
}
