use serde_json::json;
use visavis_signal::Limits;

use crate::world::World;

#[test]
fn a_user_sends_so_many_messages_a_second() {
    let mut world = World::new();
    let alice = world.login("alice");
    world.call(alice, "channel_join", json!({"name": "room"}));
    let most = Limits::default().user_messages_per_s;
    for n in 0..=most {
        let expected = if n < most { "ok" } else { "400 rate limited" };
        let args = json!({"name": "room", "msg": ""});
        assert_eq!(world.end(alice, "channel_sendmsg", args), expected, "{n}");
    }
    world.seconds(1);
    let args = json!({"peer": "bob", "flag": "v1:E:1", "content": "", "t": "instant"});
    assert_eq!(world.end(alice, "user_sendmsg", args), "ok");
}

#[test]
fn a_channel_takes_so_many_messages_a_second() {
    let mut world = World::with(|limits, _| limits.channel_messages_per_s = 3);
    let conns: Vec<_> = ["a", "b"]
        .iter()
        .map(|account| world.login(account))
        .collect();
    let say = |world: &mut World, conn| {
        world.end(conn, "channel_sendmsg", json!({"name": "room", "msg": ""}))
    };
    for conn in &conns {
        world.call(*conn, "channel_join", json!({"name": "room"}));
    }
    for (n, expected) in [(0, "ok"), (1, "ok"), (0, "ok"), (1, "400 rate limited")] {
        assert_eq!(say(&mut world, conns[n]), expected);
    }
    let args = json!({"channel": "room", "name": "_sendmsg_limit", "value": "5"});
    world.call(conns[0], "channel_set_attr", args);
    world.seconds(1);
    let ends: Vec<_> = (0..6).map(|_| say(&mut world, conns[0])).collect();
    assert_eq!(ends.iter().filter(|end| *end == "ok").count(), 5);
}

#[test]
fn attributes_and_other_calls_have_theirs() {
    let mut world = World::with(|limits, _| limits.user_calls_per_s = 15);
    let alice = world.login("alice");
    world.call(alice, "channel_join", json!({"name": "room"}));
    let set = json!({"channel": "room", "name": "a", "value": "1"});
    for n in 0..11 {
        let expected = if n < 10 { "ok" } else { "1000 rate limited" };
        assert_eq!(world.end(alice, "channel_set_attr", set.clone()), expected);
    }
    let all = json!({"name": "room"});
    assert_eq!(
        world.end(alice, "channel_query_userlist_all", all.clone()),
        "ok"
    );
    assert_eq!(
        world.end(alice, "channel_query_userlist_all", all),
        "1000 rate limited"
    );
    assert_eq!(
        world.end(alice, "channel_query_num", json!({"name": "room"})),
        "ok"
    );
    assert_eq!(
        world.end(alice, "channel_query_num", json!({"name": "room"})),
        "500 rate limited"
    );
    assert_eq!(
        world.end(alice, "channel_join", json!({"name": "b"})),
        "300 rate limited"
    );
    let poll = json!({"ver_clear": 0, "max": 30});
    assert_eq!(
        world.end(alice, "user_getmsg", poll),
        "ok",
        "polls are free"
    );
}

#[test]
fn a_flood_of_frames_ends_the_connection() {
    let mut world = World::with(|limits, _| limits.connection_frames_per_s = 20);
    let alice = world.login("alice");
    for _ in 0..19 {
        world.text(alice, "[]");
    }
    assert_eq!(world.seen(alice), ["login_ret ok"]);
    world.text(alice, "[]");
    assert_eq!(world.seen(alice), ["close 100 rate limited", "closed 4100"]);
}
