//! What a face does besides speaking: blinks, looks, nods, raises its brows, breathes.
//!
//! Everything here is a function of the seed, the media time, what was heard and what the caller
//! said to attend to, so it is the same however the audio arrived.

mod accents;
mod attention;
mod blink;
mod chance;
mod gaze;
mod head;

use crate::hearing::Moment;
use crate::motion::{Pace, Spring};
use crate::options::Attention;
use crate::{Character, Pose};

use accents::Accents;
use attention::Attending;
use blink::Blink;
use chance::{Purpose, chance};
use gaze::{Gaze, Habit, Prompt};
use head::{Drift, Manner};

/// Secondary motion of one face.
#[derive(Clone)]
pub(crate) struct Life {
    seed: u64,
    character: Character,
    /// Without it the face keeps still, though it knows what it would do.
    shown: bool,
    attending: Attending,
    blink: Blink,
    gaze: Gaze,
    drift: Drift,
    accents: Accents,
    /// Pitch and yaw that the head lends to the eyes: it follows, but slowly.
    follow: [Spring; 2],
    /// Steps since somebody last spoke.
    quiet: u32,
}

/// What is heard of whose turn it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) speaking: bool,
    pub(crate) moment: Moment,
}

/// Everything around the mouth at one instant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expression {
    /// Lids, 0 open to 1 closed, left and right.
    pub(crate) lids: [f32; 2],
    /// Raised brows, 0 to 1.
    pub(crate) brows: f32,
    /// Lowered brows, 0 to 1.
    pub(crate) frown: f32,
    /// Smile weight.
    pub(crate) smile: f32,
    /// Mouth drawn to one side, -1 (the subject's right) to 1.
    pub(crate) aside: f32,
    /// Pitch and yaw of both eyes in radians.
    pub(crate) eyes: [f32; 2],
    pub(crate) head: Pose,
    /// Share of talk in the last moments, 0 to 1.
    pub(crate) speaking: f32,
}

const STEP_US: u64 = 10_000;
const DEGREE: f32 = std::f32::consts::PI / 180.0;
/// A pause of this many steps ends a phrase, and one of this many a turn.
const PHRASE_END: u32 = 12;
const TURN_END: u32 = 50;
const FOLLOW: Pace = Pace::step(9.0);

impl Life {
    pub(crate) fn new(seed: u64, character: &Character, shown: bool) -> Self {
        let side = if chance(seed, Purpose::Turn, u64::MAX / 2) < 0.5 {
            -1.0
        } else {
            1.0
        };
        Self {
            seed,
            character: *character,
            shown,
            attending: Attending::new(side),
            blink: Blink::new(seed, character.blinks_per_minute),
            gaze: Gaze::new(seed, character.gaze),
            drift: Drift::new(seed),
            accents: Accents::new(),
            follow: [Spring::REST; 2],
            quiet: TURN_END,
        }
    }

    /// Attends to something from a media time on.
    pub(crate) fn attend(&mut self, attention: Attention, time_us: u64) {
        self.attending.change(attention, time_us);
    }

    /// How stressed the voice is, 0 to 1.
    pub(crate) fn emphasis(&self) -> f32 {
        self.accents.brows()
    }

    /// Completes a step that ends at `time_us`, at which `turn` is heard.
    pub(crate) fn advance(&mut self, time_us: u64, turn: &Turn) {
        let starts = turn.speaking && self.quiet >= TURN_END;
        self.quiet = if turn.speaking {
            0
        } else {
            self.quiet.saturating_add(1)
        };
        let speaks = self.quiet < TURN_END;
        let listening = self.attending.listening();
        self.accents.advance(self.seed, time_us, turn, listening);
        if !self.shown {
            return;
        }
        let turned = self.attending.advance(time_us, speaks);
        let prompt = match (starts, self.quiet == TURN_END, turned && !speaks) {
            (true, _, _) => Prompt::TurnStarts,
            (false, true, _) => Prompt::TurnEnds,
            (false, false, true) => Prompt::Attention,
            (false, false, false) => Prompt::None,
        };
        let (away, place) = self.attending.eyes(speaks);
        let shifted = self.gaze.advance(time_us, Habit { away, place }, prompt);
        let eyes = self.gaze.sample(time_us);
        for (axis, share) in [0.25, 0.35].into_iter().enumerate() {
            self.follow[axis] = self.follow[axis].after(share * eyes[axis], &FOLLOW);
        }
        let phrase_ends = self.quiet == PHRASE_END;
        let speaking = self.attending.speaking();
        self.blink
            .advance(time_us, speaking, phrase_ends || shifted);
    }

    /// The face at `time_us`, less than a step after the last one completed.
    pub(crate) fn sample(&self, time_us: u64) -> Expression {
        let character = &self.character;
        if !self.shown {
            return Expression {
                lids: [character.lids; 2],
                frown: character.frown,
                smile: character.smile,
                ..Expression::default()
            };
        }
        let bearing = self.attending.bearing();
        let blink = self.blink.sample(time_us);
        let lid = character.lids + (1.0 - character.lids) * blink;
        let skew = 0.04 * character.asymmetry;
        let raised = character.brows * (self.accents.brows() + bearing.brows);
        let mut head = self.drift.pose(
            time_us,
            &Manner {
                speaking: self.attending.speaking(),
                nod: character.nod * self.accents.nod(),
                gain: character.head,
                bias: bearing.head.map(|value| character.bearing * value),
            },
        );
        head.rotation[0] += self.follow[0].position;
        head.rotation[1] += self.follow[1].position;
        head.rotation[2] += character.tilt;
        Expression {
            lids: [lid * (1.0 - skew), lid * (1.0 + skew)].map(|lid| lid.clamp(0.0, 1.0)),
            brows: raised.clamp(0.0, 1.0),
            frown: character.frown + character.bearing * bearing.frown,
            smile: character.smile + bearing.smile + 0.03 * self.drift.at(3, time_us),
            aside: character.bearing * bearing.aside,
            eyes: self.gaze.sample(time_us),
            head,
            speaking: self.attending.speaking(),
        }
    }
}
