use serde_json::{Value, json};
use visavis_signal::{ConnId, Delivery};

use crate::render;
use crate::world::World;

fn send(world: &mut World, from: ConnId, peer: &str, text: &str) -> String {
    send_with(world, from, peer, text, json!({}))
}

fn send_with(world: &mut World, from: ConnId, peer: &str, text: &str, extra: Value) -> String {
    let mut args = json!({"peer": peer, "flag": "v1:E:3600", "t": "instant", "content": text});
    let members = extra.as_object().expect("members").clone();
    args.as_object_mut().expect("an object").extend(members);
    world.end(from, "user_sendmsg", args)
}

/// One poll: what it acknowledges in turn, and its messages.
fn poll(world: &mut World, conn: ConnId, ver_clear: u64) -> (u64, Vec<String>) {
    let args = json!({"ver_clear": ver_clear, "max": 30});
    let body = world.call(conn, "user_getmsg", args);
    let clear = body["ver_clear"].as_u64().expect("a number");
    let messages = body["msgs"].as_array().expect("a list");
    if let Some(first) = messages.first() {
        assert!(clear < first[0].as_u64().expect("a version"));
    }
    (clear, messages.iter().map(render::message).collect())
}

#[test]
fn a_message_to_an_online_peer_is_pushed_in_order_and_unchanged() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    assert_eq!(poll(&mut world, bob, 0), (0, vec![]));
    for text in ["hi", "", "  a b ", "ünï {\"a\":1}"] {
        assert_eq!(send(&mut world, alice, "bob", text), "ok");
    }
    let pushed = [
        "recvmsg 1 alice: hi",
        "recvmsg 2 alice: ",
        "recvmsg 3 alice:   a b ",
        "recvmsg 4 alice: ünï {\"a\":1}",
    ];
    assert_eq!(world.seen(bob)[1..], pushed);
    assert_eq!(poll(&mut world, bob, 4), (4, vec![]));
    assert!(world.store().boxes["bob"].messages.is_empty());
}

#[test]
fn a_message_is_announced_before_the_first_poll_and_behind_a_gap() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    send(&mut world, alice, "bob", "one");
    assert_eq!(world.seen(bob), ["login_ret ok", "msg 1"]);
    assert_eq!(poll(&mut world, bob, 0), (0, vec!["1 alice: one".into()]));
    send(&mut world, alice, "bob", "two");
    assert_eq!(world.seen(bob), ["recvmsg 2 alice: two"]);
    // A second poller that is behind gets what is not acknowledged.
    assert_eq!(poll(&mut world, bob, 1).1, ["2 alice: two"]);
    assert_eq!(poll(&mut world, bob, 0).1, ["2 alice: two"]);
}

#[test]
fn a_backlog_comes_in_pages_and_survives_a_restart() {
    let mut world = World::new();
    let alice = world.login("alice");
    for n in 1..=70 {
        send(&mut world, alice, "bob", &n.to_string());
        world.millis(20);
    }
    world.restart();
    let bob = world.login("bob");
    let (mut clear, mut got) = (0, vec![]);
    for size in [30, 30, 10, 0] {
        let (acked, page) = poll(&mut world, bob, clear);
        assert_eq!((acked, page.len()), (clear, size));
        clear += size as u64;
        got.extend(page);
    }
    let all: Vec<String> = (1..=70).map(|n| format!("{n} alice: {n}")).collect();
    assert_eq!(got, all);
    let alice = world.login("alice");
    send(&mut world, alice, "bob", "last");
    assert_eq!(world.seen(bob)[1..], ["recvmsg 71 alice: last"]);
}

#[test]
fn what_was_not_acknowledged_comes_again() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    poll(&mut world, bob, 0);
    send(&mut world, alice, "bob", "hi");
    world.lose(bob);
    let bob = world.login("bob");
    assert_eq!(poll(&mut world, bob, 0).1, ["1 alice: hi"]);
    poll(&mut world, bob, 1);
    world.lose(bob);
    let bob = world.login("bob");
    assert_eq!(poll(&mut world, bob, 0), (1, vec![]));
}

#[test]
fn a_poll_waits_for_the_mailbox() {
    let mut world = World::new();
    let alice = world.login("alice");
    send(&mut world, alice, "bob", "hi");
    world.slow = true;
    let bob = world.login("bob");
    let id = world.ask(bob, "user_getmsg", json!({"ver_clear": 0, "max": 30}));
    assert_eq!(world.answer(bob, id), None);
    world.store_answers();
    let body = world.answer(bob, id).expect("an answer");
    assert_eq!(body["msgs"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_message_ends_with_its_time() {
    let mut world = World::new();
    let alice = world.login("alice");
    let short = json!({"flag": "v1:E:5"});
    send_with(&mut world, alice, "bob", "short", short.clone());
    send(&mut world, alice, "bob", "long");
    world.seconds(6);
    let bob = world.login("bob");
    assert_eq!(poll(&mut world, bob, 0), (1, vec!["2 alice: long".into()]));
    send_with(&mut world, alice, "bob", "short", short);
    world.seconds(6);
    assert_eq!(poll(&mut world, bob, 2), (3, vec![]));
    send(&mut world, alice, "bob", "next");
    assert_eq!(
        world.seen(bob).last().expect("a push"),
        "recvmsg 4 alice: next"
    );
}

#[test]
fn levels_that_need_a_login_are_refused_without_one() {
    let mut world = World::new();
    let alice = world.login("alice");
    for (level, away) in [
        ("E", "ok"),
        ("L", "400 peer offline"),
        ("C", "400 peer offline"),
    ] {
        let flag = json!({"flag": format!("v1:{level}:60")});
        assert_eq!(send_with(&mut world, alice, "bob", "x", flag.clone()), away);
        assert_eq!(send_with(&mut world, alice, "alice", "x", flag), "ok");
    }
}

#[test]
fn a_repeated_id_is_kept_once_for_five_minutes() {
    let mut world = World::new();
    let (alice, bob) = (world.login_sdk("alice"), world.login("bob"));
    poll(&mut world, bob, 0);
    let id = json!({"messageID": "m1"});
    for _ in 0..2 {
        assert_eq!(send_with(&mut world, alice, "bob", "hi", id.clone()), "ok");
    }
    assert_eq!(world.seen(bob)[1..], ["recvmsg 1 alice: hi"]);
    world.seconds(100);
    [alice, bob].iter().for_each(|conn| world.text(*conn, "[]"));
    world.seconds(100);
    [alice, bob].iter().for_each(|conn| world.text(*conn, "[]"));
    world.seconds(101);
    assert_eq!(send_with(&mut world, alice, "bob", "hi", id), "ok");
    assert_eq!(
        world.seen(bob).last().expect("a push"),
        "recvmsg 2 alice: hi"
    );
}

#[test]
fn a_full_queue_takes_no_more() {
    let mut world = World::with(|limits, _| limits.queue_messages_max = 3);
    let alice = world.login("alice");
    for expected in ["ok", "ok", "ok", "400 queue full"] {
        assert_eq!(send(&mut world, alice, "bob", "x"), expected);
    }
    let bob = world.login("bob");
    poll(&mut world, bob, 0);
    poll(&mut world, bob, 1);
    assert_eq!(send(&mut world, alice, "bob", "x"), "ok");
}

#[test]
fn senders_of_ours_learn_that_a_message_was_delivered() {
    let mut world = World::new();
    let (alice, carol) = (world.login_sdk("alice"), world.login("carol"));
    for from in [alice, carol] {
        let id = json!({"messageID": "m1"});
        assert_eq!(send_with(&mut world, from, "bob", "hi", id), "ok");
    }
    let bob = world.login("bob");
    assert_eq!(poll(&mut world, bob, 0).1.len(), 2);
    assert_eq!(world.seen(alice), ["login_ret ok"]);
    poll(&mut world, bob, 2);
    assert_eq!(world.seen(alice), [r#"event delivered {"messageID":"m1"}"#]);
    assert_eq!(world.seen(carol), ["login_ret ok"], "others get no events");
}

#[test]
fn the_answer_comes_before_the_message_to_oneself() {
    let mut world = World::new();
    let alice = world.login("alice");
    poll(&mut world, alice, 0);
    world.raw(alice);
    assert_eq!(send(&mut world, alice, "alice", "hi"), "ok");
    let raw = world.raw(alice);
    assert_eq!(
        (&raw[0][0], &raw[1][0]),
        (&json!("call2-ret"), &json!("notify"))
    );
}

#[test]
fn in_the_other_mode_messages_are_pushed_and_acknowledged_by_their_ids() {
    let mut world = World::with(|limits, _| limits.delivery = Delivery::ByMessageId);
    let alice = world.login("alice");
    send(&mut world, alice, "bob", "one");
    let bob = world.login("bob");
    let granted = world.raw(bob).remove(0);
    assert!(granted.to_string().contains("config_msg_set"), "{granted}");
    let asked = |ids: Vec<String>| json!({"clear_msgs": ids, "max": 30});
    assert_eq!(
        world.call(bob, "user_getmsg2", asked(vec![]))["msgs"],
        json!([])
    );
    send(&mut world, alice, "bob", "two");
    assert_eq!(
        world.seen(bob)[1..],
        ["by_msgid alice: one", "by_msgid alice: two"]
    );
    let raw = world.raw(bob);
    let id = |at: usize| {
        let packed = raw[at][1][1].as_str().expect("packed");
        packed.split(' ').nth(1).expect("an id").to_owned()
    };
    let pushes: Vec<usize> = (0..raw.len())
        .filter(|at| raw[*at][0] == "notify")
        .collect();
    let [first, second] = pushes[..] else {
        panic!("{raw:?}");
    };
    world.call(bob, "user_getmsg2", asked(vec![id(second)]));
    let left: Vec<u64> = world.store().boxes["bob"]
        .messages
        .keys()
        .copied()
        .collect();
    assert_eq!(left, [1]);
    world.seconds(6);
    world.call(bob, "user_getmsg2", asked(vec![]));
    assert_eq!(
        world.seen(bob),
        ["by_msgid alice: one"],
        "once more after a while"
    );
    world.call(bob, "user_getmsg2", asked(vec![id(first)]));
    assert!(world.store().boxes["bob"].messages.is_empty());
}

#[test]
fn in_the_other_mode_a_new_message_waits_behind_those_that_a_poll_left() {
    let mut world = World::with(|limits, _| limits.delivery = Delivery::ByMessageId);
    let alice = world.login("alice");
    let expected: Vec<String> = (0..70)
        .map(|number| format!("by_msgid alice: {number}"))
        .collect();
    for number in 0..40 {
        send(&mut world, alice, "bob", &number.to_string());
    }
    world.seconds(2);
    let bob = world.login("bob");
    world.raw(bob);
    let mut acks: Vec<String> = Vec::new();
    let mut got: Vec<String> = Vec::new();
    for (sent, pushes) in [(40..55, 30), (55..70, 40)] {
        let asked = json!({"clear_msgs": acks, "max": 30});
        world.call(bob, "user_getmsg2", asked);
        for number in sent {
            assert_eq!(send(&mut world, alice, "bob", &number.to_string()), "ok");
        }
        let pushed: Vec<Value> = world.raw(bob);
        let pushed: Vec<&Value> = pushed.iter().filter(|one| one[0] == "notify").collect();
        let packed = |one: &&Value| one[1][1].as_str().expect("packed").to_owned();
        acks = pushed
            .iter()
            .map(packed)
            .map(|one| one.split(' ').nth(1).expect("an id").to_owned())
            .collect();
        got.extend(
            world
                .seen(bob)
                .into_iter()
                .filter(|one| one.starts_with("by_msgid")),
        );
        assert_eq!(pushed.len(), pushes);
    }
    assert_eq!(got, expected);
}
