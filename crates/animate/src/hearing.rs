//! The seam of the engine: what recognition gives, and all that motion sees of the sound.

use crate::Phone;

/// One weight per phone, 0 to 1, together 1.
pub(crate) type Posterior = [f32; Phone::COUNT];

/// Distances, in steps of 10 ms, between the newest window and the instant that each head tells of.
pub(crate) const HEADS: [usize; 3] = [2, 4, 8];

/// What is heard when the next window has been measured, every 10 ms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hearing {
    /// Phones at the instants [`HEADS`] before this window: the longer ago, the surer.
    pub(crate) heads: [Posterior; HEADS.len()],
    /// How this window sounds.
    pub(crate) moment: Moment,
}

/// How a window sounds, whatever is said in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Mean power of the window in decibels below a full-scale square wave, -100 to 0.
    pub(crate) level_db: f32,
    /// How far the window is above the voice's usual loudness, decibels, about -60 to 12.
    pub(crate) loudness_db: f32,
    /// Whether the window stands out of the noise floor: 0 to 1.
    pub(crate) presence: f32,
    /// Whether it is voiced: 0 to 1.
    pub(crate) voicing: f32,
    /// Pitch in semitones above 55 Hz; meaningless without voicing.
    pub(crate) pitch_semitones: f32,
    /// Centre of gravity of its spectrum on the mel scale, 0 (60 Hz) to 1 (7600 Hz).
    pub(crate) brightness: f32,
}
