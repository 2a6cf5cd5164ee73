//! Invitations, and every other call.

use visavis_client::signaling::Code;
use visavis_client::signaling::core::{Deprecated, Request};

use super::Act;
use super::steps::*;

pub(crate) const CAUSES: &[(Code, &str, Act)] = &[
    (
        Code::InviteOther,
        "an answer without an invitation",
        |world| {
            let me = online(world, "alice");
            then(world, me, accept("bob"))
        },
    ),
    (Code::InviteOther, "a telephone is invited", |world| {
        let me = online(world, "alice");
        let (channel, phone) = ("call".to_owned(), "1".to_owned());
        then(
            world,
            me,
            Request::Deprecated(Deprecated::ChannelInvitePhone { channel, phone }),
        )
    }),
    (
        Code::InviteOther,
        "the peer logs out after accepting",
        |world| {
            let (me, peer) = talking(world);
            then(world, peer, Request::Logout);
            me
        },
    ),
    (Code::InviteReinvite, "the same invitation again", |world| {
        let me = online(world, "alice");
        world.call(me, invite("bob", ""));
        world.run(s(1));
        world.call(me, invite("bob", ""));
        world.run(s(1));
        me
    }),
    (Code::InviteReinvite, "both invite each other", |world| {
        let (me, peer) = (online(world, "alice"), online(world, "bob"));
        world.call(peer, invite("alice", ""));
        world.run(s(1));
        world.call(me, invite("bob", ""));
        world.run(s(1));
        me
    }),
    (Code::InviteNet, "no answer to an invitation", |world| {
        let me = online(world, "alice");
        unanswered(world, me, invite("bob", ""))
    }),
    (
        Code::InviteNet,
        "the peer is lost for 30 s after accepting",
        |world| {
            let (me, peer) = talking(world);
            world.darken(peer, s(1000));
            world.cut(peer, s(0), Some(s(1)));
            world.run(s(60));
            me
        },
    ),
    (
        Code::InvitePeerOffline,
        "`_require_peer_online` and the peer is not",
        |world| {
            let me = online(world, "alice");
            then(world, me, invite("bob", r#"{"_require_peer_online":1}"#))
        },
    ),
    (
        Code::InvitePeerOffline,
        "the peer does not log in during the wait",
        |world| {
            let me = online(world, "alice");
            then(world, me, invite("bob", ""))
        },
    ),
    (
        Code::InviteTimeout,
        "the peer rings and does not answer",
        |world| {
            let me = online(world, "alice");
            online(world, "bob");
            then(world, me, invite("bob", ""))
        },
    ),
    (Code::InviteTimeout, "nobody answers here", |world| {
        let me = online(world, "bob");
        let peer = online(world, "alice");
        then(world, peer, invite("bob", ""));
        me
    }),
    (
        Code::General,
        "more queries a second than the limit",
        |world| {
            let me = online(world, "alice");
            for _ in 0..200 {
                world.call(me, status());
            }
            world.run(s(2));
            me
        },
    ),
    (
        Code::GeneralFailed,
        "an attribute of a channel from outside",
        |world| {
            let me = online(world, "alice");
            let (channel, name) = ("lobby".to_owned(), "topic".to_owned());
            let value = "tea".to_owned();
            then(
                world,
                me,
                Request::ChannelSetAttr {
                    channel,
                    name,
                    value,
                },
            )
        },
    ),
    (
        Code::GeneralFailed,
        "the store fails at an attribute",
        |world| {
            let me = online(world, "alice");
            world.store.down = true;
            let (name, value) = ("name".to_owned(), "Alice".to_owned());
            then(world, me, Request::SetAttr { name, value })
        },
    ),
    (Code::GeneralFailed, "no answer to a query", |world| {
        let me = online(world, "alice");
        unanswered(world, me, status())
    }),
    (
        Code::GeneralUnknown,
        "an answer that makes no sense",
        |world| {
            let me = online(world, "alice");
            world.tamper = |frame| Some(frame.replace("\\\"status\\\"", "\\\"sutats\\\""));
            then(world, me, status())
        },
    ),
    (Code::NotLogin, "a message before the login", |world| {
        let me = client(world);
        then(world, me, send("hello"))
    }),
    (
        Code::WrongParam,
        "a call that the server does not know",
        |world| {
            let me = online(world, "alice");
            let (name, request) = ("io.agora.signal.no_such_call".to_owned(), "{}".to_owned());
            let call_id = "1".to_owned();
            then(
                world,
                me,
                Request::Invoke {
                    name,
                    request,
                    call_id,
                },
            )
        },
    ),
    (Code::WrongParam, "digits that no telephone has", |world| {
        let me = online(world, "alice");
        let (channel, account) = ("call".to_owned(), "bob".to_owned());
        let digits = "12x".to_owned();
        then(
            world,
            me,
            Request::InviteDtmf {
                channel,
                account,
                digits,
            },
        )
    }),
    (Code::WrongParam, "an empty app id", |world| {
        login_to(world, "")
    }),
    (Code::LargeParam, "a message of 9,000 bytes", |world| {
        let me = online(world, "alice");
        then(world, me, send(&"x".repeat(9000)))
    }),
    (
        Code::LargeParam,
        "a message that fits in no frame",
        |world| {
            let me = online(world, "alice");
            then(world, me, send(&"x".repeat(100_000)))
        },
    ),
];
