use serde_json::json;
use visavis_signal::{Answer, Command};

use crate::world::World;

fn names(names: &[&str], more: bool) -> Result<Answer, visavis_codes::signaling::Failure> {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Ok(Answer::Names { names, more })
}

#[test]
fn users_and_channels_are_listed_in_pages() {
    let mut world = World::new();
    let conns: Vec<_> = ["carol", "alice", "bob"]
        .map(|account| world.login(account))
        .into();
    for (conn, room) in conns.iter().zip(["x", "x", "y"]) {
        world.call(*conn, "channel_join", json!({"name": room}));
    }
    let page = |after: &str| Command::Accounts {
        after: after.into(),
        limit: 2,
    };
    assert_eq!(world.operator(page("")), names(&["alice", "bob"], true));
    assert_eq!(world.operator(page("bob")), names(&["carol"], false));
    let (after, limit) = (String::new(), 10);
    let channels = Command::Channels {
        after: after.clone(),
        limit,
    };
    assert_eq!(world.operator(channels), names(&["x", "y"], false));
    let members = Command::Members {
        channel: "x".into(),
        after,
        limit,
    };
    assert_eq!(world.operator(members), names(&["alice", "carol"], false));
    assert_eq!(world.operator(Command::CountAccounts), Ok(Answer::Count(3)));
    let count = Command::CountMembers {
        channel: "x".into(),
    };
    assert_eq!(world.operator(count), Ok(Answer::Count(2)));
}

#[test]
fn a_user_who_is_removed_is_told_and_so_are_the_others() {
    let mut world = World::new();
    let (alice, bob) = (world.login("alice"), world.login("bob"));
    for conn in [alice, bob] {
        world.call(conn, "channel_join", json!({"name": "room"}));
        world.seen(conn);
    }
    world.seen(alice);
    let kick = || Command::KickFromChannel {
        channel: "room".into(),
        account: "alice".into(),
    };
    assert_eq!(world.operator(kick()), Ok(Answer::Done));
    assert_eq!(world.operator(kick()), Ok(Answer::NotFound));
    assert_eq!(world.seen(alice), ["room -alice 601"]);
    assert_eq!(world.seen(bob), ["room -alice 601"]);
    let say = json!({"name": "room", "msg": ""});
    assert_eq!(
        world.end(alice, "channel_sendmsg", say),
        "400 not in channel"
    );
    let end = Command::EndChannel {
        channel: "room".into(),
    };
    assert_eq!(world.operator(end), Ok(Answer::Done));
    assert_eq!(world.seen(bob), ["room -bob 600"]);
}

#[test]
fn a_login_is_ended() {
    let mut world = World::new();
    let alice = world.login("alice");
    let kick = || Command::KickLogin {
        account: "alice".into(),
        reason: Some("be nice".into()),
    };
    assert_eq!(world.operator(kick()), Ok(Answer::Done));
    let seen = [
        "login_ret ok",
        "close 100 kicked by administrator",
        "closed 4100",
    ];
    assert_eq!(world.seen(alice), seen);
    assert!(world.raw(alice)[1].to_string().contains("be nice"));
    assert_eq!(world.operator(kick()), Ok(Answer::NotFound));
}

#[test]
fn the_system_sends_messages() {
    let mut world = World::new();
    let bob = world.login("bob");
    world.call(bob, "user_getmsg", json!({"ver_clear": 0, "max": 30}));
    world.call(bob, "channel_join", json!({"name": "room"}));
    let peer = Command::SendPeer {
        account: "bob".into(),
        msg: "hello".into(),
        ttl_s: 60,
    };
    assert_eq!(world.operator(peer), Ok(Answer::Done));
    let say = |channel: &str| Command::SendChannel {
        channel: channel.into(),
        msg: "all".into(),
    };
    assert_eq!(world.operator(say("room")), Ok(Answer::Done));
    assert_eq!(world.operator(say("none")), Ok(Answer::NotFound));
    assert_eq!(
        world.seen(bob)[1..],
        ["recvmsg 1 system: hello", "room system: all"]
    );
}

#[test]
fn attributes_are_set_from_outside() {
    let mut world = World::new();
    let channel = || String::from("room");
    let set = Command::SetChannelAttribute {
        channel: channel(),
        name: "topic".into(),
        value: "tea".into(),
    };
    assert_eq!(
        world.operator(set.clone()),
        Ok(Answer::Done),
        "also without members"
    );
    let alice = world.login("alice");
    let body = world.call(alice, "channel_join", json!({"name": "room"}));
    assert_eq!(body["attrs"], json!({"topic": "tea"}));
    let look = || Command::ChannelAttributes { channel: channel() };
    let tea = vec![("topic".to_owned(), "tea".to_owned())];
    assert_eq!(world.operator(look()), Ok(Answer::Attributes(tea)));
    let delete = Command::DeleteChannelAttribute {
        channel: channel(),
        name: "topic".into(),
    };
    assert_eq!(world.operator(delete), Ok(Answer::Done));
    let clear = || Command::ClearChannelAttributes { channel: channel() };
    assert_eq!(world.operator(clear()), Ok(Answer::Done));
    assert_eq!(
        world.seen(alice)[1..],
        ["room system del topic=", "room system clear ="]
    );
    world.lose(alice);
    assert_eq!(
        world.operator(clear()),
        Ok(Answer::NotFound),
        "nothing is left of it"
    );
    let user = Command::SetUserAttribute {
        account: "bob".into(),
        name: "mood".into(),
        value: "good".into(),
    };
    assert_eq!(world.operator(user), Ok(Answer::Done));
    let look = Command::UserAttributes {
        account: "bob".into(),
    };
    let mood = vec![("mood".to_owned(), "good".to_owned())];
    assert_eq!(world.operator(look), Ok(Answer::Attributes(mood)));
}
