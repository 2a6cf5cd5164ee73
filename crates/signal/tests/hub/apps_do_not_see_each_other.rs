use serde_json::json;

use crate::store::Store;
use crate::world::World;

#[test]
fn equal_names_in_two_apps_are_strangers() {
    let mut world = World::new();
    world.stores.insert("other".into(), Store::new());
    let here = world.login("alice");
    let there = world.login_to("other", "alice", json!({}));
    assert!(!world.is_closed(here));
    for conn in [here, there] {
        world.call(conn, "channel_join", json!({"name": "room"}));
        world.call(conn, "user_getmsg", json!({"ver_clear": 0, "max": 30}));
        world.seen(conn);
    }
    world.call(
        here,
        "channel_sendmsg",
        json!({"name": "room", "msg": "hi"}),
    );
    let message = json!({"peer": "alice", "flag": "v1:E:9", "t": "instant", "content": "me"});
    world.call(here, "user_sendmsg", message);
    let attribute = json!({"channel": "room", "name": "a", "value": "1"});
    world.call(here, "channel_set_attr", attribute);
    assert_eq!(world.seen(here).len(), 3);
    assert!(world.seen(there).is_empty());
    let app = String::from("other");
    world.input(visavis_signal::Input::Settings {
        app,
        settings: None,
    });
    assert_eq!(
        world.seen(there),
        ["close 100 kicked by administrator", "closed 4100"]
    );
    assert!(!world.is_closed(here));
}
