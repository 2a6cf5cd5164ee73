use serde_json::json;
use visavis_wire::signaling::token;

use crate::world::{START_S, World};

#[test]
fn the_old_connection_is_kicked_before_the_new_login_is_answered() {
    let mut world = World::new();
    let old = world.login("alice");
    world.call(old, "channel_join", json!({"name": "room"}));
    let bob = world.login("bob");
    world.call(bob, "channel_join", json!({"name": "room"}));
    world.seen(old);
    let new = world.login("alice");
    assert_eq!(
        world.seen(old),
        ["kick 103 logged in elsewhere", "closed 4103"]
    );
    assert_eq!(world.seen(new), ["login_ret ok"]);
    assert_eq!(world.seen(bob), ["login_ret ok", "room -alice 603"]);
    // The new login is in no channel, and its line is another one.
    let outcome = world.end(new, "channel_sendmsg", json!({"name": "room", "msg": "x"}));
    assert_eq!(outcome, "400 not in channel");
}

#[test]
fn nobody_is_kicked_without_a_live_login() {
    let mut world = World::new();
    let first = world.login("alice");
    world.lose(first);
    let second = world.login("alice");
    assert_eq!(world.seen(second), ["login_ret ok"]);
    assert_eq!(world.seen(first), ["login_ret ok"]);
}

#[test]
fn a_renewed_token_holds_the_account_while_its_login_lives() {
    let mut world = World::new();
    let certificate = "secret".into();
    let login = |world: &mut World, expires_s| {
        let token = token::sign("app", &certificate, "alice", expires_s);
        world.login_to("app", "alice", json!({"token": token.expose()}))
    };
    let first = login(&mut world, START_S + 100);
    let renewed = login(&mut world, START_S + 200);
    assert!(world.is_closed(first));
    let again = login(&mut world, START_S + 100);
    assert_eq!(world.seen(again), ["login_ret 207 kick", "closed 4207"]);
    assert!(!world.is_closed(renewed));
    world.lose(renewed);
    let again = login(&mut world, START_S + 100);
    assert_eq!(world.seen(again), ["login_ret ok"]);
}

#[test]
fn a_logout_is_answered_and_ends_the_connection() {
    let mut world = World::new();
    let alice = world.login("alice");
    assert_eq!(world.end(alice, "user_logout", json!({})), "ok");
    assert_eq!(world.seen(alice), ["login_ret ok", "closed 4101"]);
    let bob = world.login("bob");
    let status = world.call(bob, "user_query_user_status", json!({"account": "alice"}));
    assert_eq!(status["status"], 0);
}

#[test]
fn uids_are_stable_and_lines_are_not() {
    let mut world = World::new();
    let mut body = |account| {
        let conn = world.login(account);
        let raw = world.raw(conn).remove(0);
        let body = raw[1][1].as_str().expect("a text");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        (body["uid"].clone(), body["line"].clone())
    };
    let [(uid, line), (again, other)] = [body("alice"), body("alice")];
    assert!(uid == again && uid.as_u64().is_some_and(|uid| (1..1 << 31).contains(&uid)));
    assert!(line != other && line.as_str().is_some_and(|line| line.len() == 32));
    assert_ne!(body("bob").0, uid);
}
