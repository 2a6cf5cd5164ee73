use serde_json::json;
use visavis_wire::signaling::token;

use crate::world::{START_S, World};

/// The end of a login that is refused.
fn refused(world: &mut World, app: &str, account: &str, token: serde_json::Value) -> String {
    let conn = world.login_to(app, account, json!({"token": token}));
    let seen = world.seen(conn);
    let [answer, closed] = &seen[..] else {
        panic!("{seen:?}");
    };
    let code = answer.split(' ').nth(1).expect("a code");
    let number: u16 = code.parse().expect("a number");
    assert_eq!(*closed, format!("closed {}", 4000 + number));
    answer.strip_prefix("login_ret ").expect("an answer").into()
}

#[test]
fn each_refusal_has_its_reason_and_then_a_close() {
    let mut world = World::with(|_, settings| {
        settings.no_token_allowed = false;
        settings.blocked.insert("mallory".into());
    });
    let none = json!("_no_need_token");
    for (app, account, reason) in [
        ("", "alice", "202 rejected : unknown app"),
        ("other", "alice", "202 rejected : unknown app"),
        ("app", "", "209 wrong account : empty"),
        ("app", "a b", "209 wrong account : with space"),
        ("app", "system", "209 wrong account : reserved"),
        ("app", "mallory", "202 account blocked"),
        ("app", "alice", "206 TokenErrorRequired"),
    ] {
        assert_eq!(refused(&mut world, app, account, none.clone()), reason);
    }
    let certificate = "secret".into();
    let sign = |account, at| {
        token::sign("app", &certificate, account, at)
            .expose()
            .to_owned()
    };
    for (token, reason) in [
        (json!(null), "206 TokenErrorRequired"),
        (json!("1:2:3"), "206 TokenErrorFormat"),
        (json!(sign("bob", START_S)), "206 TokenErrorSignature"),
        (json!(sign("alice", START_S - 1)), "204 TokenErrorExpired"),
    ] {
        assert_eq!(refused(&mut world, "app", "alice", token), reason);
    }
    let good = json!({"token": sign("alice", START_S)});
    let alice = world.login_to("app", "alice", good);
    assert_eq!(world.seen(alice), ["login_ret ok"]);
}

#[test]
fn logins_wait_for_their_app_together() {
    let mut world = World::new();
    world.slow = true;
    let alice = world.login("alice");
    let bob = world.login("bob");
    assert_eq!(world.seen(alice).len() + world.seen(bob).len(), 0);
    assert!(world.store_answers());
    assert_eq!(world.seen(alice), ["login_ret ok"]);
    assert_eq!(world.seen(bob), ["login_ret ok"]);
}

#[test]
fn a_login_whose_app_never_comes_is_answered_all_the_same() {
    let mut world = World::new();
    world.slow = true;
    let alice = world.login("alice");
    world.seconds(31);
    assert_eq!(
        world.seen(alice),
        ["login_ret 200 server error", "closed 4200"]
    );
    world.slow = false;
    world.store_answers();
    let bob = world.login("bob");
    assert_eq!(world.seen(bob), ["login_ret ok"]);
}

#[test]
fn a_full_server_takes_nobody_new_but_lets_accounts_move() {
    let mut world = World::with(|limits, _| limits.logins_max = 2);
    let alice = world.login("alice");
    world.login("bob");
    let carol = world.login("carol");
    assert_eq!(
        world.seen(carol),
        ["login_ret 202 server full", "closed 4202"]
    );
    let again = world.login("alice");
    assert_eq!(world.seen(again), ["login_ret ok"]);
    assert!(world.is_closed(alice));
    world.lose(again);
    let carol = world.login("carol");
    assert_eq!(world.seen(carol), ["login_ret ok"]);
}

#[test]
fn a_disabled_app_lets_nobody_in() {
    let mut world = World::with(|_, settings| settings.disabled = true);
    let alice = world.login("alice");
    assert_eq!(
        world.seen(alice),
        ["login_ret 202 app disabled", "closed 4202"]
    );
}

#[test]
fn clients_of_ours_are_told_what_was_granted() {
    let mut world = World::new();
    let web = world.login("web");
    let ours = world.login_sdk("ours");
    let raw = |world: &mut World, conn| world.raw(conn)[0][1][1].as_str().map(str::to_owned);
    assert!(!raw(&mut world, web).expect("a text").contains("caps"));
    let granted = raw(&mut world, ours).expect("a text");
    assert!(granted.contains(r#""caps":["multi_channel"]"#), "{granted}");
}

#[test]
fn a_second_login_on_a_connection_changes_nothing() {
    let mut world = World::new();
    let alice = world.login("alice");
    let login = json!(["login", {"vid": "app", "account": "bob", "token": "_no_need_token"}]);
    world.frame(alice, &login);
    assert_eq!(
        world.seen(alice),
        ["login_ret ok", "login_ret 208 already login"]
    );
    assert_eq!(
        world.end(alice, "channel_join", json!({"name": "room"})),
        "ok"
    );
}
