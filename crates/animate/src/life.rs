//! What a face does besides speaking: blinks, looks, nods, breathes.
//!
//! Everything here is a function of the seed, the media time and what was heard, so it is the same
//! however the audio arrived.

mod blink;
mod chance;
mod gaze;
mod head;

use crate::motion::Spring;
use crate::recognise::Heard;
use crate::{Character, Pose};

use blink::Blink;
use gaze::Gaze;

/// Secondary motion of one face.
#[derive(Clone)]
pub(crate) struct Life {
    seed: u64,
    character: Character,
    blink: Blink,
    gaze: Gaze,
    accents: Accents,
    /// How much of a conversation is going on: 0 idle, 1 speaking; slow.
    speaking: Spring,
    brows: Spring,
    nod: Spring,
    /// Pitch and yaw that the head lends to the eyes: it follows, but slowly.
    follow: [Spring; 2],
    /// Steps since the voice was last heard.
    quiet: u32,
}

/// Everything around the mouth at one instant.
pub(crate) struct Expression {
    /// Lids, 0 open to 1 closed, left and right.
    pub(crate) lids: [f32; 2],
    /// Raised brows, 0 to 1.
    pub(crate) brows: f32,
    /// Pitch and yaw of both eyes in radians.
    pub(crate) eyes: [f32; 2],
    pub(crate) head: Pose,
    /// Slow drift of the corners of the mouth, -1 to 1.
    pub(crate) mood: f32,
    /// Share of speech in the last moments, 0 to 1.
    pub(crate) speaking: f32,
}

/// A pause of this many steps ends a phrase.
const PHRASE_END: u32 = 25;
const STEP_US: u64 = 10_000;

impl Life {
    pub(crate) fn new(seed: u64, character: &Character) -> Self {
        Self {
            seed,
            character: *character,
            blink: Blink::new(seed, character.blinks_per_minute),
            gaze: Gaze::new(seed, character.gaze),
            accents: Accents::new(),
            speaking: Spring::REST,
            brows: Spring::REST,
            nod: Spring::REST,
            follow: [Spring::REST; 2],
            quiet: PHRASE_END,
        }
    }

    /// Completes a step that ends at `time_us`, at which `heard` is present.
    pub(crate) fn advance(&mut self, time_us: u64, heard: &Heard) {
        let voice = heard.presence > 0.5;
        let starts = voice && self.quiet >= PHRASE_END;
        self.quiet = if voice {
            0
        } else {
            self.quiet.saturating_add(1)
        };
        let ends = self.quiet == PHRASE_END;

        let accent = self.accents.push(heard);
        let seconds = STEP_US as f32 * 1e-6;
        let speaks = f32::from(u8::from(self.quiet < 2 * PHRASE_END));
        self.speaking = self.speaking.after(speaks, 6.0, seconds);
        // Brows rise in 80 ms and sink in 300; a nod is slower.
        let brows = if accent > self.brows.position {
            48.0
        } else {
            13.0
        };
        self.brows = self.brows.after(accent, brows, seconds);
        let nod = if accent > self.nod.position {
            30.0
        } else {
            9.0
        };
        self.nod = self.nod.after(accent, nod, seconds);

        let shifted = self.gaze.advance(time_us, starts, ends);
        let eyes = self.gaze.sample(time_us);
        for (axis, share) in [0.25, 0.35].into_iter().enumerate() {
            self.follow[axis] = self.follow[axis].after(share * eyes[axis], 9.0, seconds);
        }
        self.blink
            .advance(time_us, self.speaking.position, ends || shifted);
    }

    /// The face at `time_us`, less than a step after the last one completed.
    pub(crate) fn sample(&self, time_us: u64) -> Expression {
        let speaking = self.speaking.position.clamp(0.0, 1.0);
        let lowered = self.character.lids;
        let blink = self.blink.sample(time_us);
        let eyes = self.gaze.sample(time_us);
        let lid = (lowered + (1.0 - lowered) * blink).clamp(0.0, 1.0);
        let skew = 0.04 * self.character.asymmetry;
        Expression {
            lids: [
                (lid * (1.0 - skew)).clamp(0.0, 1.0),
                (lid * (1.0 + skew)).clamp(0.0, 1.0),
            ],
            brows: (self.brows.position * self.character.brows).clamp(0.0, 1.0),
            eyes,
            head: self.head(time_us, speaking),
            mood: head::drift(self.seed, 3, time_us),
            speaking,
        }
    }

    fn head(&self, time_us: u64, speaking: f32) -> Pose {
        let mut pose = head::pose(
            self.seed,
            time_us,
            speaking,
            self.nod.position,
            self.character.head,
        );
        pose.rotation[0] += self.follow[0].position;
        pose.rotation[1] += self.follow[1].position;
        pose
    }
}

/// Finds the stressed moments in pitch and loudness.
#[derive(Clone)]
struct Accents {
    /// Running mean and variance of the pitch, semitones.
    pitch: [f32; 2],
    loudness_db: f32,
}

impl Accents {
    fn new() -> Self {
        Self {
            pitch: [18.0, 9.0],
            loudness_db: -12.0,
        }
    }

    /// 0 unstressed to 1 stressed.
    fn push(&mut self, heard: &Heard) -> f32 {
        if heard.presence < 0.5 {
            return 0.0;
        }
        let louder = heard.loudness_db - self.loudness_db;
        self.loudness_db += 0.01 * louder;
        let mut higher = 0.0;
        if heard.voicing > 0.6 {
            let off = heard.pitch_semitones - self.pitch[0];
            self.pitch[0] += 0.02 * off;
            self.pitch[1] += 0.01 * (off * off - self.pitch[1]);
            higher = off / self.pitch[1].max(1.0).sqrt();
        }
        let by_pitch = ((higher - 0.8) * 0.6).clamp(0.0, 1.0);
        let by_loudness = ((louder - 6.0) * 0.08).clamp(0.0, 0.5);
        (by_pitch + by_loudness).min(1.0)
    }
}
