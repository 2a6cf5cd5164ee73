use serde_json::json;
use visavis_signal::{ConnId, TokenExpiry};
use visavis_wire::signaling::token;

use crate::world::{START_S, World};

fn token(expires_s: u64) -> String {
    let certificate = "secret".into();
    token::sign("app", &certificate, "alice", expires_s)
        .expose()
        .to_owned()
}

fn login(world: &mut World, expires_s: u64) -> ConnId {
    let extra = json!({"token": token(expires_s), "sdk": "visavis/0.1"});
    world.login_to("app", "alice", extra)
}

#[test]
fn a_login_outlives_its_token_unless_the_app_ends_it() {
    let mut world = World::new();
    let alice = login(&mut world, START_S + 60);
    world.seconds(110);
    assert_eq!(world.seen(alice).len(), 2, "the login and a warning");
    let mut world = World::with(|_, settings| settings.token_expiry = TokenExpiry::Kick);
    let alice = login(&mut world, START_S + 60);
    world.seconds(29);
    assert_eq!(world.seen(alice), ["login_ret ok"]);
    world.seconds(2);
    let warning = format!("event token_will_expire {{\"at\":{}}}", START_S + 60);
    assert_eq!(world.seen(alice), [warning]);
    world.seconds(31);
    assert_eq!(
        world.seen(alice),
        ["close 105 token expired", "closed 4105"]
    );
}

#[test]
fn a_token_can_be_renewed() {
    let mut world = World::with(|_, settings| settings.token_expiry = TokenExpiry::Kick);
    let alice = login(&mut world, START_S + 60);
    let renew = |token: String| json!({"token": token});
    let wrong = world.end(alice, "user_renew_token", renew("1:2:3".into()));
    assert_eq!(wrong, "206 TokenErrorFormat");
    assert_eq!(
        world.end(alice, "user_renew_token", renew(token(START_S + 100))),
        "ok"
    );
    world.seconds(65);
    assert_eq!(world.seen(alice), ["login_ret ok"]);
    world.seconds(40);
    assert_eq!(world.seen(alice).len(), 3, "the warning and the end");
}

#[test]
fn the_token_of_a_lost_login_stays_good_for_a_moment() {
    let mut world = World::new();
    let first = login(&mut world, START_S + 10);
    world.seconds(20);
    world.lose(first);
    world.seconds(60);
    let again = login(&mut world, START_S + 10);
    assert_eq!(world.seen(again)[0], "login_ret ok");
    world.lose(again);
    world.millis(60_001);
    let late = login(&mut world, START_S + 10);
    assert_eq!(
        world.seen(late),
        ["login_ret 204 TokenErrorExpired", "closed 4204"]
    );
    assert_eq!(world.hub.deadline(), None, "nothing is remembered any more");
}

#[test]
fn a_logout_ends_the_grace() {
    let mut world = World::new();
    let first = login(&mut world, START_S + 10);
    world.seconds(20);
    world.call(first, "user_logout", json!({}));
    let again = login(&mut world, START_S + 10);
    assert_eq!(
        world.seen(again),
        ["login_ret 204 TokenErrorExpired", "closed 4204"]
    );
}
