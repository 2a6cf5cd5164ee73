use std::time::Duration;

use visavis_codes::signaling::{Cause, Failure};
use visavis_wire::signaling::VoipKind;

use super::extra::is_busy;
use super::post::{Post, Side, reason};
use super::state::{ANSWER_WAIT, Cue, Outcome};
use super::{End, failure};

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

impl Ringing {
    /// As [`Invitation::step`](super::state::Invitation::step); accepting is not for this state to do.
    pub(super) fn step(
        &mut self,
        now: Duration,
        cue: Cue<'_>,
        post: &mut Post<'_>,
    ) -> Result<Outcome, Failure> {
        let known = self.reach.is_known();
        match cue {
            Cue::Accept(_) => Err(failure(Cause::NoSuchInvitation)),
            Cue::Ack if self.acked && self.reach == Reach::Seen => Ok(Outcome::Same),
            // One to the caller, whatever number of clients ring.
            Cue::Ack => {
                if !self.acked {
                    self.acked = true;
                    self.until = now + ANSWER_WAIT;
                    post.deliver(Side::Caller, VoipKind::Ack, "");
                }
                self.reach = Reach::Seen;
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
