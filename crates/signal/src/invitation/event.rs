//! What the invitations of an app must know, and what follows from it.

use visavis_codes::signaling::{Cause, Code, Failure, Family};
use visavis_wire::signaling::VoipKind;

use super::Key;
use crate::StoredInvitation;

/// Something that the invitations must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// A `voip_…` call; the result of `handle` answers it.
    Call {
        /// Which.
        kind: VoipKind,
        /// The channel the invitation is for.
        channel: String,
        /// Who calls.
        from: String,
        /// The other side.
        peer: String,
        /// Handed on unchanged.
        extra: String,
        /// Whether the peer has a login now.
        peer_online: bool,
    },
    /// An account has a new login; one that it had before is gone without [`Self::Lost`].
    LoggedIn {
        /// Which.
        account: String,
    },
    /// The login of an account ended for good: by itself, by an operator or because its token expired.
    LoggedOut {
        /// Which.
        account: String,
    },
    /// The connection of an account was lost, and it has no other.
    Lost {
        /// Which.
        account: String,
    },
    /// A connection of the callee was sent the `voip_invite`, pushed or in the answer to a poll.
    /// An announcement that it could be polled does not count.
    Sent {
        /// The channel the invitation is for.
        channel: String,
        /// Who invites.
        caller: String,
        /// Who is invited.
        callee: String,
    },
}

/// Something that the hub must do, in this order and all in one write to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Put a message into the mailbox of an account and push it if the account is logged in.
    ///
    /// Only [`VoipKind::Msg`] may be refused because the mailbox is full: the number of the others is bounded by
    /// [`Limits::invitations_per_account_max`](crate::Limits::invitations_per_account_max), and a side that misses one
    /// would wait for ever.
    Deliver {
        /// To whom.
        to: String,
        /// Its type.
        kind: VoipKind,
        /// The channel the invitation is for.
        channel: String,
        /// The side that is not `to`.
        peer: String,
        /// JSON text or empty.
        extra: String,
    },
    /// Take the `voip_invite` of this invitation out of the mailbox if it is still there, seen or not.
    ///
    /// A page that was asked for before this may still hold it. So a `voip_invite` from a page is sent on only if
    /// [`Invitations::is_ringing`](super::Invitations::is_ringing) says so then, and only the newest of one invitation.
    Retract {
        /// From whom.
        to: String,
        /// The channel the invitation is for.
        channel: String,
        /// Who invites.
        peer: String,
    },
    /// Keep this in the place of what is kept of the invitation.
    Save(StoredInvitation),
    /// Keep nothing of the invitation any more.
    Forget(Key),
    /// The invitation ended; comes exactly once.
    Ended {
        /// Which.
        key: Key,
        /// How.
        end: End,
    },
}

/// How an invitation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum End {
    /// The callee refused.
    Refused,
    /// The callee refused with the reason `busy` in its extra.
    Busy,
    /// The caller ended it before it was accepted.
    Cancelled,
    /// The callee ended it before it was accepted, or either side after that.
    HungUp,
    /// Nobody rang, or nobody answered, in time.
    TimedOut,
    /// The callee was not logged in during the whole wait.
    PeerOffline,
    /// One side logged out.
    PeerLogout,
    /// One side was lost for too long.
    PeerDisconnected,
}

impl End {
    /// The name in webhooks and metrics.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Cancelled => "cancelled",
            Self::HungUp => "ended",
            Self::TimedOut => "timeout",
            Self::PeerOffline => "peer offline",
            Self::PeerLogout => "peer logout",
            Self::PeerDisconnected => "peer disconnected",
        }
    }

    /// What the sides are told when the server ends it; `None` when one of them did.
    #[must_use]
    pub(crate) const fn failure(self) -> Option<Failure> {
        let cause = match self {
            Self::Refused | Self::Busy | Self::Cancelled | Self::HungUp => return None,
            Self::TimedOut => Cause::InviteTimeout,
            Self::PeerOffline => Cause::PeerOffline,
            Self::PeerLogout => Cause::PeerLogout,
            Self::PeerDisconnected => Cause::PeerDisconnected,
        };
        Some(Failure::new(cause, Family::Invite))
    }

    /// The code of [`Self::failure`].
    #[must_use]
    pub(crate) fn code(self) -> Option<Code> {
        self.failure().map(|failure| failure.code())
    }
}
