use super::*;
use crate::signaling::Status;

#[test]
fn with_its_channels_and_what_was_not_acknowledged_in_order() {
    let mut stage = Stage::online();
    stage.join("lobby");
    let sent = [stage.send("a"), stage.send("b"), stage.send("c")];
    let first = stage.calls()[0].1;
    stage.answer(first, &json!({}));
    stage.events();

    stage.input(Input::Lost(Some(1012)));
    assert_eq!(stage.names(), ["ChannelLeaved", "Reconnecting"]);
    assert_eq!(stage.core.status(), Status::Reconnecting);
    let later = stage.send("d");
    stage.pass(Duration::from_millis(200));
    assert!(stage.wants_connection());
    stage.let_in();
    assert_eq!(stage.names(), ["Reconnected"]);
    // The channel first; what waits for it is sent once the server has answered.
    let calls = stage.calls();
    assert_eq!(calls[0].0, "channel_join");
    assert!(calls.iter().all(|(func, ..)| func != "user_sendmsg"));
    stage.answer(calls[0].1, &json!({"list": []}));
    stage.pass(Duration::from_millis(100));
    let calls = stage.calls();
    let ids: Vec<_> = calls
        .iter()
        .map(|(_, _, args)| &args["messageID"])
        .collect();
    assert_eq!(ids, ["b", "c", "d"]);
    assert_eq!(
        stage.names(),
        ["Rejoined", "ChannelUserList", "Resent", "Resent"]
    );
    for (_, id, _) in calls {
        stage.answer(id, &json!({}));
    }
    for ticket in sent.into_iter().chain([later]) {
        assert!(matches!(stage.reply(ticket), Some(Ok(Reply::Sent(_)))));
    }
}

#[test]
fn once_more_when_a_channel_is_not_joined_in_time() {
    let mut stage = Stage::online();
    stage.join("lobby");
    stage.input(Input::Lost(None));
    stage.pass(Duration::from_millis(200));
    stage.let_in();
    stage.events();
    // Nothing the client sends arrives any more, and nobody is told.
    stage.pass(Duration::from_millis(9_900));
    assert_eq!(stage.names(), [""; 0]);
    stage.pass(Duration::from_millis(200));
    assert_eq!(stage.names(), ["Reconnecting"]);
    stage.pass(Duration::from_millis(200));
    assert!(stage.wants_connection());
    stage.let_in();
    let joins = |stage: &mut Stage| {
        let calls = stage.calls().into_iter();
        calls
            .filter(|(func, ..)| func == "channel_join")
            .map(|(_, id, _)| id)
            .collect::<Vec<_>>()
    };
    let asked = joins(&mut stage);
    stage.answer(*asked.last().unwrap(), &json!({"list": []}));
    assert_eq!(
        stage.names(),
        ["Reconnected", "Rejoined", "ChannelUserList"]
    );
}

#[test]
fn for_five_minutes_and_not_longer() {
    let mut stage = Stage::online();
    let sent = stage.send("a");
    stage.input(Input::Lost(None));
    let mut waits = Vec::new();
    let mut last = stage.now;
    while stage.core.status() == Status::Reconnecting {
        stage.pass(Duration::from_millis(10));
        if stage.wants_connection() {
            waits.push(stage.now - last);
            last = stage.now;
            stage.input(Input::Unreachable("refused".into()));
        }
    }
    let within = |wait: Duration, ms: u64| wait <= Duration::from_millis(ms + 10);
    assert!(within(waits[0], 200) && within(waits[1], 400) && within(waits[9], 2000));
    assert!(waits[10] > Duration::from_secs(14), "{waits:?}");
    let total: Duration = waits.iter().sum();
    assert!(
        total > Duration::from_secs(265) && total <= Duration::from_secs(301),
        "{total:?}"
    );
    assert_eq!(stage.failed(sent), Some(401));
    let events = stage.events();
    assert!(
        matches!(events.last(), Some(Event::Logout { error }) if error.number() == 102),
        "{events:?}"
    );
}

#[test]
fn what_waited_goes_out_no_faster_than_the_server_takes_it() {
    let mut stage = Stage::online();
    stage.input(Input::Lost(None));
    for n in 0..200 {
        stage.send(&format!("m-{n}"));
    }
    stage.pass(Duration::from_millis(200));
    stage.welcome();
    stage.calls();
    stage.pass(Duration::from_secs(1));
    let count = stage.calls().len();
    assert!((45..=55).contains(&count), "{count}");
    stage.pass(Duration::from_secs(4));
    assert_eq!(stage.calls().last().unwrap().2["messageID"], "m-199");
    stage.send("now");
    assert_eq!(stage.calls()[0].2["messageID"], "now", "at once again");
}

#[test]
fn not_while_there_is_no_network() {
    let mut stage = Stage::online();
    stage.call(Request::SetNetworkStatus(false));
    stage.input(Input::Lost(None));
    stage.pass(Duration::from_secs(1000));
    assert!(!stage.wants_connection());
    assert_eq!(stage.core.status(), Status::Reconnecting);
    stage.call(Request::SetNetworkStatus(true));
    assert!(stage.wants_connection());
}
