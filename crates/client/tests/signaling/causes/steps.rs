//! Steps that scenes are made of.

use std::time::Duration;

use visavis_client::signaling::core::{Request, Settings};
use visavis_client::signaling::{LoginOptions, SendOptions};
use visavis_wire::Secret;
use visavis_wire::signaling::token;

use crate::store::{APP, CERTIFICATE};
use crate::world::{START, World};

pub(super) fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) fn client(world: &mut World) -> usize {
    world.client(Settings::new(APP))
}

/// A login that is tried once.
pub(super) fn once(account: &str, token: impl Into<Secret>) -> Request {
    Request::Login(LoginOptions::new(account, token).retry_count(0))
}

pub(super) fn sign(account: &str, good_for: i64) -> Secret {
    let expires = START.as_secs().saturating_add_signed(good_for);
    token::sign(APP, &Secret::from(CERTIFICATE), account, expires)
}

/// A client that is logged in.
pub(super) fn online(world: &mut World, account: &str) -> usize {
    let me = client(world);
    world.call(me, once(account, "_no_need_token"));
    world.run(s(1));
    me
}

/// A client that is in the channel `lobby`.
pub(super) fn inside(world: &mut World) -> usize {
    let me = online(world, "alice");
    world.call(me, join("lobby"));
    world.run(s(1));
    me
}

pub(super) fn join(channel: &str) -> Request {
    let channel = channel.to_owned();
    Request::ChannelJoin { channel }
}

pub(super) fn count() -> Request {
    let channel = "lobby".to_owned();
    Request::ChannelQueryUserNum { channel }
}

pub(super) fn status() -> Request {
    let account = "bob".to_owned();
    Request::QueryUserStatus { account }
}

pub(super) fn send(msg: &str) -> Request {
    Request::MessageInstantSend {
        account: "bob".to_owned(),
        msg: msg.to_owned(),
        message_id: "m-1".to_owned(),
        options: SendOptions::default(),
    }
}

pub(super) fn invite(account: &str, extra: &str) -> Request {
    Request::Invite {
        channel: "call".to_owned(),
        account: account.to_owned(),
        extra: extra.to_owned(),
    }
}

pub(super) fn accept(account: &str) -> Request {
    Request::InviteAccept {
        channel: "call".to_owned(),
        account: account.to_owned(),
        extra: String::new(),
    }
}

/// The call, and time enough for everything that follows.
pub(super) fn then(world: &mut World, me: usize, request: Request) -> usize {
    world.call(me, request);
    world.run(s(60));
    me
}

/// The same without an answer.
pub(super) fn unanswered(world: &mut World, me: usize, request: Request) -> usize {
    world.tamper = |frame| (!frame.contains("call2-ret")).then(|| frame.to_owned());
    then(world, me, request)
}

pub(super) fn login(world: &mut World, account: &str, token: impl Into<Secret>) -> usize {
    let me = client(world);
    then(world, me, once(account, token))
}

pub(super) fn login_to(world: &mut World, app: &str) -> usize {
    let me = world.client(Settings::new(app));
    then(world, me, once("alice", "_no_need_token"))
}

/// Alice and Bob in a call that Alice began.
pub(super) fn talking(world: &mut World) -> (usize, usize) {
    let (me, peer) = (online(world, "alice"), online(world, "bob"));
    world.call(me, invite("bob", ""));
    world.run(s(1));
    world.call(peer, accept("alice"));
    world.run(s(1));
    (me, peer)
}
