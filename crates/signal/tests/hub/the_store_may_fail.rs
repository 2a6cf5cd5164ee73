use serde_json::json;
use visavis_signal::Command;

use crate::world::World;

#[test]
fn calls_that_need_the_store_fail_and_may_be_tried_again() {
    let mut world = World::new();
    let alice = world.login("alice");
    world.call(alice, "channel_join", json!({"name": "room"}));
    let calls = [
        (
            "user_sendmsg",
            json!({"peer": "bob", "flag": "v1:E:1", "t": "instant", "content": ""}),
            "400 server error",
        ),
        (
            "channel_set_attr",
            json!({"channel": "room", "name": "a", "value": "1"}),
            "1001 server error",
        ),
        (
            "user_set_attr",
            json!({"name": "a", "value": "1"}),
            "1001 server error",
        ),
        (
            "user_get_attr_all",
            json!({"account": "bob"}),
            "1001 server error",
        ),
        (
            "voip_invite",
            json!({"channelName": "room", "peer": "bob"}),
            "700 server error",
        ),
    ];
    world.broken = true;
    for (func, args, expected) in calls.clone() {
        assert_eq!(world.end(alice, func, args), expected);
    }
    assert!(
        world
            .operator(Command::UserAttributes {
                account: "bob".into()
            })
            .is_err()
    );
    world.broken = false;
    for (func, args, _) in calls.into_iter().take(4) {
        assert_eq!(world.end(alice, func, args), "ok");
    }
}

#[test]
fn a_login_whose_app_cannot_be_loaded_may_try_again() {
    let mut world = World::new();
    world.broken = true;
    let alice = world.login("alice");
    assert_eq!(
        world.seen(alice),
        ["login_ret 200 server error", "closed 4200"]
    );
    world.broken = false;
    let alice = world.login("alice");
    assert_eq!(world.seen(alice), ["login_ret ok"]);
}

#[test]
fn a_mailbox_that_cannot_be_loaded_is_asked_for_again() {
    let mut world = World::new();
    world.login("alice");
    world.broken = true;
    let bob = world.login("bob");
    let poll = || json!({"ver_clear": 0, "max": 30});
    assert_eq!(world.end(bob, "user_getmsg", poll()), "1001 server error");
    world.broken = false;
    assert_eq!(world.end(bob, "user_getmsg", poll()), "ok");
}

#[test]
fn what_is_more_than_the_store_keeps_is_refused_by_its_own_cause() {
    let mut world = World::with(|limits, _| {
        limits.attributes_per_user_max = 1000;
        limits.user_calls_per_s = 1000;
    });
    let alice = world.login("alice");
    let set = |name: u32| json!({"name": format!("a{name}"), "value": "1"});
    for name in 0..100 {
        assert_eq!(world.end(alice, "user_set_attr", set(name)), "ok");
    }
    assert_eq!(
        world.end(alice, "user_set_attr", set(100)),
        "1001 too many attributes"
    );
    assert_eq!(world.end(alice, "user_set_attr", set(99)), "ok");
    assert_eq!(world.store().users["alice"].len(), 100);
}
