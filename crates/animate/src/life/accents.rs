use super::chance::{Purpose, chance};
use super::{STEP_US, Turn};
use crate::hearing::Moment;
use crate::motion::{Pace, Spring};

/// Finds the stressed moments in pitch and loudness, and what brows and head make of them.
#[derive(Clone)]
pub(super) struct Accents {
    /// Running mean and variance of the pitch, semitones.
    pitch: [f32; 2],
    /// Voiced steps heard, as far as they matter to how well the pitch is known.
    voiced: f32,
    loudness_db: f32,
    /// Steps since the latest nod began.
    since_nod: u32,
    /// How far down the nod under way goes.
    nod_depth: f32,
    brows: Spring,
    nod: Spring,
}

/// Brows rise in 130 ms and sink in 300; a nod is slower.
const BROWS: [Pace; 2] = [Pace::step(30.0), Pace::step(13.0)];
const NOD: [Pace; 2] = [Pace::step(26.0), Pace::step(9.0)];
/// Voiced steps after which a voice's pitch is known.
const VOICED: f32 = 50.0;
/// Steps that a nod is driven, and at least from one to the next.
const NOD_STEPS: u32 = 14;
const NODS_APART: u32 = 50;
/// One who listens may nod once in a slot of this many steps.
const LISTENER_SLOT: u64 = 250;

impl Accents {
    pub(super) const fn new() -> Self {
        Self {
            pitch: [18.0, 9.0],
            voiced: 0.0,
            loudness_db: -12.0,
            since_nod: NODS_APART,
            nod_depth: 0.0,
            brows: Spring::REST,
            nod: Spring::REST,
        }
    }

    /// Completes the step that ends at `time_us`; `listening` is 0 to 1.
    pub(super) fn advance(&mut self, seed: u64, time_us: u64, turn: &Turn, listening: f32) {
        let accent = if turn.speaking {
            self.stress(&turn.moment)
        } else {
            0.0
        };
        let brows = &BROWS[usize::from(accent < self.brows.position)];
        self.brows = self.brows.after(accent, brows);

        self.since_nod = self.since_nod.saturating_add(1);
        let step = time_us / STEP_US;
        let slot = step / LISTENER_SLOT;
        let draw = |n: u64| chance(seed, Purpose::Nod, 2 * slot + n);
        let place = (draw(0) * LISTENER_SLOT as f32) as u64;
        let agrees = listening > 0.6 && step % LISTENER_SLOT == place && draw(1) < 0.55;
        if self.since_nod >= NODS_APART && (accent > 0.4 || agrees) {
            self.since_nod = 0;
            self.nod_depth = if agrees { 0.8 } else { 0.6 + 0.6 * accent };
        }
        let down = if self.since_nod < NOD_STEPS {
            self.nod_depth
        } else {
            0.0
        };
        let nod = &NOD[usize::from(down < self.nod.position)];
        self.nod = self.nod.after(down, nod);
    }

    /// Raised brows, 0 to 1.
    pub(super) fn brows(&self) -> f32 {
        self.brows.position.clamp(0.0, 1.0)
    }

    /// How far a nod is down, about 0 to 1.2.
    pub(super) const fn nod(&self) -> f32 {
        self.nod.position
    }

    /// 0 unstressed to 1 stressed.
    fn stress(&mut self, moment: &Moment) -> f32 {
        if moment.presence < 0.5 {
            return 0.0;
        }
        let louder = moment.loudness_db - self.loudness_db;
        self.loudness_db += 0.01 * louder;
        let mut higher = 0.0;
        if moment.voicing > 0.6 {
            let off = moment.pitch_semitones - self.pitch[0];
            // A voice that nobody has heard yet is neither high nor low.
            let known = self.voiced / VOICED;
            self.pitch[0] += (1.0 / (self.voiced + 1.0)).max(0.02) * off;
            self.pitch[1] += 0.01 * known * (off * off - self.pitch[1]);
            self.voiced = (self.voiced + 1.0).min(VOICED);
            higher = known * off / self.pitch[1].max(1.0).sqrt();
        }
        let by_pitch = ((higher - 0.9) * 0.6).clamp(0.0, 1.0);
        let by_loudness = ((louder - 6.0) * 0.08).clamp(0.0, 0.5);
        (by_pitch + by_loudness).min(1.0)
    }
}
