use std::fmt;
use std::time::Duration;

use visavis_wire::Secret;

use crate::signaling::{
    ChannelSendOptions, Error, Event, InvitationState, LoginOptions, SendOptions, Side, User,
};

/// Time since 1970 when the session began, counted on by a clock that never goes back.
pub type Time = Duration;

/// Names one call of the app; chosen by the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Names one invitation of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InvitationId(pub u64);

/// What happens to a session.
pub enum Input {
    /// The app calls; answered with one [`Output::Reply`].
    Call(Ticket, Request),
    /// The WebSocket that [`Output::Connect`] asked for is open.
    Opened,
    /// It cannot be opened.
    Unreachable(Box<dyn std::error::Error + Send + Sync>),
    /// A text frame came.
    Text(String),
    /// The connection ended, with the status of a close frame where there was one.
    Lost(Option<u16>),
    /// The driver does not read, because the app does not take its events.
    Unread,
    /// Time has passed.
    Tick,
}

/// What a session wants done, in this order.
pub enum Output {
    /// Open a WebSocket; answered with [`Input::Opened`] or [`Input::Unreachable`].
    Connect,
    /// Send a text frame.
    Send(String),
    /// Close the connection, or stop opening it, with this status; no more is wanted of it.
    Disconnect(u16),
    /// The answer to a call.
    Reply(Ticket, Result<Reply, Error>),
    /// An invitation is new, or came to another state; before the event that tells of it.
    Invitation(InvitationChange),
    /// For the app.
    Event(Event),
}

/// An invitation that is new, or came to another state.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct InvitationChange {
    pub id: InvitationId,
    pub channel: String,
    pub account: String,
    pub side: Side,
    pub state: InvitationState,
}

/// A call of the app.
#[derive(Debug)]
#[expect(missing_docs, reason = "named as the calls of the native SDKs")]
pub enum Request {
    Login(LoginOptions),
    Logout,
    ChannelJoin {
        channel: String,
    },
    ChannelLeave {
        channel: String,
    },
    ChannelQueryUserNum {
        channel: String,
    },
    ChannelQueryUserIsIn {
        channel: String,
        account: String,
    },
    ChannelSetAttr {
        channel: String,
        name: String,
        value: String,
    },
    ChannelDelAttr {
        channel: String,
        name: String,
    },
    ChannelClearAttr {
        channel: String,
    },
    /// An empty id is replaced by one of the session's own.
    MessageInstantSend {
        account: String,
        msg: String,
        message_id: String,
        options: SendOptions,
    },
    /// An empty id is replaced by one of the session's own.
    MessageChannelSend {
        channel: String,
        msg: String,
        message_id: String,
        options: ChannelSendOptions,
    },
    Invite {
        channel: String,
        account: String,
        extra: String,
    },
    InviteAccept {
        channel: String,
        account: String,
        extra: String,
    },
    InviteRefuse {
        channel: String,
        account: String,
        extra: String,
    },
    InviteEnd {
        channel: String,
        account: String,
        extra: String,
    },
    InviteDtmf {
        channel: String,
        account: String,
        digits: String,
    },
    SetAttr {
        name: String,
        value: String,
    },
    GetAttr {
        name: String,
    },
    GetAttrAll,
    GetUserAttr {
        account: String,
        name: String,
    },
    GetUserAttrAll {
        account: String,
    },
    QueryUserStatus {
        account: String,
    },
    /// `request` is a JSON object.
    Invoke {
        name: String,
        request: String,
        call_id: String,
    },
    BcCall {
        func: String,
        args: String,
        call_id: String,
    },
    RenewToken(Secret),
    SetBackground(bool),
    Ping,
    /// Retries happen, at once, or not at all.
    SetNetworkStatus(bool),
    Start,
    Stop,
    Dbg {
        key: String,
        value: String,
    },
    /// What the native SDKs have deprecated; fails as documented.
    Deprecated(Deprecated),
}

/// Calls that exist and always fail.
#[derive(Debug)]
#[expect(missing_docs, reason = "named as the calls of the native SDKs")]
pub enum Deprecated {
    ChannelInvitePhone { channel: String, phone: String },
    MessageAppSend { message_id: String },
    MessagePushSend { message_id: String },
    MessageChatSend { message_id: String },
    MessageDtmfSend { message_id: String },
}

/// The answer to a call that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Done.
    Done,
    /// Logged in, with this number.
    LoggedIn(u32),
    /// In the channel, with these users.
    Joined(Vec<User>),
    /// The server has the message with this id.
    Sent(String),
    /// The server has the invitation.
    Invited(InvitationId),
    /// So many.
    Count(u64),
    /// Whether.
    Flag(bool),
    /// A value, or JSON.
    Text(String),
}

// Frames hold tokens and messages, which must not reach a log by way of `Debug`.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(ticket, request) => {
                f.debug_tuple("Call").field(ticket).field(request).finish()
            }
            Self::Opened => f.write_str("Opened"),
            Self::Unreachable(cause) => write!(f, "Unreachable({cause})"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Lost(status) => write!(f, "Lost({status:?})"),
            Self::Unread => f.write_str("Unread"),
            Self::Tick => f.write_str("Tick"),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("Connect"),
            Self::Send(frame) => write!(f, "Send({} bytes)", frame.len()),
            Self::Disconnect(status) => write!(f, "Disconnect({status})"),
            Self::Reply(ticket, reply) => {
                f.debug_tuple("Reply").field(ticket).field(reply).finish()
            }
            Self::Invitation(change) => change.fmt(f),
            Self::Event(event) => event.fmt(f),
        }
    }
}
