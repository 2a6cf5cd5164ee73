use serde_json::json;

use crate::world::World;

#[test]
fn calls_without_a_login_or_with_another_line_fail() {
    let mut world = World::new();
    let conn = world.open();
    let join = || json!({"name": "room", "line": "0123"});
    assert_eq!(world.end(conn, "channel_join", join()), "1003 not login");
    let alice = world.login("alice");
    assert_eq!(world.end(alice, "channel_join", join()), "1003 wrong line");
    let outcome = world.end(alice, "channel_join", json!({"name": "room", "line": 7}));
    assert_eq!(outcome, "1003 wrong line");
    assert_eq!(
        world.end(alice, "channel_join", json!({"name": "room"})),
        "ok"
    );
}

#[test]
fn what_cannot_be_understood_fails_with_the_name_of_the_parameter() {
    let mut world = World::new();
    let alice = world.login("alice");
    let long = "x".repeat(129);
    for (func, args, expected) in [
        ("user_ext_call", json!({}), "1004 unsupported method name"),
        ("push_sendmsg", json!({}), "1004 unsupported method name"),
        ("channel_join", json!({}), "1004 wrong param name"),
        (
            "channel_join",
            json!({"name": "a b"}),
            "1004 wrong param name",
        ),
        (
            "channel_join",
            json!({"name": long}),
            "1005 param too large",
        ),
        (
            "channel_join",
            json!({"name": "__agora_user_online"}),
            "300 reserved channel",
        ),
        (
            "user_sendmsg",
            json!({"peer": "", "flag": "v1:E:1"}),
            "1004 wrong param peer",
        ),
        (
            "user_sendmsg",
            json!({"peer": "bob", "flag": "v2"}),
            "400 wrong msg lvl",
        ),
        ("user_sendmsg", json!({"peer": "bob"}), "400 wrong msg lvl"),
        (
            "user_sendmsg",
            json!({"peer": "bob", "flag": "v1:E:1", "t": "voip_invite"}),
            "1004 wrong param t",
        ),
        ("pstn_invite", json!({}), "700 pstn not supported"),
    ] {
        assert_eq!(world.end(alice, func, args), expected, "{func}");
    }
}

#[test]
fn failures_carry_what_published_clients_surface() {
    let mut world = World::new();
    let alice = world.login("alice");
    let body = world.call(alice, "nonsense", json!({}));
    assert_eq!(body["data"]["result"], "unsupported method name");
    assert_eq!(
        (&body["code"], &body["retryable"]),
        (&json!(1004), &json!(false))
    );
    assert_eq!(body["name"], "GENERAL_E_WRONG_PARAM");
}

#[test]
fn the_largest_message_passes_and_a_byte_more_does_not() {
    let mut world = World::new();
    let alice = world.login("alice");
    world.call(alice, "channel_join", json!({"name": "room"}));
    for (bytes, expected) in [(8196, "ok"), (8197, "1005 msg too large")] {
        let text = "x".repeat(bytes);
        let args = json!({"peer": "bob", "flag": "v1:E:60", "t": "instant", "content": text});
        assert_eq!(world.end(alice, "user_sendmsg", args), expected);
        let args = json!({"name": "room", "msg": text});
        assert_eq!(world.end(alice, "channel_sendmsg", args), expected);
    }
    for (bytes, expected) in [(8096, "ok"), (8097, "1005 param too large")] {
        let text = "x".repeat(bytes);
        let args = json!({"channel": "room", "name": "a", "value": text});
        assert_eq!(world.end(alice, "channel_set_attr", args), expected);
        let args = json!({"name": "a", "value": text});
        assert_eq!(world.end(alice, "user_set_attr", args), expected);
    }
}
