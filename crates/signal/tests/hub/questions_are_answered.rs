use serde_json::json;

use crate::world::World;

#[test]
fn status_counts_and_lists() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    world.call(bob, "channel_join", json!({"name": "room"}));
    let mut ask = |func: &str, args| {
        let mut body = world.call(alice, func, args);
        body.as_object_mut().expect("an object").remove("result");
        body
    };
    assert_eq!(
        ask("user_query_user_status", json!({"account": "bob"})),
        json!({"status": 1})
    );
    assert_eq!(
        ask("user_query_user_status", json!({"account": "eve"})),
        json!({"status": 0})
    );
    let accounts = json!({"accounts": ["bob", "eve"]});
    let list = json!({"list": [["bob", 1], ["eve", 0]]});
    assert_eq!(ask("user_query_user_status2", accounts), list);
    assert_eq!(
        ask("channel_query_num", json!({"name": "room"})),
        json!({"num": 1})
    );
    assert_eq!(
        ask("channel_query_num", json!({"name": "none"})),
        json!({"num": 0})
    );
    for (account, isin) in [("bob", 1), ("alice", 0)] {
        let args = json!({"name": "room", "account": account});
        assert_eq!(ask("channel_query_user_isin", args), json!({"isin": isin}));
    }
    for func in ["channel_query_userlist", "channel_query_userlist_all"] {
        let body = ask(func, json!({"name": "room"}));
        assert_eq!(
            (&body["num"], &body["list"][0][0]),
            (&json!(1), &json!("bob"))
        );
    }
    assert_eq!(ask("user_setfg", json!({"isfg": 0})), json!({}));
}

#[test]
fn user_attributes_are_kept() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    let body = world.call(
        alice,
        "user_set_attr",
        json!({"name": "mood", "value": "good"}),
    );
    assert_eq!(body, json!({"result": "ok", "reason": ""}));
    world.lose(alice);
    for (name, value) in [("mood", "good"), ("none", "")] {
        let body = world.call(
            bob,
            "user_get_attr",
            json!({"account": "alice", "name": name}),
        );
        let expected = json!({"result": "ok", "account": "alice", "name": name, "value": value});
        assert_eq!(body, expected);
    }
    let body = world.call(bob, "user_get_attr_all", json!({"account": "alice"}));
    let expected = json!({"result": "ok", "account": "alice", "json": {"mood": "good"}});
    assert_eq!(body, expected);
}
