use super::*;

fn timed_out(request: Request) -> (Option<u16>, Vec<String>) {
    let mut stage = Stage::online();
    let ticket = stage.call(request);
    // The server lives, and answers pings.
    for _ in 0..9 {
        stage.pass(Duration::from_secs(1));
        stage.frame(&json!(["pong", 1]));
    }
    assert_eq!(stage.reply(ticket), None, "not before 10 s");
    stage.pass(Duration::from_secs(2));
    (stage.failed(ticket), stage.names())
}

#[test]
fn each_family_has_its_own() {
    let channel = || "lobby".to_owned();
    let account = || "bob".to_owned();
    let cases = [
        (
            Request::MessageInstantSend {
                account: account(),
                msg: String::new(),
                message_id: String::new(),
                options: SendOptions::default(),
            },
            401,
            "MessageSendError",
        ),
        (
            Request::ChannelQueryUserNum { channel: channel() },
            501,
            "ChannelQueryUserNumResult",
        ),
        (
            Request::ChannelJoin { channel: channel() },
            300,
            "ChannelJoinFailed",
        ),
        (
            Request::Invite {
                channel: channel(),
                account: account(),
                extra: String::new(),
            },
            702,
            "InviteFailed",
        ),
        (
            Request::QueryUserStatus { account: account() },
            1001,
            "Error",
        ),
    ];
    for (request, number, event) in cases {
        assert_eq!(timed_out(request), (Some(number), vec![event.to_owned()]));
    }
}

#[test]
fn an_answer_that_comes_too_late_changes_nothing() {
    let mut stage = Stage::online();
    let ticket = stage.send("m-1");
    let id = stage.calls()[0].1;
    stage.pass(Duration::from_secs(11));
    assert_eq!(stage.failed(ticket), Some(401));
    stage.events();
    stage.answer(id, &json!({}));
    assert_eq!(stage.events(), []);
}

#[test]
fn more_calls_than_may_wait_are_refused() {
    let mut settings = Settings::new("dev-app");
    settings.calls_max = 2;
    let mut stage = Stage::with(settings);
    stage.call(Request::Login(LoginOptions::new("alice", "the-token")));
    stage.welcome();
    let tickets = [stage.send("a"), stage.send("b"), stage.send("c")];
    assert_eq!(
        tickets.map(|ticket| stage.failed(ticket)),
        [None, None, Some(400)]
    );
}
