use serde_json::json;
use visavis_signal::{Input, Output};
use visavis_wire::signaling::ClientFrame;

use crate::world::World;

#[test]
fn the_sender_gets_its_answer_and_then_its_own_message() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    for conn in [alice, bob] {
        world.call(conn, "channel_join", json!({"name": "room"}));
        world.raw(conn);
    }
    world.seen(bob);
    world.call(
        alice,
        "channel_sendmsg",
        json!({"name": "room", "msg": "hi all"}),
    );
    let raw = world.raw(alice);
    assert_eq!(
        (&raw[0][0], &raw[1][0]),
        (&json!("notify"), &json!("call2-ret"))
    );
    assert_eq!(raw[2][0], "notify", "the join of bob, the answer, the echo");
    assert_eq!(world.seen(bob), ["room alice: hi all"]);
}

#[test]
fn strangers_need_force() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    world.call(bob, "channel_join", json!({"name": "room"}));
    let say = |force| json!({"name": "room", "msg": "psst", "force": force});
    assert_eq!(
        world.end(alice, "channel_sendmsg", say(false)),
        "400 not in channel"
    );
    assert_eq!(world.end(alice, "channel_sendmsg", say(true)), "ok");
    assert_eq!(world.seen(bob)[1..], ["room alice: psst"]);
    let nobody = json!({"name": "empty", "msg": "psst", "force": true});
    assert_eq!(world.end(alice, "channel_sendmsg", nobody), "ok");
    let mut world = World::with(|limits, _| limits.force_allowed = false);
    let alice = world.login("alice");
    assert_eq!(
        world.end(alice, "channel_sendmsg", say(true)),
        "400 not in channel"
    );
}

#[test]
fn a_client_of_ours_may_repeat_a_message() {
    let mut world = World::new();
    let alice = world.login_sdk("alice");
    world.call(alice, "channel_join", json!({"name": "room"}));
    for _ in 0..2 {
        let args = json!({"name": "room", "msg": "hi", "msgID": "1", "extra": "x"});
        assert_eq!(world.end(alice, "channel_sendmsg", args), "ok");
    }
    assert_eq!(world.seen(alice)[1..], ["room alice: hi"]);
}

#[test]
fn numbers_of_events_grow_over_all_channels() {
    let mut world = World::new();
    let alice = world.login("alice");
    let mut numbers = vec![];
    for channel in ["one", "two", "one"] {
        world.call(alice, "channel_join", json!({"name": channel}));
        for _ in 0..2 {
            world.call(
                alice,
                "channel_sendmsg",
                json!({"name": channel, "msg": ""}),
            );
        }
    }
    for frame in world.raw(alice) {
        if frame[0] == "notify" {
            numbers.push(frame[1][2].as_u64().expect("a number"));
        }
    }
    assert_eq!(numbers.len(), 6);
    assert!(numbers.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_message_is_encoded_once_and_its_receivers_are_not_listed_anew() {
    let mut world = World::new();
    let conns: Vec<_> = (0..10).map(|n| world.login(&format!("user{n}"))).collect();
    for conn in &conns {
        world.call(*conn, "channel_join", json!({"name": "room"}));
    }
    let raw = world.raw(conns[0]).remove(0);
    let body = raw[1][1].as_str().expect("a text");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let mut lists = vec![];
    for id in 90..92 {
        let args = json!({"name": "room", "msg": "hi", "line": body["line"]});
        let frame =
            ClientFrame::parse(&json!(["call2", ["channel_sendmsg", id, args]]).to_string());
        let (conn, mut outputs) = (conns[0], vec![]);
        world
            .hub
            .handle(world.now, Input::Frame { conn, frame }, &mut outputs);
        lists.extend(outputs.into_iter().filter_map(|output| match output {
            Output::Broadcast { to, .. } => Some(to),
            _ => None,
        }));
    }
    assert_eq!((lists.len(), lists[0].len()), (2, 10));
    assert!(std::sync::Arc::ptr_eq(&lists[0], &lists[1]));
}
