use super::*;

fn tries(options: LoginOptions) -> (usize, Option<u16>) {
    let mut stage = Stage::new();
    let ticket = stage.call(Request::Login(options));
    let mut tries = 0;
    for _ in 0..10_000 {
        if stage.wants_connection() {
            tries += 1;
            stage.input(Input::Unreachable("refused".into()));
        }
        stage.pass(Duration::from_millis(10));
    }
    (tries, stage.failed(ticket))
}

#[test]
fn the_count_or_the_time_ends_it() {
    let options = || LoginOptions::new("alice", "the-token");
    assert_eq!(tries(options()), (4, Some(201)));
    assert_eq!(tries(options().retry_count(0)), (1, Some(201)));
    let (tries, failed) = tries(
        options()
            .retry_count(1000)
            .retry_time(Duration::from_secs(10)),
    );
    assert!((7..=13).contains(&tries), "{tries}");
    assert_eq!(failed, Some(201));
}

#[test]
fn a_refusal_is_final_unless_the_server_says_otherwise() {
    for (retryable, again) in [(false, false), (true, true)] {
        let mut stage = Stage::new();
        stage.call(Request::Login(LoginOptions::new("alice", "the-token")));
        stage.wants_connection();
        stage.input(Input::Opened);
        let body = json!({
            "result": "failed", "code": 202, "reason": "server full", "retryable": retryable,
        });
        stage.frame(&json!(["login_ret", ["", body.to_string()]]));
        stage.pass(Duration::from_secs(1));
        assert_eq!(stage.wants_connection(), again);
    }
}

#[test]
fn who_logs_out_may_log_in_again_without_waiting() {
    let mut stage = Stage::online();
    let logout = stage.call(Request::Logout);
    assert_eq!(stage.reply(logout), None);
    stage.call(Request::Login(LoginOptions::new("bob", "another")));
    assert_eq!(stage.reply(logout), Some(&Ok(Reply::Done)));
    assert_eq!(stage.names(), ["Logout"]);
    assert!(stage.wants_connection());
    stage.welcome();
    assert_eq!(stage.names(), ["LoginSuccess"]);
}
