//! Whether anybody speaks, and whether it is understood.

use super::{Thresholds, Track};
use crate::Phone;

/// Steps from rest to speech and back, for the mouth.
const FADE: f32 = 0.34;
const FADE_OUT: f32 = 0.125;

/// Keeps a mouth at rest until there is something to say, and brings it back.
#[derive(Clone)]
pub(super) struct Gate {
    open: bool,
    /// 0 at rest, 1 speaking.
    amount: f32,
    /// Steps in which silence weighed most; of those in a row without presence; and of any without presence.
    hush: f32,
    still: f32,
    unheard: f32,
    /// Steps that were not understood, worked off four times as fast by those that were.
    doubt: f32,
    lost: bool,
    /// 0 understood, 1 only loudness and brightness are believed.
    fallback: f32,
}

impl Gate {
    pub(super) const REST: Self = Self {
        open: false,
        amount: 0.0,
        hush: 0.0,
        still: 0.0,
        unheard: 0.0,
        doubt: 0.0,
        lost: false,
        fallback: 0.0,
    };

    /// Looks at the present and what follows; `surest` is the highest weight of a phone at present.
    pub(super) fn decide(&mut self, track: &Track, surest: f32, lines: &Thresholds) {
        let silence = |step: isize| track.phones(step)[Phone::Sil as usize];
        let next = isize::from(track.ahead() > 0);
        let quiet = 0.5 * (silence(0) + silence(next));
        // A sound is heard before it is understood, and its stop is silent before that.
        let presence = (0..=track.lookahead())
            .fold(0.0f32, |most, step| most.max(track.moment(step).presence));
        let unheard = presence < lines.heard;

        let count = |steps: f32, goes_on: bool| if goes_on { steps + 1.0 } else { 0.0 };
        self.hush = count(self.hush, quiet > lines.hush);
        self.still = count(self.still, quiet > lines.hush && unheard);
        self.unheard = count(self.unheard, unheard);
        self.open = if self.open {
            self.still < lines.rest
                && self.hush < lines.rest_in_noise
                && self.unheard < lines.rest_unheard
        } else {
            1.0 - quiet > lines.wake && !unheard
        };
        self.amount = if self.open {
            (self.amount + FADE).min(1.0)
        } else {
            (self.amount - FADE_OUT).max(0.0)
        };

        let most = lines.unsure_steps + 10.0;
        self.doubt = if surest < lines.unsure {
            (self.doubt + 1.0).min(most)
        } else {
            (self.doubt - 4.0).max(0.0)
        };
        self.lost = self.doubt >= lines.unsure_steps || self.lost && self.doubt > 0.0;
        let towards = if self.lost { 0.05 } else { -0.05 };
        self.fallback = (self.fallback + towards).clamp(0.0, 1.0);
    }

    pub(super) const fn open(&self) -> bool {
        self.open
    }

    pub(super) const fn lost(&self) -> bool {
        self.lost
    }

    pub(super) const fn amount(&self) -> f32 {
        self.amount
    }

    pub(super) const fn fallback(&self) -> f32 {
        self.fallback
    }
}
