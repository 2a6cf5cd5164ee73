//! What one unit of work may change, and what became of it.

use crate::limits::{SIGNAL_NAME_BYTES_MAX, SIGNAL_TEXT_BYTES_MAX};

/// One change to what the signaling service keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignalWrite {
    /// Puts a message into the mailbox of `account`.
    PutMessage {
        /// The receiver.
        account: String,
        /// The message's own id.
        msgid: String,
        /// Who sent it.
        sender: String,
        /// Its flag, as the sender gave it.
        flag: String,
        /// Its type.
        kind: String,
        /// When it was sent, in Unix seconds.
        time_s: u64,
        /// The message itself.
        content: String,
        /// From this moment on nobody gets it any more.
        expires_at_ms: u64,
        /// Sender and the sender's own id of the message: the same pair within
        /// [`DEDUPE_WINDOW_MS`](crate::limits::DEDUPE_WINDOW_MS) is stored once.
        dedupe: Option<(String, String)>,
        /// With so many messages waiting, the mailbox is full.
        queue_max: u32,
    },
    /// Clears the mailbox up to this version. The clear position never falls, and never passes the last version.
    ClearMessages {
        /// Whose mailbox.
        account: String,
        /// The last version to clear.
        upto_version: u64,
    },
    /// Takes one message out of the mailbox, without moving its clear position.
    RemoveMessage {
        /// Whose mailbox.
        account: String,
        /// Which message.
        version: u64,
    },
    /// Sets an attribute of a user.
    SetUserAttribute {
        /// The user.
        account: String,
        /// The attribute.
        name: String,
        /// Its new value.
        value: String,
    },
    /// Sets an attribute of a channel.
    SetChannelAttribute {
        /// The channel.
        channel: String,
        /// The attribute.
        name: String,
        /// Its new value.
        value: String,
    },
    /// Deletes an attribute of a channel.
    DeleteChannelAttribute {
        /// The channel.
        channel: String,
        /// The attribute.
        name: String,
    },
    /// Deletes all attributes of a channel.
    ClearChannelAttributes {
        /// The channel.
        channel: String,
    },
    /// Forgets a channel: its attributes, and since when it is empty. Its invitations stay.
    DestroyChannel {
        /// The channel.
        channel: String,
    },
    /// Records when the last member left, or with `None` that there are members again.
    ChannelEmpty {
        /// The channel.
        channel: String,
        /// When the last member left.
        since_ms: Option<u64>,
    },
    /// Records an invitation, in place of an earlier state of the same one.
    SaveInvitation {
        /// The channel it invites to.
        channel: String,
        /// Who invites.
        caller: String,
        /// Who is invited.
        callee: String,
        /// All that the caller of the store wants to find again. The store does not look into it.
        state: String,
    },
    /// Forgets an invitation.
    ForgetInvitation {
        /// The channel it invites to.
        channel: String,
        /// Who invites.
        caller: String,
        /// Who is invited.
        callee: String,
    },
    /// Appends an event to the webhook outbox of the app.
    Event {
        /// The event's own id, the same at every attempt to deliver it.
        id: String,
        /// Its type.
        kind: String,
        /// What to deliver.
        body: String,
        /// When it happened; it is due at once.
        created_ms: u64,
    },
}

/// What became of one [`SignalWrite`].
///
/// A unit with a write that is refused ([`QueueFull`](Self::QueueFull), [`OverLimit`](Self::OverLimit))
/// leaves nothing behind and has that answer for each of its writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalWritten {
    /// The message is stored under this version.
    Put {
        /// Its place in the mailbox.
        version: u64,
    },
    /// The message was stored before, so it is not stored again.
    Duplicate,
    /// Done.
    Done,
    /// Refused: the receiver has too many messages waiting.
    QueueFull,
    /// Refused: a text is longer, or a user has more attributes, than [`limits`](crate::limits) allow.
    OverLimit,
}

impl SignalWrite {
    pub(super) fn over_limit(&self) -> bool {
        let (names, text): (&[&String], Option<&String>) = match self {
            Self::PutMessage {
                account,
                msgid,
                sender,
                flag,
                kind,
                content,
                dedupe,
                ..
            } => {
                let long =
                    |(sender, id): &(String, String)| name_is_long(sender) || name_is_long(id);
                if dedupe.as_ref().is_some_and(long) {
                    return true;
                }
                (&[account, msgid, sender, flag, kind], Some(content))
            }
            Self::ClearMessages { account, .. } | Self::RemoveMessage { account, .. } => {
                (&[account], None)
            }
            Self::SetUserAttribute {
                account: owner,
                name,
                value,
            }
            | Self::SetChannelAttribute {
                channel: owner,
                name,
                value,
            } => (&[owner, name], Some(value)),
            Self::DeleteChannelAttribute { channel, name } => (&[channel, name], None),
            Self::ClearChannelAttributes { channel }
            | Self::DestroyChannel { channel }
            | Self::ChannelEmpty { channel, .. } => (&[channel], None),
            Self::SaveInvitation {
                channel,
                caller,
                callee,
                state,
            } => (&[channel, caller, callee], Some(state)),
            Self::ForgetInvitation {
                channel,
                caller,
                callee,
            } => (&[channel, caller, callee], None),
            Self::Event { id, kind, body, .. } => (&[id, kind], Some(body)),
        };
        names.iter().any(|name| name_is_long(name))
            || text.is_some_and(|text| text.len() > SIGNAL_TEXT_BYTES_MAX)
    }
}

fn name_is_long(name: &str) -> bool {
    name.len() > SIGNAL_NAME_BYTES_MAX
}
