//! Call invitations of one app, from the call that makes them to the one end that each side sees.

// Read by the hub and by the tests.
#![allow(dead_code, unused_variables, unused_imports)]

mod event;

use std::time::Duration;

use visavis_codes::signaling::Failure;

use crate::{Limits, StoredInvitation};
pub(crate) use event::{Effect, End, Event};

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
    per_account_max: usize,
}

impl Invitations {
    /// The invitations as [`Effect::Save`] left them; nobody is logged in yet.
    ///
    /// What ran out meanwhile ends at the next [`Self::tick`].
    pub(crate) fn restore(stored: Vec<StoredInvitation>, now: Duration, limits: &Limits) -> Self {
        Self {
            per_account_max: limits.invitations_per_account_max,
        }
    }

    /// Takes one event in and says what follows. What ran out before `now` ends first.
    ///
    /// # Errors
    /// The answer to an [`Event::Call`] that is refused; `effects` may hold other ends even then.
    pub(crate) fn handle(
        &mut self,
        now: Duration,
        event: Event,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Failure> {
        Ok(())
    }

    /// Ends what ran out.
    pub(crate) fn tick(&mut self, now: Duration, effects: &mut Vec<Effect>) {}

    /// When [`Self::tick`] is due.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        None
    }

    /// Whether the invitation is pending and not accepted.
    pub(crate) fn is_ringing(&self, channel: &str, caller: &str, callee: &str) -> bool {
        false
    }
}
