use serde_json::json;
use visavis_signal::ConnId;

use crate::world::World;

fn set(world: &mut World, conn: ConnId, name: &str, value: &str) -> String {
    let args = json!({"channel": "room", "name": name, "value": value});
    world.end(conn, "channel_set_attr", args)
}

fn joined(world: &mut World, account: &str) -> (ConnId, serde_json::Value) {
    let conn = world.login_sdk(account);
    let body = world.call(conn, "channel_join", json!({"name": "room"}));
    world.seen(conn);
    (conn, body)
}

#[test]
fn everyone_sees_each_change_once() {
    let mut world = World::new();
    let (alice, _) = joined(&mut world, "alice");
    let (bob, _) = joined(&mut world, "bob");
    world.seen(alice);
    assert_eq!(set(&mut world, alice, "topic", "tea"), "ok");
    let args = json!({"channel": "room", "name": "topic"});
    assert_eq!(world.end(bob, "channel_del_attr", args), "ok");
    assert_eq!(
        world.end(bob, "channel_clear_attr", json!({"channel": "room"})),
        "ok"
    );
    let expected = [
        "room alice update topic=tea",
        "room bob del topic=",
        "room bob clear =",
    ];
    assert_eq!(world.seen(alice), expected);
    assert_eq!(world.seen(bob), expected);
    let outside = world.login("carol");
    assert_eq!(
        set(&mut world, outside, "topic", "x"),
        "1001 not in channel"
    );
}

#[test]
fn a_change_is_told_once_it_is_kept() {
    let mut world = World::new();
    let (alice, _) = joined(&mut world, "alice");
    world.slow = true;
    let args = json!({"channel": "room", "name": "a", "value": "1"});
    let id = world.ask(alice, "channel_set_attr", args);
    assert!(world.answer(alice, id).is_none() && world.seen(alice).is_empty());
    world.store_answers();
    assert!(world.answer(alice, id).is_some());
    assert_eq!(world.seen(alice), ["room alice update a=1"]);
}

#[test]
fn attributes_outlive_members_and_restarts_and_end_after_their_time() {
    let mut world = World::new();
    let (alice, _) = joined(&mut world, "alice");
    set(&mut world, alice, "_channel_ttl", "100");
    set(&mut world, alice, "topic", "tea");
    world.lose(alice);
    world.seconds(60);
    let (bob, body) = joined(&mut world, "bob");
    assert_eq!(
        body["attrs"],
        json!({"_channel_ttl": "100", "topic": "tea"})
    );
    assert!(body["revs"]["topic"].is_u64());
    world.lose(bob);
    world.seconds(60);
    world.restart();
    let other = world.login("other");
    world.seconds(39);
    world.frame(other, &json!(["ping", 1]));
    let (carol, body) = joined(&mut world, "carol");
    assert_eq!(body["attrs"]["topic"], "tea");
    world.lose(carol);
    world.seconds(100);
    assert!(world.store().channels.is_empty());
    assert_eq!(joined(&mut world, "dave").1["attrs"], json!({}));
}

#[test]
fn built_in_names_are_checked() {
    let mut world = World::new();
    let (alice, _) = joined(&mut world, "alice");
    for (name, value, expected) in [
        ("_member_num", "3", "1004 wrong param name"),
        ("_mine", "3", "1004 wrong param name"),
        ("a b", "3", "1004 wrong param name"),
        ("_channel_ttl", "soon", "1004 wrong param value"),
        ("_userNotification", "anything", "ok"),
    ] {
        assert_eq!(set(&mut world, alice, name, value), expected, "{name}");
    }
}

#[test]
fn the_number_of_members_is_pushed_as_often_as_asked() {
    let mut world = World::new();
    let (alice, _) = joined(&mut world, "alice");
    set(&mut world, alice, "_auto_update_num", "5");
    world.seconds(5);
    let seen = world.seen(alice);
    assert_eq!(seen[1..], ["room system update _member_num=1"]);
    world.seconds(20);
    assert!(world.seen(alice).is_empty(), "only when it changed");
    joined(&mut world, "bob");
    joined(&mut world, "carol");
    world.seconds(5);
    let seen = world.seen(alice);
    assert_eq!(
        seen,
        [
            "room +bob",
            "room +carol",
            "room system update _member_num=3"
        ]
    );
}

#[test]
fn a_revision_that_has_changed_is_refused() {
    let mut world = World::new();
    let (alice, _) = joined(&mut world, "alice");
    let args = |value: &str, rev: Option<u64>| {
        let mut args = json!({"channel": "room", "name": "a", "value": value});
        if let Some(rev) = rev {
            args["if_rev"] = rev.into();
        }
        args
    };
    let body = world.call(alice, "channel_set_attr", args("1", Some(0)));
    let rev = body["rev"].as_u64().expect("a revision");
    world.slow = true;
    let first = world.ask(alice, "channel_set_attr", args("2", Some(rev)));
    let second = world.ask(alice, "channel_set_attr", args("3", Some(rev)));
    let refused = world.answer(alice, second).expect("an answer");
    assert_eq!(refused["reason"], "revision changed");
    world.slow = false;
    world.store_answers();
    assert_eq!(
        world.answer(alice, first).expect("an answer")["result"],
        "ok"
    );
    assert_eq!(world.store().channels["room"]["a"], "2");
}

#[test]
fn there_are_only_so_many_attributes() {
    let mut world = World::with(|limits, _| {
        limits.attributes_per_channel_max = 2;
        limits.attributes_per_user_max = 2;
    });
    let (alice, _) = joined(&mut world, "alice");
    for (name, expected) in [
        ("a", "ok"),
        ("b", "ok"),
        ("c", "1001 too many attributes"),
        ("a", "ok"),
    ] {
        assert_eq!(set(&mut world, alice, name, ""), expected);
        let args = json!({"name": name, "value": "1"});
        assert_eq!(world.end(alice, "user_set_attr", args), expected);
    }
}
