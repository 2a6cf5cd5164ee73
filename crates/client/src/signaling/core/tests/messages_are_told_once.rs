use super::*;

fn packed(id: &str) -> String {
    format!("msg-v3 {id} bob alice v1:E:3600 instant 1800000000 this is {id}")
}

#[test]
fn whether_pushed_polled_or_sent_again_on_another_connection() {
    let mut stage = Stage::online();
    stage.message(1, &packed("a"));
    stage.message(1, &packed("a"));
    assert_eq!(stage.names(), ["MessageInstantReceive"]);
    stage.input(Input::Lost(None));
    stage.events();
    stage.pass(Duration::from_millis(200));
    stage.input(Input::Opened);
    let body = json!({"result": "ok", "uid": 7, "line": "ab"});
    stage.frame(&json!(["login_ret", ["", body.to_string()]]));
    let page = json!({"msgs": [[1, packed("a")], [2, packed("b")]], "ver_clear": 0});
    stage.answer(1, &page);
    assert_eq!(stage.names(), ["Reconnected", "MessageInstantReceive"]);
}

#[test]
fn and_acknowledged_soon() {
    let mut stage = Stage::online();
    stage.message(1, &packed("a"));
    assert_eq!(stage.calls(), []);
    stage.pass(Duration::from_millis(200));
    let calls = stage.calls();
    assert_eq!(
        (calls[0].0.as_str(), &calls[0].2["ver_clear"]),
        ("user_getmsg", &json!(1))
    );
    stage.answer(calls[0].1, &json!({"msgs": [], "ver_clear": 1}));
    stage.pass(Duration::from_secs(8));
    assert_eq!(stage.calls(), [], "once");
}

#[test]
fn a_gap_is_polled_at_once_and_a_full_page_again() {
    let mut stage = Stage::online();
    stage.message(3, &packed("c"));
    assert_eq!(stage.events(), [], "not out of order");
    let poll = stage.calls().remove(0);
    assert_eq!(poll.2["ver_clear"], 0);
    let page: Vec<_> = (1..=30)
        .map(|n| json!([n, packed(&n.to_string())]))
        .collect();
    stage.answer(poll.1, &json!({"msgs": page, "ver_clear": 0}));
    assert_eq!(stage.events().len(), 30);
    let again = stage.calls().remove(0);
    assert_eq!(again.2["ver_clear"], 30);
    // What was announced and is not there has expired.
    stage.answer(again.1, &json!({"msgs": [], "ver_clear": 40}));
    stage.message(41, &packed("next"));
    assert_eq!(stage.names(), ["MessageInstantReceive"]);
}

#[test]
fn a_poll_that_fails_is_repeated() {
    let mut stage = Stage::online();
    stage.frame(&json!(["notify", ["msg", 1]]));
    let poll = stage.calls().remove(0);
    stage.refuse(poll.1, 1001, "server error");
    assert_eq!(stage.events(), [], "it is the session's own");
    stage.pass(Duration::from_secs(1));
    assert_eq!(stage.calls().len(), 1);
}

#[test]
fn servers_that_acknowledge_by_id_are_told_ids() {
    let mut stage = Stage::new();
    stage.call(Request::Login(LoginOptions::new("alice", "the-token")));
    stage.input(Input::Opened);
    let body = json!({"result": "ok", "uid": 7, "line": "ab", "config_msg_set": 1});
    stage.frame(&json!(["login_ret", ["", body.to_string()]]));
    assert_eq!(stage.calls()[0].2["clear_msgs"], json!([]));
    stage.answer(1, &json!({"msgs": []}));
    stage.events();
    for id in ["a", "b", "a"] {
        stage.frame(&json!(["notify", ["recvmsg_by_msgid", packed(id)]]));
    }
    assert_eq!(stage.events().len(), 2);
    stage.pass(Duration::from_millis(200));
    let poll = stage.calls().remove(0);
    assert_eq!(
        (poll.0.as_str(), &poll.2["clear_msgs"]),
        ("user_getmsg2", &json!(["a", "b", "a"]))
    );
    // An acknowledgement that is lost is repeated.
    stage.refuse(poll.1, 1001, "server error");
    stage.pass(Duration::from_secs(1));
    assert_eq!(stage.calls()[0].2["clear_msgs"], json!(["a", "b", "a"]));
}

#[test]
fn events_of_a_channel_that_was_left_are_dropped() {
    let mut stage = Stage::online();
    stage.join("lobby");
    stage.events();
    let say = |n: u64| {
        let content = json!({"account": "bob", "uid": 5, "msg": "hello", "channel": "lobby"});
        let packed = format!("msg-v2 notify - v1:E:180 channel_msg 1800000000 {content}");
        json!(["notify", ["channel2", 1, n, packed]])
    };
    stage.frame(&say(4));
    stage.frame(&say(4));
    assert_eq!(stage.names(), ["MessageChannelReceive"]);
    let channel = "lobby".to_owned();
    stage.call(Request::ChannelLeave { channel });
    stage.frame(&say(5));
    assert_eq!(stage.names(), ["ChannelLeaved"]);
}

#[test]
fn a_channel_message_that_names_its_id_is_told_once_even_by_another_server() {
    let mut stage = Stage::online();
    stage.join("lobby");
    stage.events();
    let say = |n: u64, id: &str| {
        let content = json!({
            "account": "bob", "uid": 5, "msg": "hello", "channel": "lobby", "msgID": id,
        });
        let packed = format!("msg-v2 notify - v1:E:180 channel_msg 1800000000 {content}");
        json!(["notify", ["channel2", 1, n, packed]])
    };
    stage.frame(&say(1, "m-1"));
    stage.frame(&say(2, "m-1"));
    stage.frame(&say(3, "m-2"));
    assert_eq!(stage.events().len(), 2);
}
