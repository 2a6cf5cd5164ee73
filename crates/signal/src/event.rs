//! What goes into the hub and what comes out of it.
//!
//! The rules for whoever drives it:
//! - `now` is the time since 1970 and never goes back.
//! - Outputs are carried out in their order. [`Output::Store`] and [`Output::Load`] are carried out strictly in the
//!   order in which they were given, and answered in that order, so that a load sees every write before it.
//! - After [`Output::Close`] and after [`Input::Lost`] there is no more of that connection, in either direction.

use std::sync::Arc;

use bytes::Bytes;
use visavis_codes::signaling::{Code, Failure};
use visavis_wire::signaling::{ClientFrame, VoipKind};

use crate::AppSettings;

/// Names one connection of the hub; chosen by the driver. The hub indexes by it, so it should be small; it can be used
/// again after [`Output::Close`] or [`Input::Lost`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// Names one thing that the hub, or an operator, waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Something that the hub must know.
#[derive(Debug)]
pub enum Input {
    /// A WebSocket opened.
    Opened {
        /// The new connection.
        conn: ConnId,
    },
    /// A frame came in.
    Frame {
        /// From where.
        conn: ConnId,
        /// What.
        frame: ClientFrame,
    },
    /// A connection is gone.
    Lost {
        /// Which.
        conn: ConnId,
        /// How.
        loss: Loss,
    },
    /// The answer to [`Output::LoadApp`], or news of an app that an operator changed.
    App {
        /// The app id.
        app: String,
        /// The app; `None` when there is none.
        found: Result<Option<Box<AppState>>, Unavailable>,
    },
    /// New settings of an app that may be loaded; nothing happens if it is not.
    Settings {
        /// The app id.
        app: String,
        /// `None` when the app was deleted: its logins end.
        settings: Option<Box<AppSettings>>,
    },
    /// The answer to [`Output::Store`] or [`Output::Load`].
    Stored {
        /// Of which output.
        ticket: Ticket,
        /// What the store said.
        result: Result<Loaded, Unavailable>,
    },
    /// An operator wants something; answered by [`Output::Answer`].
    Operator {
        /// Chosen by the driver.
        ticket: Ticket,
        /// The app id; the driver has made sure that the app exists.
        app: String,
        /// What is wanted.
        command: Command,
    },
    /// Nothing; the deadline passed.
    Tick,
    /// The server goes down: every connection is closed with 1012 and without a word, so that clients come back.
    Shutdown,
}

/// How a connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// It was closed or broken.
    Closed,
    /// It did not read what waited for it.
    SlowReader,
    /// It sent what no client may send.
    Malformed,
}

/// The store did not answer; its log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unavailable;

/// What the store keeps of an app.
#[derive(Debug)]
pub struct AppState {
    /// Its settings.
    pub settings: AppSettings,
    /// Its channels that have attributes.
    pub channels: Vec<StoredChannel>,
    /// Invitations that had not ended, as [`Write::SaveInvitation`] gave them.
    pub invitations: Vec<StoredInvitation>,
}

/// A channel as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChannel {
    /// Its name.
    pub channel: String,
    /// When the last member left, in Unix milliseconds.
    pub empty_since_ms: Option<u64>,
    /// Name and value of each attribute.
    pub attributes: Vec<(String, String)>,
}

/// An invitation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInvitation {
    /// The channel it is for.
    pub channel: String,
    /// Who invites.
    pub caller: String,
    /// Who is invited.
    pub callee: String,
    /// The rest, in the hub's own form.
    pub state: String,
}

/// What the store answers.
#[derive(Debug)]
pub enum Loaded {
    /// To [`Output::Store`]: one for each write.
    Written(Vec<Written>),
    /// To [`Query::Mailbox`].
    Mailbox(Mailbox),
    /// To [`Query::UserAttribute`] and [`Query::UserAttributes`]: names and values.
    Attributes(Vec<(String, String)>),
}

/// The messages that wait for an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// The highest version given so far, 0 before the first.
    pub last_version: u64,
    /// Everything up to this version is acknowledged.
    pub cleared: u64,
    /// In the order of their versions, expired ones left out.
    pub messages: Vec<(u64, Message)>,
}

/// One message to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Unique among all messages; made by the hub, without spaces.
    pub msgid: String,
    /// The sender.
    pub sender: String,
    /// The flag as text.
    pub flag: String,
    /// `instant` or a `voip_…` name.
    pub kind: String,
    /// When it was sent, in Unix seconds.
    pub time_s: u64,
    /// Raw text, or JSON for `voip_…`.
    pub content: String,
    /// From then on it is not delivered any more, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The message is kept under this version of the receiver.
    Message {
        /// One more than the version before.
        version: u64,
    },
    /// The same sender sent the same id before; nothing was kept now.
    Duplicate,
    /// As many messages wait as may wait; nothing of the whole [`Output::Store`] was kept.
    QueueFull,
    /// Done.
    Done,
}

/// Something that the driver must do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send one frame to one connection.
    Send {
        /// Where.
        to: ConnId,
        /// JSON text.
        frame: Bytes,
    },
    /// Send one frame to many connections; it is encoded once.
    Broadcast {
        /// Where; each connection once. The same list is given again as long as nothing changes it.
        to: Arc<[ConnId]>,
        /// JSON text.
        frame: Bytes,
    },
    /// The client can read deflated frames from now on.
    AllowBinary {
        /// Which.
        conn: ConnId,
    },
    /// Close a connection, after everything that was sent before.
    Close {
        /// Which.
        conn: ConnId,
        /// The WebSocket status: 1012, or 4000 + the number of a code, or 4999 for codes from 1000 on.
        status: u16,
        /// At most 123 bytes.
        reason: String,
    },
    /// Load an app, once for all that wait for it; answered by [`Input::App`].
    LoadApp {
        /// The app id.
        app: String,
    },
    /// Keep all of this or nothing; answered by [`Input::Stored`] once it is durable, unless there is no ticket.
    Store {
        /// `None` when no answer is needed.
        ticket: Option<Ticket>,
        /// The app id.
        app: String,
        /// In this order.
        writes: Vec<Write>,
    },
    /// Look something up; answered by [`Input::Stored`].
    Load {
        /// Which answer.
        ticket: Ticket,
        /// The app id.
        app: String,
        /// What.
        query: Query,
    },
    /// The answer to [`Input::Operator`].
    Answer {
        /// Of which input.
        ticket: Ticket,
        /// What there is to say.
        answer: Result<Answer, Failure>,
    },
    /// Something for the log and the metrics.
    Report(Report),
}

/// Something to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Write {
    /// A message to an account.
    PutMessage {
        account: String,
        message: Message,
        dedupe: Option<String>,
        queue_max: u32,
    },
    /// Acknowledges everything up to this version.
    ClearMessages {
        account: String,
        upto_version: u64,
    },
    /// Removes one message: it is acknowledged by its id, or taken back.
    RemoveMessage {
        account: String,
        version: u64,
    },
    SetUserAttribute {
        account: String,
        name: String,
        value: String,
    },
    SetChannelAttribute {
        channel: String,
        name: String,
        value: String,
    },
    DeleteChannelAttribute {
        channel: String,
        name: String,
    },
    ClearChannelAttributes {
        channel: String,
    },
    /// Forgets everything about a channel.
    DestroyChannel {
        channel: String,
    },
    /// When the last member left, or that there is one again.
    ChannelEmpty {
        channel: String,
        since_ms: Option<u64>,
    },
    SaveInvitation(StoredInvitation),
    ForgetInvitation {
        channel: String,
        caller: String,
        callee: String,
    },
    /// To be delivered to the app's webhook.
    Event {
        kind: EventKind,
        at_ms: u64,
        data: serde_json::Value,
    },
}

/// Something to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Query {
    Mailbox { account: String },
    UserAttribute { account: String, name: String },
    UserAttributes { account: String },
}

/// What webhooks tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// `signaling.login`: `account`.
    Login,
    /// `signaling.logout`: `account`, `code`, `name`, `reason`.
    Logout,
    /// `signaling.channel.join`: `channel`, `account`.
    Join,
    /// `signaling.channel.leave`: `channel`, `account`, `code`, `name`, `reason`.
    Leave,
    /// `signaling.message.offline`: `account`, `sender`, `messageId`; the body is not told.
    OfflineMessage,
    /// `signaling.invitation.ended`: `channel`, `caller`, `callee`, `end`, `code`, `name`.
    InvitationEnded,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Login,
        Self::Logout,
        Self::Join,
        Self::Leave,
        Self::OfflineMessage,
        Self::InvitationEnded,
    ];

    /// The name in the `type` of a webhook.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "signaling.login",
            Self::Logout => "signaling.logout",
            Self::Join => "signaling.channel.join",
            Self::Leave => "signaling.channel.leave",
            Self::OfflineMessage => "signaling.message.offline",
            Self::InvitationEnded => "signaling.invitation.ended",
        }
    }
}

/// What an operator can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Command {
    /// Removes a user from a channel, with 601.
    KickFromChannel {
        channel: String,
        account: String,
    },
    /// Ends a login, with 100.
    KickLogin {
        account: String,
        reason: Option<String>,
    },
    /// Sends to an account as `system`.
    SendPeer {
        account: String,
        msg: String,
        ttl_s: u64,
    },
    /// Sends into a channel as `system`.
    SendChannel {
        channel: String,
        msg: String,
    },
    /// Accounts that are logged in, in the order of their names, from the one after `after`.
    Accounts {
        after: String,
        limit: usize,
    },
    /// Channels that have members.
    Channels {
        after: String,
        limit: usize,
    },
    /// Members of a channel.
    Members {
        channel: String,
        after: String,
        limit: usize,
    },
    CountAccounts,
    CountMembers {
        channel: String,
    },
    SetChannelAttribute {
        channel: String,
        name: String,
        value: String,
    },
    DeleteChannelAttribute {
        channel: String,
        name: String,
    },
    ClearChannelAttributes {
        channel: String,
    },
    ChannelAttributes {
        channel: String,
    },
    SetUserAttribute {
        account: String,
        name: String,
        value: String,
    },
    UserAttributes {
        account: String,
    },
    /// Ends a channel: its members get 600.
    EndChannel {
        channel: String,
    },
}

/// What an operator is told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Answer {
    Done,
    Count(usize),
    /// Names, and whether there are more after them.
    Names {
        names: Vec<String>,
        more: bool,
    },
    Attributes(Vec<(String, String)>),
    /// There is no such login, channel, member or attribute.
    NotFound,
}

/// Something for the log and the metrics. No text in it came from a message body or a token.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Report {
    LoggedIn {
        conn: ConnId,
        app: String,
        account: String,
    },
    LoggedOut {
        conn: ConnId,
        app: String,
        account: String,
        code: Code,
    },
    Joined,
    Left {
        code: Code,
    },
    /// A message to a peer was acknowledged.
    PeerMessage,
    /// A message into a channel went to this many connections.
    ChannelMessage {
        receivers: usize,
    },
    Invitation {
        event: VoipKind,
    },
    InvitationEnded {
        code: Option<Code>,
    },
    /// A login or a call failed; `call` is its name.
    Failed {
        conn: ConnId,
        app: String,
        account: String,
        call: String,
        failure: Failure,
    },
}
