use std::time::Duration;

use visavis_codes::signaling::{Cause, Failure};
use visavis_wire::signaling::VoipKind;
use visavis_wire::signaling::encode::failure_members;

use super::extra::is_busy;
use super::{Effect, End, Key, Side, failure};

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

/// An invitation without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Ringing {
    /// What the caller sent along; needed again when the callee logs in anew.
    pub(super) extra: String,
    /// When the wait is over.
    pub(super) until: Duration,
    /// How far it came on the callee's side.
    pub(super) reach: Reach,
    /// The caller was told that it rings.
    pub(super) acked: bool,
    /// The callee was logged in at some time of the wait.
    pub(super) callee_seen: bool,
    /// Since when the caller is lost.
    pub(super) caller_lost: Option<Duration>,
}

/// How far a ringing invitation came on the callee's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// The mailbox holds no copy and nobody knows of it: the callee saw it and logged out.
    Away,
    /// A copy waits in the mailbox and nobody knows of it.
    Waiting,
    /// The callee's client knows of it.
    Seen,
    /// The callee's client may know of it, and a copy waits for the login that came since.
    Again,
}

impl Reach {
    /// Whether a client of the callee may show it, and so must be told its end.
    const fn is_known(self) -> bool {
        match self {
            Self::Away | Self::Waiting => false,
            Self::Seen | Self::Again => true,
        }
    }
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

impl Ringing {
    fn step(
        &mut self,
        now: Duration,
        cue: Cue<'_>,
        post: &mut Post<'_>,
    ) -> Result<Outcome, Failure> {
        let known = self.reach.is_known();
        match cue {
            Cue::Accept(_) => Err(failure(Cause::NoSuchInvitation)),
            Cue::Ack if self.acked => Ok(Outcome::Same),
            Cue::Ack => {
                self.acked = true;
                self.until = now + ANSWER_WAIT;
                self.reach = Reach::Seen;
                post.deliver(Side::Caller, VoipKind::Ack, "");
                Ok(Outcome::Changed)
            }
            Cue::Refuse(extra) => {
                post.retract();
                post.deliver(Side::Caller, VoipKind::Refuse, extra);
                let busy = is_busy(extra);
                Ok(Outcome::Ended(if busy { End::Busy } else { End::Refused }))
            }
            Cue::Bye(Side::Callee, extra) => {
                post.retract();
                post.deliver(Side::Caller, VoipKind::Bye, extra);
                Ok(Outcome::Ended(End::HungUp))
            }
            Cue::Bye(Side::Caller, extra) => {
                post.retract();
                if known {
                    post.deliver(Side::Callee, VoipKind::Bye, extra);
                }
                Ok(Outcome::Ended(End::Cancelled))
            }
            // A tone in front of its call, or left over from one that was taken back, would make no sense.
            Cue::Msg(Side::Caller, _) if !known => Err(failure(Cause::PeerOffline)),
            Cue::Msg(from, extra) => {
                post.deliver(from.other(), VoipKind::Msg, extra);
                Ok(Outcome::Same)
            }
            Cue::LoggedIn(Side::Caller) => {
                self.caller_lost = None;
                Ok(Outcome::Same)
            }
            Cue::LoggedIn(Side::Callee) => {
                self.callee_seen = true;
                self.reach = match self.reach {
                    Reach::Waiting | Reach::Again => self.reach,
                    Reach::Away => {
                        post.deliver(Side::Callee, VoipKind::Invite, &self.extra);
                        Reach::Waiting
                    }
                    // A client that comes back drops a message with an id that it has seen: it must be a new one.
                    Reach::Seen => {
                        post.retract();
                        post.deliver(Side::Callee, VoipKind::Invite, &self.extra);
                        Reach::Again
                    }
                };
                Ok(Outcome::Changed)
            }
            Cue::LoggedOut(Side::Caller) => Ok(self.fail(End::PeerLogout, false, post)),
            // No answer yet: the callee may log in elsewhere and answer there.
            Cue::LoggedOut(Side::Callee) => {
                self.reach = match self.reach {
                    Reach::Away => Reach::Away,
                    Reach::Waiting | Reach::Again => Reach::Waiting,
                    Reach::Seen => {
                        post.retract();
                        Reach::Away
                    }
                };
                Ok(Outcome::Changed)
            }
            Cue::Lost(Side::Caller) => {
                self.caller_lost.get_or_insert(now);
                Ok(Outcome::Same)
            }
            Cue::Lost(Side::Callee) => Ok(Outcome::Same),
            Cue::Sent => match self.reach {
                Reach::Seen => Ok(Outcome::Same),
                Reach::Away | Reach::Waiting | Reach::Again => {
                    self.reach = Reach::Seen;
                    Ok(Outcome::Changed)
                }
            },
            Cue::Due => {
                let end = match (now >= self.until, self.callee_seen) {
                    (false, _) => End::PeerDisconnected,
                    (true, false) => End::PeerOffline,
                    (true, true) => End::TimedOut,
                };
                Ok(self.fail(end, true, post))
            }
        }
    }

    /// The server ends it.
    fn fail(&self, end: End, tell_caller: bool, post: &mut Post<'_>) -> Outcome {
        post.retract();
        if tell_caller {
            post.deliver(Side::Caller, VoipKind::Failed, &reason(end));
        }
        if self.reach.is_known() {
            post.deliver(Side::Callee, VoipKind::Bye, &reason(end));
        }
        Outcome::Ended(end)
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

/// The extra of a message that the server makes itself.
fn reason(end: End) -> String {
    let members = end.failure().map(|failure| failure_members(&failure));
    members
        .map(|members| members.to_string())
        .unwrap_or_default()
}

/// Writes down what an invitation sends.
pub(super) struct Post<'a> {
    key: &'a Key,
    effects: &'a mut Vec<Effect>,
}

impl<'a> Post<'a> {
    pub(super) const fn new(key: &'a Key, effects: &'a mut Vec<Effect>) -> Self {
        Self { key, effects }
    }

    fn deliver(&mut self, to: Side, kind: VoipKind, extra: &str) {
        let (to, peer) = match to {
            Side::Caller => (&self.key.caller, &self.key.callee),
            Side::Callee => (&self.key.callee, &self.key.caller),
        };
        self.effects.push(Effect::Deliver {
            to: to.clone(),
            kind,
            channel: self.key.channel.clone(),
            peer: peer.clone(),
            extra: extra.to_owned(),
        });
    }

    fn retract(&mut self) {
        self.effects.push(Effect::Retract {
            to: self.key.callee.clone(),
            channel: self.key.channel.clone(),
            peer: self.key.caller.clone(),
        });
    }
}

impl Side {
    const fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}
