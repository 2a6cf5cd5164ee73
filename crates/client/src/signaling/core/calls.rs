//! Calls that wait: for their turn, or for the server's answer.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use visavis_codes::signaling::{Cause, Code, Family};
use visavis_wire::Secret;
use visavis_wire::signaling::VoipKind;
use visavis_wire::signaling::client_encode::Members;

use super::{InvitationId, Ticket, Time};
use crate::signaling::Error;

/// One call on its way.
#[derive(Debug)]
pub(super) struct Pending {
    /// `None` for what the session does by itself.
    pub(super) ticket: Option<Ticket>,
    pub(super) what: What,
    pub(super) func: Cow<'static, str>,
    pub(super) members: Members,
    /// It went out on a connection that is gone.
    pub(super) again: bool,
}

/// What a call is for: all that its answer needs.
#[derive(Debug)]
pub(super) enum What {
    Poll,
    Join {
        channel: String,
    },
    Rejoin {
        channel: String,
    },
    Leave {
        channel: String,
    },
    Count {
        channel: String,
    },
    IsIn {
        channel: String,
        account: String,
    },
    ChannelAttribute,
    SendPeer {
        message_id: String,
    },
    SendChannel {
        message_id: String,
    },
    /// `None` when one of the same channel and peer is open: the server will refuse it.
    Invite {
        id: Option<InvitationId>,
        channel: String,
        account: String,
    },
    Answer {
        kind: VoipKind,
        channel: String,
        account: String,
    },
    SetAttribute,
    GetAttribute {
        account: String,
        name: String,
    },
    GetAttributes {
        account: String,
    },
    Status {
        account: String,
    },
    Invoke {
        call_id: String,
    },
    RenewToken {
        token: Secret,
    },
    SetBackground,
    Logout,
}

impl What {
    /// The name of the call in errors.
    pub(super) const fn call(&self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Join { .. } | Self::Rejoin { .. } => "channel_join",
            Self::Leave { .. } => "channel_leave",
            Self::Count { .. } | Self::IsIn { .. } => "channel_query",
            Self::ChannelAttribute => "channel_attr",
            Self::SendPeer { .. } => "send_instant_msg",
            Self::SendChannel { .. } => "send_channel_msg",
            Self::Invite { .. } => "invite",
            Self::Answer { kind, .. } => match kind {
                VoipKind::Accept => "invite_accept",
                VoipKind::Refuse => "invite_refuse",
                VoipKind::Bye => "invite_end",
                VoipKind::Msg => "invite_dtmf",
                VoipKind::Invite | VoipKind::Ack | VoipKind::Failed => "invite",
            },
            Self::SetAttribute => "set_attr",
            Self::GetAttribute { .. } => "get_attr",
            Self::GetAttributes { .. } => "get_attr_all",
            Self::Status { .. } => "query_user_status",
            Self::Invoke { .. } => "invoke",
            Self::RenewToken { .. } => "renew_token",
            Self::SetBackground => "set_background",
            Self::Logout => "logout",
        }
    }

    pub(super) const fn family(&self) -> Family {
        match self {
            Self::Join { .. } | Self::Rejoin { .. } => Family::Join,
            Self::Leave { .. } => Family::Leave,
            Self::Count { .. } => Family::Count,
            Self::SendPeer { .. } | Self::SendChannel { .. } => Family::Send,
            Self::Invite { .. } | Self::Answer { .. } => Family::Invite,
            Self::Logout => Family::Logout,
            Self::Poll
            | Self::IsIn { .. }
            | Self::ChannelAttribute
            | Self::SetAttribute
            | Self::GetAttribute { .. }
            | Self::GetAttributes { .. }
            | Self::Status { .. }
            | Self::Invoke { .. }
            | Self::RenewToken { .. }
            | Self::SetBackground => Family::General,
        }
    }

    /// The id of a message.
    pub(super) const fn message_id(&self) -> Option<&String> {
        match self {
            Self::SendPeer { message_id } | Self::SendChannel { message_id } => Some(message_id),
            _ => None,
        }
    }

    /// The error of a call that the server did not answer.
    pub(super) fn unanswered(&self, reason: &str, retryable: bool) -> Error {
        let code = match self.family() {
            Family::Send => Code::SendMessageTimeout,
            Family::Count => Code::QueryUserNumTimeout,
            Family::Join => Code::JoinChannelOther,
            Family::Invite => Code::InviteNet,
            Family::Login | Family::Logout | Family::Leave | Family::General => Code::GeneralFailed,
        };
        Error::new(self.call(), code, reason, retryable)
    }

    /// The error of a call that there is no room for.
    pub(super) fn too_many(&self) -> Error {
        let cause = match self.family() {
            Family::Send => Cause::QueueFull,
            _ => Cause::RateLimited,
        };
        Error::of(self.call(), cause, self.family())
    }
}

/// Every call that is not over.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Not on this connection yet.
    waiting: VecDeque<Pending>,
    /// Sent on this connection, by their ids, with the time until which an answer is awaited.
    flying: BTreeMap<u64, (Time, Pending)>,
    last_id: u64,
}

impl Calls {
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.flying.len()
    }

    pub(super) fn wait(&mut self, pending: Pending) {
        self.waiting.push_back(pending);
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The next in turn.
    pub(super) fn take(&mut self) -> Option<Pending> {
        self.waiting.pop_front()
    }

    /// The id of a call that goes out now.
    pub(super) const fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn fly(&mut self, id: u64, until: Time, pending: Pending) {
        self.flying.insert(id, (until, pending));
    }

    pub(super) fn land(&mut self, id: u64) -> Option<Pending> {
        self.flying.remove(&id).map(|(_, pending)| pending)
    }

    /// When the oldest call runs out: all have the same time.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.flying.values().next().map(|(until, _)| *until)
    }

    /// A call that ran out.
    pub(super) fn run_out(&mut self, now: Time) -> Option<Pending> {
        let oldest = self.flying.first_entry()?;
        (oldest.get().0 <= now).then(|| oldest.remove().1)
    }

    /// The connection is gone: everything waits again, in its old order.
    pub(super) fn ground(&mut self) {
        let flying = std::mem::take(&mut self.flying);
        let mut waiting: VecDeque<_> = flying
            .into_values()
            .map(|(_, pending)| Pending {
                again: true,
                ..pending
            })
            .collect();
        waiting.append(&mut self.waiting);
        self.waiting = waiting;
        self.last_id = 0;
    }

    /// Takes out what cannot be asked again.
    pub(super) fn extract(&mut self, which: impl Fn(&What) -> bool) -> Vec<Pending> {
        let (out, kept): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|pending| which(&pending.what));
        self.waiting = kept;
        Vec::from(out)
    }
}
