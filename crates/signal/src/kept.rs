//! What the store keeps for the hub.

use crate::AppSettings;

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
    /// To [`Output::Store`](crate::Output::Store): one for each write.
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
    /// As many messages wait as may wait; nothing of the whole [`Output::Store`](crate::Output::Store) was kept.
    QueueFull,
    /// A text is too long, or there are too many; nothing of the whole [`Output::Store`](crate::Output::Store) was kept.
    OverLimit,
    /// Done.
    Done,
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
