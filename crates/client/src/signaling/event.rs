use super::Error;

/// A user of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct User {
    /// The account.
    pub account: String,
    /// A number that is always the same for the account.
    pub uid: u32,
}

/// What happened to an attribute of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeChange {
    /// It has a new value.
    Update,
    /// It is gone.
    Delete,
    /// All attributes are gone.
    Clear,
}

/// Everything that a session tells: each callback of the native SDKs, named as they name it, and the warnings.
///
/// Warnings are [`Reconnecting`](Self::Reconnecting), [`Reconnected`](Self::Reconnected),
/// [`Rejoined`](Self::Rejoined), [`Resent`](Self::Resent) and [`Log`](Self::Log): what they tell of recovers by itself.
/// `uid` is 0 wherever the protocol does not carry one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are named as in the native SDKs")]
pub enum Event {
    /// The login succeeded.
    LoginSuccess {
        uid: u32,
    },
    /// The login failed.
    LoginFailed {
        error: Error,
    },
    /// The login ended. Code 101 is the session's own logout.
    Logout {
        error: Error,
    },
    /// The connection was lost; this is the n-th try to restore it.
    Reconnecting {
        nretry: u32,
    },
    /// The login is restored; channels and unacknowledged messages follow.
    Reconnected {
        uid: u32,
    },
    /// The session is back in a channel that it was in when the connection was lost. A user list follows.
    Rejoined {
        channel: String,
    },
    /// A message goes out again, since the connection was lost before the server acknowledged it.
    Resent {
        message_id: String,
    },

    ChannelJoined {
        channel: String,
    },
    ChannelJoinFailed {
        channel: String,
        error: Error,
    },
    /// The session is no longer in the channel; 602 is its own leave, 604 a lost connection.
    ChannelLeaved {
        channel: String,
        error: Error,
    },
    /// Follows [`ChannelJoined`](Self::ChannelJoined) and [`Rejoined`](Self::Rejoined): the latest 200 users at most.
    ChannelUserList {
        channel: String,
        users: Vec<User>,
    },
    ChannelUserJoined {
        channel: String,
        account: String,
        uid: u32,
    },
    /// The cause is told by servers of ours.
    ChannelUserLeaved {
        channel: String,
        account: String,
        uid: u32,
        cause: Option<Error>,
    },
    ChannelAttrUpdated {
        channel: String,
        name: String,
        value: String,
        change: AttributeChange,
    },
    ChannelQueryUserNumResult {
        channel: String,
        result: Result<u64, Error>,
    },
    ChannelQueryUserIsIn {
        channel: String,
        account: String,
        is_in: bool,
    },

    /// The server has the message; it is delivered even if the peer is offline.
    MessageSendSuccess {
        message_id: String,
    },
    MessageSendError {
        message_id: String,
        error: Error,
    },
    MessageInstantReceive {
        account: String,
        uid: u32,
        msg: String,
    },
    MessageChannelReceive {
        channel: String,
        account: String,
        uid: u32,
        msg: String,
        extra: Option<String>,
    },
    /// The peer's client acknowledged the message. Not told for every message when events are not read.
    Delivered {
        message_id: String,
    },

    /// Somebody invites this account; see [`Session::invitation`](super::Session::invitation).
    InviteReceived {
        channel: String,
        account: String,
        uid: u32,
        extra: String,
    },
    /// The peer's client rings.
    InviteReceivedByPeer {
        channel: String,
        account: String,
        uid: u32,
    },
    InviteAcceptedByPeer {
        channel: String,
        account: String,
        uid: u32,
        extra: String,
    },
    InviteRefusedByPeer {
        channel: String,
        account: String,
        uid: u32,
        extra: String,
    },
    InviteFailed {
        channel: String,
        account: String,
        uid: u32,
        error: Error,
        extra: String,
    },
    InviteEndByPeer {
        channel: String,
        account: String,
        uid: u32,
        extra: String,
    },
    InviteEndByMyself {
        channel: String,
        account: String,
        uid: u32,
    },
    InviteMsg {
        channel: String,
        account: String,
        uid: u32,
        msg_type: String,
        msg_data: String,
        extra: String,
    },

    UserAttrResult {
        account: String,
        name: String,
        value: String,
    },
    /// `json` is an object of all attributes.
    UserAttrAllResult {
        account: String,
        json: String,
    },
    QueryUserStatusResult {
        name: String,
        online: bool,
    },
    /// `resp` is the whole answer as JSON; it is empty when `err` is not.
    InvokeRet {
        call_id: String,
        err: String,
        resp: String,
    },
    BcCallResult {
        reason: String,
        json_ret: String,
        call_id: String,
    },

    /// The token of this login expires then, in Unix seconds: see
    /// [`Session::renew_token`](super::Session::renew_token).
    TokenWillExpire {
        at_s: u64,
    },
    /// A call failed that has no event of its own for it.
    Error {
        error: Error,
    },
    /// Something for a log.
    Log {
        text: String,
    },
    /// What [`Session::dbg`](super::Session::dbg) was called with.
    Dbg {
        key: String,
        value: String,
    },
    /// Exists and never comes.
    Msg {
        from: String,
        kind: String,
        msg: String,
    },
    /// Exists and never comes.
    MessageAppReceived {
        msg: String,
    },
    /// Exists and never comes.
    MessageSendProgress {
        account: String,
        message_id: String,
        kind: String,
        info: String,
    },
}

impl Event {
    /// True when it repeats the result of a call, or is told for convenience: an app that reads no events, and so has no
    /// room for more, does without it and can still make calls.
    pub(crate) const fn is_dispensable(&self) -> bool {
        matches!(
            self,
            Self::MessageSendSuccess { .. }
                | Self::MessageSendError { .. }
                | Self::ChannelQueryUserNumResult { .. }
                | Self::ChannelQueryUserIsIn { .. }
                | Self::UserAttrResult { .. }
                | Self::UserAttrAllResult { .. }
                | Self::QueryUserStatusResult { .. }
                | Self::InvokeRet { .. }
                | Self::BcCallResult { .. }
                | Self::Error { .. }
                | Self::Dbg { .. }
                | Self::Log { .. }
                | Self::Delivered { .. }
        )
    }
}
