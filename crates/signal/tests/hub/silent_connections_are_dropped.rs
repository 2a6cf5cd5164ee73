use serde_json::json;
use visavis_signal::Input;

use crate::world::World;

#[test]
fn any_frame_keeps_a_login_and_silence_ends_it() {
    let mut world = World::new();
    let alice = world.login("alice");
    for _ in 0..5 {
        world.seconds(119);
        world.text(alice, "[\"nonsense\"]");
    }
    assert!(!world.is_closed(alice));
    world.seconds(119);
    assert!(!world.is_closed(alice));
    world.seconds(1);
    assert_eq!(world.seen(alice), ["login_ret ok", "closed 4102"]);
    let again = world.login("alice");
    assert_eq!(world.seen(again), ["login_ret ok"]);
}

#[test]
fn a_connection_that_never_logs_in_is_closed() {
    let mut world = World::new();
    let idle = world.open();
    world.seconds(20);
    world.frame(idle, &json!(["ping", 1]));
    world.seconds(10);
    assert_eq!(world.seen(idle), ["pong 1", "closed 4102"]);
    assert_eq!(world.hub.deadline(), None, "nothing waits any more");
}

#[test]
fn pongs_repeat_whatever_number_came() {
    let mut world = World::new();
    let alice = world.login("alice");
    for n in [1, 2, 2, 1, -7] {
        world.frame(alice, &json!(["ping", n]));
    }
    let pongs = [
        "login_ret ok",
        "pong 1",
        "pong 2",
        "pong 2",
        "pong 1",
        "pong -7",
    ];
    assert_eq!(world.seen(alice), pongs);
}

#[test]
fn flags_and_unknown_frames_are_taken() {
    let mut world = World::new();
    let alice = world.login("alice");
    world.frame(alice, &json!(["set_flag", {"binary": 1, "more": [1]}]));
    world.frame(alice, &json!(["set_flag", {"binary": 0}]));
    world.text(alice, "{}");
    world.text(alice, "[\"what\",1,2,3]");
    assert_eq!(world.seen(alice), ["login_ret ok", "binary"]);
}

#[test]
fn a_line_cannot_be_resumed() {
    let mut world = World::new();
    let conn = world.open();
    world.frame(conn, &json!(["line_login", {"line": "abc"}]));
    assert_eq!(world.seen(conn), ["close 100 wrong line", "closed 4100"]);
}

#[test]
fn a_server_that_goes_down_closes_without_a_word() {
    let mut world = World::new();
    let [alice, bob] = ["alice", "bob"].map(|account| world.login(account));
    for conn in [alice, bob] {
        world.call(conn, "channel_join", json!({"name": "room"}));
        world.seen(conn);
    }
    let idle = world.open();
    world.seen(alice);
    world.input(Input::Shutdown);
    for conn in [alice, bob, idle] {
        assert_eq!(world.seen(conn), ["closed 1012"]);
    }
}
