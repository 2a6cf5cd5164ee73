//! Channels and messages.

use visavis_client::signaling::core::Request;
use visavis_client::signaling::{ChannelSendOptions, Code};
use visavis_signal::Command;

use super::Act;
use super::steps::*;

pub(crate) const CAUSES: &[(Code, &str, Act)] = &[
    (
        Code::JoinChannelOther,
        "a channel that is reserved",
        |world| {
            let me = online(world, "alice");
            then(world, me, join("__agora_channel_event"))
        },
    ),
    (
        Code::JoinChannelOther,
        "more channels than a login may have",
        |world| {
            let me = online(world, "alice");
            for n in 0..50 {
                world.call(me, join(&format!("c{n}")));
            }
            world.run(s(2));
            then(world, me, join("one-more"))
        },
    ),
    (
        Code::SendMessageOther,
        "a message into a channel from outside",
        |world| {
            let me = online(world, "alice");
            let (channel, msg) = ("lobby".to_owned(), "hello".to_owned());
            let message_id = "m-1".to_owned();
            let options = ChannelSendOptions::default();
            then(
                world,
                me,
                Request::MessageChannelSend {
                    channel,
                    msg,
                    message_id,
                    options,
                },
            )
        },
    ),
    (
        Code::SendMessageOther,
        "more messages a second than 60",
        |world| {
            let me = online(world, "alice");
            for _ in 0..100 {
                world.call(me, send("hello"));
            }
            world.run(s(2));
            me
        },
    ),
    (
        Code::SendMessageTimeout,
        "no answer to a message",
        |world| {
            let me = online(world, "alice");
            unanswered(world, me, send("hello"))
        },
    ),
    (
        Code::QueryUserNumOther,
        "more counts a second than the limit",
        |world| {
            let me = online(world, "alice");
            for _ in 0..200 {
                world.call(me, count());
            }
            world.run(s(2));
            me
        },
    ),
    (Code::QueryUserNumTimeout, "no answer to a count", |world| {
        let me = online(world, "alice");
        unanswered(world, me, count())
    }),
    (
        Code::LeaveChannelOther,
        "the operator ends the channel",
        |world| {
            let me = inside(world);
            let channel = "lobby".to_owned();
            world.operator(Command::EndChannel { channel });
            world.run(s(1));
            me
        },
    ),
    (
        Code::LeaveChannelKicked,
        "the operator removes the user",
        |world| {
            let me = inside(world);
            let (channel, account) = ("lobby".to_owned(), "alice".to_owned());
            world.operator(Command::KickFromChannel { channel, account });
            world.run(s(1));
            me
        },
    ),
    (Code::LeaveChannelByUser, "the client leaves", |world| {
        let me = inside(world);
        let channel = "lobby".to_owned();
        then(world, me, Request::ChannelLeave { channel })
    }),
    (Code::LeaveChannelLogout, "a logout in a channel", |world| {
        let me = inside(world);
        then(world, me, Request::Logout)
    }),
    (
        Code::LeaveChannelDisconnected,
        "the connection breaks in a channel",
        |world| {
            let me = inside(world);
            world.cut(me, s(0), Some(s(0)));
            world.run(s(10));
            me
        },
    ),
];
