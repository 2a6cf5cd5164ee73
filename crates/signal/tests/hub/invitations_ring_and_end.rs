use serde_json::json;
use visavis_signal::ConnId;

use crate::render;
use crate::world::World;

/// Logs in and polls, so that messages are pushed.
fn online(world: &mut World, account: &str) -> ConnId {
    let conn = world.login(account);
    world.call(conn, "user_getmsg", json!({"ver_clear": 0, "max": 30}));
    world.seen(conn);
    conn
}

fn voip(world: &mut World, conn: ConnId, kind: &str, peer: &str, extra: &str) -> String {
    let args = json!({"channelName": "room", "peer": peer, "extra": extra});
    world.end(conn, kind, args)
}

#[test]
fn it_rings_is_accepted_and_ends() {
    let mut world = World::new();
    let (alice, bob) = (online(&mut world, "alice"), online(&mut world, "bob"));
    assert_eq!(
        voip(&mut world, alice, "voip_invite", "bob", "{\"a\":1}"),
        "ok"
    );
    assert_eq!(
        world.seen(bob),
        ["recvmsg 1 voip_invite room alice {\"a\":1}"]
    );
    assert_eq!(voip(&mut world, bob, "voip_invite_ack", "alice", ""), "ok");
    let tone = r#"{"msgtype":"dtmf","msgdata":"1"}"#;
    assert_eq!(
        voip(&mut world, alice, "voip_invite_msg", "bob", tone),
        "ok"
    );
    assert_eq!(
        voip(&mut world, bob, "voip_invite_accept", "alice", "yes"),
        "ok"
    );
    assert_eq!(
        voip(&mut world, alice, "voip_invite_msg", "bob", tone),
        "ok"
    );
    assert_eq!(voip(&mut world, alice, "voip_invite_bye", "bob", ""), "ok");
    let late = voip(&mut world, bob, "voip_invite_bye", "alice", "");
    assert_eq!(late, "700 no such invitation");
    let rang = [
        "recvmsg 1 voip_invite_ack room bob ",
        "recvmsg 2 voip_invite_accept room bob yes",
    ];
    assert_eq!(world.seen(alice), rang);
    let seen = world.seen(bob);
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[2], "recvmsg 4 voip_invite_bye room alice ");
    assert!(world.store().invitations.is_empty());
}

#[test]
fn nobody_answers() {
    let mut world = World::new();
    let (alice, bob) = (online(&mut world, "alice"), online(&mut world, "bob"));
    voip(&mut world, alice, "voip_invite", "bob", "");
    world.seen(bob);
    world.seconds(20);
    let (caller, callee) = (world.seen(alice), world.seen(bob));
    assert!(
        caller[0].starts_with("recvmsg 1 voip_invite_failed room bob"),
        "{caller:?}"
    );
    assert!(caller[0].contains("\"code\":704"));
    assert!(
        callee[0].starts_with("recvmsg 2 voip_invite_bye room alice"),
        "{callee:?}"
    );
    assert_eq!((caller.len(), callee.len()), (1, 1));
}

#[test]
fn an_absent_callee_never_hears_of_what_is_over() {
    let mut world = World::new();
    let alice = online(&mut world, "alice");
    let wish = r#"{"_require_peer_online":1}"#;
    assert_eq!(
        voip(&mut world, alice, "voip_invite", "bob", wish),
        "703 peer offline"
    );
    assert_eq!(
        voip(&mut world, alice, "voip_invite", "bob", r#"{"_timeout":5}"#),
        "ok"
    );
    world.seconds(5);
    assert!(world.seen(alice)[0].contains("\"code\":703"));
    let bob = world.login("bob");
    let body = world.call(bob, "user_getmsg", json!({"ver_clear": 0, "max": 30}));
    assert_eq!(body["msgs"], json!([]));
    assert_eq!(body["ver_clear"], 1);
}

#[test]
fn a_callee_who_comes_in_time_is_rung() {
    let mut world = World::new();
    let alice = online(&mut world, "alice");
    voip(&mut world, alice, "voip_invite", "bob", "");
    world.seconds(10);
    let bob = world.login("bob");
    let body = world.call(bob, "user_getmsg", json!({"ver_clear": 0, "max": 30}));
    let page: Vec<String> = body["msgs"]
        .as_array()
        .expect("a list")
        .iter()
        .map(render::message)
        .collect();
    assert_eq!(page, ["1 voip_invite room alice "]);
    assert_eq!(voip(&mut world, bob, "voip_invite_ack", "alice", ""), "ok");
    world.seconds(19);
    assert_eq!(
        voip(&mut world, bob, "voip_invite_refuse", "alice", "busy"),
        "ok"
    );
    let seen = world.seen(alice);
    assert_eq!(
        seen.last().expect("an end"),
        "recvmsg 2 voip_invite_refuse room bob busy"
    );
}

#[test]
fn a_restart_while_it_rings_forgets_nothing() {
    let mut world = World::new();
    let alice = online(&mut world, "alice");
    voip(&mut world, alice, "voip_invite", "bob", "");
    world.restart();
    let (alice, bob) = (online(&mut world, "alice"), online(&mut world, "bob"));
    assert_eq!(voip(&mut world, bob, "voip_invite_ack", "alice", ""), "ok");
    assert_eq!(
        voip(&mut world, bob, "voip_invite_accept", "alice", ""),
        "ok"
    );
    assert_eq!(world.seen(alice).len(), 2);
}

#[test]
fn parameters_are_checked() {
    let mut world = World::new();
    let alice = online(&mut world, "alice");
    let long = format!("\"{}\"", "x".repeat(8190));
    let longer = format!("\"{}\"", "x".repeat(8191));
    for (peer, extra, expected) in [
        ("a b", "", "1004 wrong param peer"),
        ("alice", "", "1004 wrong param peer"),
        ("bob", "no json", "1004 wrong param extra"),
        ("bob", r#"{"_timeout":31}"#, "1004 wrong param _timeout"),
        ("bob", &longer, "1005 msg too large"),
        ("bob", &long, "ok"),
        ("bob", "", "701 reinvite"),
    ] {
        assert_eq!(
            voip(&mut world, alice, "voip_invite", peer, extra),
            expected
        );
    }
}
