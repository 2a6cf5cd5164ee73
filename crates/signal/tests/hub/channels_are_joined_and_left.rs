use serde_json::json;
use visavis_signal::ConnId;

use crate::world::World;

fn join(world: &mut World, conn: ConnId, name: &str) -> String {
    world.end(conn, "channel_join", json!({"name": name}))
}

/// Lets these log in and join, and forgets what they saw.
fn members(world: &mut World, accounts: &[&str]) -> Vec<ConnId> {
    let conns: Vec<ConnId> = accounts
        .iter()
        .map(|account| world.login(account))
        .collect();
    for conn in &conns {
        assert_eq!(join(world, *conn, "room"), "ok");
    }
    conns.iter().for_each(|conn| drop(world.seen(*conn)));
    conns
}

#[test]
fn others_see_a_join_and_the_joiner_sees_who_is_there() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    join(&mut world, alice, "room");
    let body = world.call(bob, "channel_join", json!({"name": "room"}));
    let names: Vec<_> = body["list"].as_array().expect("a list").iter().collect();
    assert_eq!(
        (names[0][0].as_str(), names[1][0].as_str()),
        (Some("alice"), Some("bob"))
    );
    assert!(names[0][1].is_u64() && body["attrs"].is_object());
    assert_eq!(world.seen(alice), ["login_ret ok", "room +bob"]);
    assert_eq!(world.seen(bob), ["login_ret ok"]);
    assert_eq!(join(&mut world, bob, "room"), "ok", "again");
    assert_eq!(world.seen(alice).len(), 0);
}

#[test]
fn the_list_holds_the_latest_two_hundred() {
    let mut world = World::new();
    let mut last = json!(null);
    for n in 0..201 {
        let conn = world.login(&format!("user{n}"));
        last = world.call(conn, "channel_join", json!({"name": "room"}));
    }
    let list = last["list"].as_array().expect("a list");
    assert_eq!((list.len(), &last["num"]), (200, &json!(201)));
    assert_eq!(
        (&list[0][0], &list[199][0]),
        (&json!("user1"), &json!("user200"))
    );
}

#[test]
fn one_channel_is_left_for_another_unless_several_are_possible() {
    let mut world = World::new();
    let web = world.login("web");
    let ours = world.login_sdk("ours");
    let watcher = world.login_sdk("watcher");
    for channel in ["one", "two"] {
        for conn in [watcher, web, ours] {
            assert_eq!(join(&mut world, conn, channel), "ok");
        }
    }
    let seen = world.seen(watcher);
    assert!(seen.contains(&"one -web 602".to_owned()));
    assert!(!seen.iter().any(|seen| seen.starts_with("one -ours")));
    // Leaving the channel that is left already touches nothing.
    assert_eq!(
        world.end(web, "channel_leave", json!({"name": "one"})),
        "ok"
    );
    assert_eq!(
        world.end(web, "channel_sendmsg", json!({"name": "two", "msg": ""})),
        "ok"
    );
    assert_eq!(
        world.end(web, "channel_leave", json!({"name": "two"})),
        "ok"
    );
    assert_eq!(
        world.seen(watcher).last().expect("a notice"),
        "two -web 602"
    );
}

#[test]
fn a_leave_says_why() {
    let mut world = World::new();
    let conns = members(&mut world, &["alice", "bob", "carol", "dave"]);
    world.call(conns[1], "channel_leave", json!({"name": "room"}));
    world.call(conns[2], "user_logout", json!({}));
    world.lose(conns[3]);
    assert_eq!(
        world.seen(conns[0]),
        ["room -bob 602", "room -carol 603", "room -dave 604"]
    );
    assert_eq!(world.seen(conns[1]).len(), 0, "the leaver knows");
}

#[test]
fn a_full_channel_takes_nobody_more() {
    let mut world = World::with(|limits, _| limits.channel_members_max = 2);
    members(&mut world, &["alice", "bob"]);
    let carol = world.login("carol");
    assert_eq!(join(&mut world, carol, "room"), "300 channel full");
}

#[test]
fn there_are_only_so_many_channels() {
    let mut world = World::with(|limits, _| {
        limits.channels_per_app_max = 3;
        limits.channels_per_login_max = 2;
    });
    let (alice, bob) = (world.login_sdk("alice"), world.login_sdk("bob"));
    for (conn, name, expected) in [
        (alice, "a", "ok"),
        (alice, "b", "ok"),
        (alice, "c", "300 too many channels"),
        (bob, "c", "ok"),
        (bob, "d", "300 too many channels"),
        (bob, "a", "ok"),
    ] {
        assert_eq!(join(&mut world, conn, name), expected, "{name}");
    }
}

#[test]
fn many_members_are_told_their_number_instead_of_names() {
    let mut world = World::with(|limits, _| limits.notices_members_max = 3);
    let conns = members(&mut world, &["alice", "bob", "carol"]);
    let more: Vec<ConnId> = ["dave", "erin"]
        .iter()
        .map(|account| world.login(account))
        .collect();
    more.iter()
        .for_each(|conn| drop(join(&mut world, *conn, "room")));
    assert_eq!(world.seen(conns[0]).len(), 0);
    world.seconds(1);
    assert_eq!(world.seen(conns[0]), ["room system update _member_num=5"]);
    more.iter().for_each(|conn| world.lose(*conn));
    world.seconds(1);
    assert_eq!(world.seen(conns[0]), ["room system update _member_num=3"]);
    world.lose(conns[2]);
    assert_eq!(world.seen(conns[0]), ["room -carol 604"]);
}
