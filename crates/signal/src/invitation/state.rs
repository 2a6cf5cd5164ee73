use std::time::Duration;

use visavis_codes::signaling::{Cause, Failure};
use visavis_wire::signaling::VoipKind;

use super::post::{Post, Side, reason};
use super::ringing::{Reach, Ringing};
use super::{End, failure};

/// How long a callee's client may take to ring, and then again how long the callee may take to answer (documented).
pub(super) const ANSWER_WAIT: Duration = Duration::from_secs(20);

/// How long a side may stay lost before the invitation ends.
pub(super) const LOSS_MAX: Duration = Duration::from_secs(30);

/// One invitation that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Invitation {
    /// The callee has not answered.
    Ringing(Ringing),
    /// The callee accepted, and neither side has ended it.
    Accepted {
        /// Since when the caller is lost.
        caller_lost: Option<Duration>,
        /// Since when the callee is lost.
        callee_lost: Option<Duration>,
    },
}

/// What happens to one invitation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cue<'a> {
    /// The callee's client rings.
    Ack,
    /// The callee accepts with this extra.
    Accept(&'a str),
    /// The callee refuses with this extra.
    Refuse(&'a str),
    /// A side ends it with this extra.
    Bye(Side, &'a str),
    /// A side says something to the other.
    Msg(Side, &'a str),
    /// A side has a new login.
    LoggedIn(Side),
    /// The login of a side ended for good.
    LoggedOut(Side),
    /// A side lost its connection.
    Lost(Side),
    /// The callee was sent the invitation.
    Sent,
    /// Its deadline passed.
    Due,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing that must be kept.
    Same,
    /// It must be saved.
    Changed,
    /// It is no more.
    Ended(End),
}

impl Invitation {
    /// A new invitation, on its way to the callee.
    pub(super) fn ring(extra: String, until: Duration, online: bool, post: &mut Post<'_>) -> Self {
        post.deliver(Side::Callee, VoipKind::Invite, &extra);
        Self::Ringing(Ringing {
            extra,
            until,
            reach: Reach::Waiting,
            acked: false,
            callee_seen: online,
            caller_lost: None,
        })
    }

    /// Whether it is not accepted yet.
    pub(super) const fn is_ringing(&self) -> bool {
        matches!(self, Self::Ringing(_))
    }

    /// When [`Cue::Due`] must come.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let end_of = |lost: &Option<Duration>| lost.map(|lost| lost + LOSS_MAX);
        match self {
            Self::Ringing(ringing) => {
                let lost = end_of(&ringing.caller_lost);
                Some(lost.map_or(ringing.until, |lost| lost.min(ringing.until)))
            }
            Self::Accepted {
                caller_lost,
                callee_lost,
            } => [end_of(caller_lost), end_of(callee_lost)]
                .into_iter()
                .flatten()
                .min(),
        }
    }

    /// Takes in what happens. After [`Outcome::Ended`] it is not used any more.
    ///
    /// # Errors
    /// The answer to a call that does not fit; nothing happened then.
    pub(super) fn step(
        &mut self,
        now: Duration,
        cue: Cue<'_>,
        post: &mut Post<'_>,
    ) -> Result<Outcome, Failure> {
        match self {
            Self::Ringing(ringing) => {
                let Cue::Accept(extra) = cue else {
                    return ringing.step(now, cue, post);
                };
                post.retract();
                post.deliver(Side::Caller, VoipKind::Accept, extra);
                *self = Self::Accepted {
                    caller_lost: ringing.caller_lost,
                    callee_lost: None,
                };
                Ok(Outcome::Changed)
            }
            Self::Accepted {
                caller_lost,
                callee_lost,
            } => {
                let lost = match cue {
                    Cue::LoggedIn(Side::Caller) | Cue::Lost(Side::Caller) => caller_lost,
                    _ => callee_lost,
                };
                accepted(now, cue, lost, post)
            }
        }
    }
}

/// `lost` is that of the side in the cue, for cues about a login.
fn accepted(
    now: Duration,
    cue: Cue<'_>,
    lost: &mut Option<Duration>,
    post: &mut Post<'_>,
) -> Result<Outcome, Failure> {
    match cue {
        // The acknowledgement of a copy that was on its way when another one was accepted.
        Cue::Ack | Cue::Sent => Ok(Outcome::Same),
        Cue::Accept(_) | Cue::Refuse(_) => Err(failure(Cause::NoSuchInvitation)),
        Cue::Bye(from, extra) => {
            post.deliver(from.other(), VoipKind::Bye, extra);
            Ok(Outcome::Ended(End::HungUp))
        }
        Cue::Msg(from, extra) => {
            post.deliver(from.other(), VoipKind::Msg, extra);
            Ok(Outcome::Same)
        }
        Cue::LoggedIn(_) => {
            *lost = None;
            Ok(Outcome::Same)
        }
        Cue::LoggedOut(side) => {
            let end = End::PeerLogout;
            post.deliver(side.other(), VoipKind::Bye, &reason(end));
            Ok(Outcome::Ended(end))
        }
        Cue::Lost(_) => {
            lost.get_or_insert(now);
            Ok(Outcome::Same)
        }
        Cue::Due => {
            let end = End::PeerDisconnected;
            for side in [Side::Caller, Side::Callee] {
                post.deliver(side, VoipKind::Bye, &reason(end));
            }
            Ok(Outcome::Ended(end))
        }
    }
}
