//! From what the heads tell to decisions: which shape, whether lips meet, whether anybody speaks.

use super::contact::{Contact, Evidence, VIEW, begins};
use super::gate::Gate;
use super::{Thresholds, Track};
use crate::hearing::Posterior;
use crate::math::ramp;
use crate::motion::Contacts;
use crate::{Phone, Viseme};

/// Decibels per step by which the memory of the loudest sound fades.
const FORGETS_DB: f32 = 0.6;

/// Decides one instant after the other.
#[derive(Clone)]
pub(super) struct Decoder {
    lines: Thresholds,
    lips: Contact,
    teeth: Contact,
    gate: Gate,
    viseme: Viseme,
    /// Level of the loudest sound of late, decibels.
    loudest_db: f32,
}

/// What was decided about an instant.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    /// Smoothed weights of the phones.
    pub(super) phones: Posterior,
    /// The same by mouth shape, as decided: `viseme` is the heaviest.
    pub(super) visemes: [f32; Viseme::COUNT],
    pub(super) viseme: Viseme,
    /// What the lips do now and are about to do.
    pub(super) contacts: Contacts,
    /// 0 at rest to 1 speaking.
    pub(super) speech: f32,
    /// Whether somebody speaks.
    pub(super) speaking: bool,
    /// 0 when phones are believed to 1 when only loudness and brightness are.
    pub(super) fallback: f32,
}

impl Decoder {
    pub(super) const fn new(lines: Thresholds) -> Self {
        Self {
            lines,
            lips: Contact::OPEN,
            teeth: Contact::OPEN,
            gate: Gate::REST,
            viseme: Viseme::Sil,
            loudest_db: -100.0,
        }
    }

    /// Decides the present of `track`.
    pub(super) fn decide(&mut self, track: &Track) -> Decision {
        let phones = self.smooth(track);
        let surest = phones.iter().fold(0.0f32, |most, weight| most.max(*weight));
        self.gate.decide(track, surest, &self.lines);
        let contacts = self.touch(track);
        let visemes = self.weigh(&phones, contacts);
        Decision {
            phones,
            visemes,
            viseme: self.viseme,
            contacts,
            speech: self.gate.amount(),
            speaking: self.gate.open(),
            fallback: self.gate.fallback(),
        }
    }

    /// Weights of the present, smoothed with its neighbours as far as they are known.
    fn smooth(&self, track: &Track) -> Posterior {
        let [before, now, after] = self.taps(track.ahead() > 0);
        let (past, present) = (track.phones(-1), track.phones(0));
        let future = track.phones(isize::from(track.ahead() > 0));
        std::array::from_fn(|n| before * past[n] + now * present[n] + after * future[n])
    }

    fn taps(&self, knows_next: bool) -> [f32; 3] {
        let before = self.lines.before;
        let after = if knows_next { self.lines.after } else { 0.0 };
        [before, 1.0 - before - after, after]
    }

    /// Decides both contacts; speech that is not understood has none.
    ///
    /// With 80 ms of lookahead the present is what the 80 ms head tells: it has heard the way out
    /// of a nasal, which tells m from n and ng. With less, an m has to be the surer.
    fn touch(&mut self, track: &Track) -> Contacts {
        let level_db = track.moment(0).level_db;
        self.loudest_db = level_db.max(self.loudest_db - FORGETS_DB);
        let near = 1.0 - ramp(1.0, 6.0, self.loudest_db - level_db);
        let dearer = 1.0 / (1.0 + self.lines.loud * near);

        let seen = track.ahead() + 1;
        let mut lips = [Evidence::default(); VIEW];
        let mut teeth = [Evidence::default(); VIEW];
        for step in 0..seen {
            let knows_next = step + 1 < seen;
            let [before, now, after] = self.taps(knows_next);
            let step = step as isize;
            let rows = [-1, 0, isize::from(knows_next)].map(|near| track.phones(step + near));
            let smooth = |phone: Phone| {
                let n = phone as usize;
                before * rows[0][n] + now * rows[1][n] + after * rows[2][n]
            };
            let (stop, murmur) = (smooth(Phone::P) + smooth(Phone::B), smooth(Phone::M));
            let hiss = smooth(Phone::F) + smooth(Phone::V);
            let lines = &self.lines;
            lips[step as usize] = Evidence {
                weight: stop + murmur,
                share: dearer * (stop / lines.stop_enter + murmur / lines.murmur_enter),
            };
            teeth[step as usize] = Evidence {
                weight: hiss,
                share: hiss / lines.teeth_enter,
            };
        }
        if !self.gate.open() || self.gate.lost() {
            self.lips.release();
            self.teeth.release();
            return Contacts::default();
        }
        let lines = &self.lines;
        let lips_now = self.lips.decide(&lips[..seen], lines);
        // Lips that meet cannot touch the teeth.
        let teeth_now = if lips_now {
            self.teeth.release();
            false
        } else {
            self.teeth.decide(&teeth[..seen], lines)
        };
        let soon = |view: &[Evidence; VIEW]| {
            [1, 2].map(|step| step < seen && begins(&view[step..seen], lines))
        };
        Contacts {
            lips: lips_now,
            lips_soon: soon(&lips),
            teeth: teeth_now,
            teeth_soon: soon(&teeth),
        }
    }

    /// Weights of the visemes with the decided one heaviest, and decides which that is.
    fn weigh(&mut self, phones: &Posterior, contacts: Contacts) -> [f32; Viseme::COUNT] {
        let mut weights = [0.0f32; Viseme::COUNT];
        for (weight, phone) in phones.iter().zip(Phone::ALL) {
            weights[phone.viseme() as usize] += weight;
        }
        let sum: f32 = weights.iter().sum();
        weights
            .iter_mut()
            .for_each(|weight| *weight /= sum.max(1e-6));
        self.viseme = if !self.gate.open() {
            Viseme::Sil
        } else if contacts.lips {
            Viseme::Pp
        } else if contacts.teeth {
            Viseme::Ff
        } else {
            self.heaviest(&weights)
        };
        Viseme::promote(self.viseme, &mut weights);
        weights
    }

    /// The heaviest that needs no contact; the one decided last has a little credit.
    fn heaviest(&self, weights: &[f32; Viseme::COUNT]) -> Viseme {
        let mut best = (Viseme::Sil, f32::MIN);
        for viseme in Viseme::ALL {
            if matches!(viseme, Viseme::Pp | Viseme::Ff) {
                continue;
            }
            let credit = if viseme == self.viseme {
                self.lines.stay
            } else {
                0.0
            };
            let weight = weights[viseme as usize] + credit;
            if weight > best.1 {
                best = (viseme, weight);
            }
        }
        best.0
    }
}
