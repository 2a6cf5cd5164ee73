//! Logins and their ends.

use visavis_client::signaling::Code;
use visavis_client::signaling::core::Request;
use visavis_signal::{Command, TokenExpiry};

use super::Act;
use super::steps::*;

pub(crate) const CAUSES: &[(Code, &str, Act)] = &[
    (Code::Success, "a channel is joined", |world| inside(world)),
    (Code::LogoutOther, "the operator ends the login", |world| {
        let me = inside(world);
        let (account, reason) = ("alice".to_owned(), None);
        world.operator(Command::KickLogin { account, reason });
        world.run(s(1));
        me
    }),
    (Code::LogoutUser, "the client logs out", |world| {
        let me = online(world, "alice");
        then(world, me, Request::Logout)
    }),
    (
        Code::LogoutNet,
        "there is no network for longer than 300 s",
        |world| {
            let me = online(world, "alice");
            world.darken(me, s(1000));
            world.cut(me, s(0), None);
            world.run(s(400));
            me
        },
    ),
    (
        Code::LogoutKicked,
        "the account logs in on another connection",
        |world| {
            let me = online(world, "alice");
            online(world, "alice");
            me
        },
    ),
    (
        Code::LogoutTokenExpired,
        "the token expires where the app ends logins then",
        |world| {
            world.store.settings.token_expiry = TokenExpiry::Kick;
            login(world, "alice", sign("alice", 30))
        },
    ),
    (
        Code::LogoutTokenExpired,
        "the token has expired when the client reconnects",
        |world| {
            let me = login(world, "alice", sign("alice", 90));
            world.darken(me, s(150));
            world.cut(me, s(0), Some(s(1)));
            world.run(s(300));
            me
        },
    ),
    (
        Code::LogoutAlreadyLogout,
        "a logout without a login",
        |world| {
            let me = client(world);
            then(world, me, Request::Logout)
        },
    ),
    (
        Code::LoginOther,
        "the store fails during the login",
        |world| {
            world.store.down = true;
            login(world, "alice", "_no_need_token")
        },
    ),
    (Code::LoginNet, "nobody listens", |world| {
        let me = client(world);
        world.darken(me, s(1000));
        then(world, me, once("alice", "_no_need_token"))
    }),
    (
        Code::LoginNet,
        "the server does not answer the login",
        |world| {
            world.tamper = |_| None;
            login(world, "alice", "_no_need_token")
        },
    ),
    (Code::LoginFailed, "an app that does not exist", |world| {
        login_to(world, "nowhere")
    }),
    (Code::LoginFailed, "an app without signaling", |world| {
        world.store.settings.disabled = true;
        login(world, "alice", "_no_need_token")
    }),
    (Code::LoginFailed, "an account that is blocked", |world| {
        world.store.settings.blocked.insert("alice".to_owned());
        login(world, "alice", "_no_need_token")
    }),
    (Code::LoginCancel, "a logout while logging in", |world| {
        let me = client(world);
        world.call(me, once("alice", "_no_need_token"));
        then(world, me, Request::Logout)
    }),
    (
        Code::LoginTokenExpired,
        "a token that has expired",
        |world| login(world, "alice", sign("alice", -1)),
    ),
    (
        Code::LoginTokenWrong,
        "a token of another account",
        |world| login(world, "alice", sign("bob", 3600)),
    ),
    (
        Code::LoginTokenWrong,
        "no token where the app wants one",
        |world| {
            world.store.settings.no_token_allowed = false;
            login(world, "alice", "_no_need_token")
        },
    ),
    (
        Code::LoginTokenKicked,
        "a login with a token that expires later holds the account",
        |world| {
            let me = login(world, "alice", sign("alice", 1000));
            login(world, "alice", sign("alice", 2000));
            then(world, me, once("alice", sign("alice", 1000)))
        },
    ),
    (
        Code::LoginAlreadyLogin,
        "a second login of a session",
        |world| {
            let me = online(world, "alice");
            then(world, me, once("bob", "_no_need_token"))
        },
    ),
    (Code::LoginInvalidUser, "an account with a space", |world| {
        login(world, "al ice", "_no_need_token")
    }),
];
