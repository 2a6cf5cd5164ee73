//! Call invitations of one app, from the call that makes them to the one end that each side sees.
//!
//! A side's end is either its own act (bye, refuse, logout) or exactly one message: `voip_invite_failed`,
//! `voip_invite_refuse` or `voip_invite_bye`. A callee that no invitation reached sees nothing at all.
//! Where the specification names only "the other side" of a loss, the lost side finds the same end in its mailbox.
//!
//! Every change is saved with its deadlines in absolute time, so a restart of the server is only a loss of all
//! connections. Who is logged in is not saved: after a restart nobody is.

mod book;
mod event;
mod extra;
mod post;
mod ringing;
mod state;
mod stored;

#[cfg(test)]
mod tests;

use std::time::Duration;

use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_wire::signaling::VoipKind;
use visavis_wire::signaling::limits::EXTRA_BYTES_MAX;

use crate::{Limits, StoredInvitation};
use book::Book;
pub(crate) use event::{Effect, End, Event};
use extra::Wishes;
use post::{Post, Side};
use state::{Cue, Invitation, Outcome};

/// Which invitation: at most one of the same three names is pending.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The channel it is for.
    pub(crate) channel: String,
    /// Who invites.
    pub(crate) caller: String,
    /// Who is invited.
    pub(crate) callee: String,
}

/// The invitations of one app that have not ended.
#[derive(Debug, Clone)]
pub(crate) struct Invitations {
    book: Book,
    per_account_max: usize,
}

impl Invitations {
    /// The invitations as [`Effect::Save`] left them; nobody is logged in yet.
    ///
    /// What ran out meanwhile ends at the next [`Self::tick`].
    pub(crate) fn restore(stored: Vec<StoredInvitation>, now: Duration, limits: &Limits) -> Self {
        let mut book = Book::default();
        for one in stored {
            let (key, invitation) = stored::read(one, now);
            book.put(key, invitation);
        }
        Self {
            book,
            per_account_max: limits.invitations_per_account_max,
        }
    }

    /// Takes one event in and says what follows. What ran out by `now` ends first.
    ///
    /// # Errors
    /// The answer to an [`Event::Call`] that is refused; `effects` may hold the ends of other invitations even then.
    pub(crate) fn handle(
        &mut self,
        now: Duration,
        event: Event,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Failure> {
        self.tick(now, effects);
        match event {
            Event::Call { extra, .. } if extra.len() > EXTRA_BYTES_MAX => {
                Err(failure(Cause::MessageTooLarge))
            }
            Event::Call {
                kind: VoipKind::Invite,
                channel,
                from,
                peer,
                extra,
                peer_online,
            } => {
                let key = Key {
                    channel,
                    caller: from,
                    callee: peer,
                };
                self.invite(now, key, extra, peer_online, effects)
            }
            Event::Call {
                kind,
                channel,
                from,
                peer,
                extra,
                peer_online: _,
            } => self.call(now, kind, [channel, from, peer], &extra, effects),
            Event::LoggedIn { account } => {
                self.presence(now, &account, Cue::LoggedIn, effects);
                Ok(())
            }
            Event::LoggedOut { account } => {
                self.presence(now, &account, Cue::LoggedOut, effects);
                Ok(())
            }
            Event::Lost { account } => {
                self.presence(now, &account, Cue::Lost, effects);
                Ok(())
            }
            Event::Sent {
                channel,
                caller,
                callee,
            } => {
                let key = Key {
                    channel,
                    caller,
                    callee,
                };
                // It may have ended while the page was on its way; the hub asked `is_ringing` for that.
                self.step(now, &key, Cue::Sent, effects).or(Ok(()))
            }
        }
    }

    /// Ends what ran out.
    pub(crate) fn tick(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        while let Some(key) = self.book.due(now) {
            let ended = self.step(now, &key, Cue::Due, effects);
            debug_assert!(ended.is_ok() && self.book.find(&key).is_none());
        }
    }

    /// When [`Self::tick`] is due.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.book.deadline()
    }

    /// Whether the invitation is pending and not accepted.
    pub(crate) fn is_ringing(&self, channel: &str, caller: &str, callee: &str) -> bool {
        let key = Key {
            channel: channel.to_owned(),
            caller: caller.to_owned(),
            callee: callee.to_owned(),
        };
        self.book.find(&key).is_some_and(Invitation::is_ringing)
    }

    fn invite(
        &mut self,
        now: Duration,
        key: Key,
        extra: String,
        callee_online: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Failure> {
        if key.caller == key.callee {
            return Err(Failure::about(Cause::WrongParam, Family::Invite, "peer"));
        }
        let wishes = Wishes::of(&extra)?;
        if self.book.find(&key).is_some() {
            return Err(failure(Cause::Reinvite));
        }
        if self.book.find(&key.reverse()).is_some() {
            return Err(failure(Cause::Glare));
        }
        let full = |account| self.book.of(account).len() >= self.per_account_max;
        if full(&key.caller) || full(&key.callee) {
            return Err(failure(Cause::RateLimited));
        }
        if wishes.require_online && !callee_online {
            return Err(failure(Cause::PeerOffline));
        }
        let until = now + wishes.wait;
        let mut post = Post::new(&key, effects);
        let invitation = Invitation::ring(extra, until, callee_online, &mut post);
        effects.push(Effect::Save(stored::write(&key, &invitation)));
        self.book.put(key, invitation);
        Ok(())
    }

    fn call(
        &mut self,
        now: Duration,
        kind: VoipKind,
        [channel, from, peer]: [String; 3],
        extra: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Failure> {
        let as_caller = Key {
            channel,
            caller: from,
            callee: peer,
        };
        let as_callee = as_caller.reverse();
        match kind {
            VoipKind::Invite | VoipKind::Failed => Err(failure(Cause::UnsupportedMethod)),
            VoipKind::Ack => self.step(now, &as_callee, Cue::Ack, effects),
            VoipKind::Accept => self.step(now, &as_callee, Cue::Accept(extra), effects),
            VoipKind::Refuse => self.step(now, &as_callee, Cue::Refuse(extra), effects),
            VoipKind::Bye | VoipKind::Msg => {
                // Only one of the two can be pending: the other would have been glare.
                let (key, side) = match self.book.find(&as_caller) {
                    Some(_) => (as_caller, Side::Caller),
                    None => (as_callee, Side::Callee),
                };
                let cue = match kind {
                    VoipKind::Bye => Cue::Bye(side, extra),
                    _ => Cue::Msg(side, extra),
                };
                self.step(now, &key, cue, effects)
            }
        }
    }

    /// Tells every invitation of an account something about its login.
    fn presence(
        &mut self,
        now: Duration,
        account: &str,
        cue: fn(Side) -> Cue<'static>,
        effects: &mut Vec<Effect>,
    ) {
        for key in self.book.of(account) {
            let side = match key.caller == account {
                true => Side::Caller,
                false => Side::Callee,
            };
            let known = self.step(now, &key, cue(side), effects);
            debug_assert!(known.is_ok());
        }
    }

    fn step(
        &mut self,
        now: Duration,
        key: &Key,
        cue: Cue<'_>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Failure> {
        let mut invitation = self
            .book
            .take(key)
            .ok_or_else(|| failure(Cause::NoSuchInvitation))?;
        let outcome = invitation.step(now, cue, &mut Post::new(key, effects));
        match outcome {
            Ok(Outcome::Ended(end)) => {
                effects.push(Effect::Forget(key.clone()));
                effects.push(Effect::Ended {
                    key: key.clone(),
                    end,
                });
                return Ok(());
            }
            Ok(Outcome::Changed) => effects.push(Effect::Save(stored::write(key, &invitation))),
            Ok(Outcome::Same) | Err(_) => {}
        }
        self.book.put(key.clone(), invitation);
        outcome.map(drop)
    }
}

impl Key {
    fn reverse(&self) -> Self {
        Self {
            channel: self.channel.clone(),
            caller: self.callee.clone(),
            callee: self.caller.clone(),
        }
    }
}

fn failure(cause: Cause) -> Failure {
    Failure::new(cause, Family::Invite)
}
