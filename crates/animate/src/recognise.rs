//! Weights of visemes around one instant, as [`crate::motion`] takes them.

use crate::Viseme;

/// Windows after an instant that its recognition waits for.
pub(crate) const DELAY: usize = crate::hearing::HEADS[0];

/// Weights of the 15 visemes, together 1.
pub(crate) type Weights = [f32; Viseme::COUNT];

/// What was recognised around one instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) weights: Weights,
    pub(crate) loudness_db: f32,
    pub(crate) presence: f32,
    pub(crate) voicing: f32,
    pub(crate) pitch_semitones: f32,
}

impl Heard {
    pub(crate) const SILENCE: Self = Self {
        weights: {
            let mut weights = [0.0; Viseme::COUNT];
            weights[Viseme::Sil as usize] = 1.0;
            weights
        },
        loudness_db: -40.0,
        presence: 0.0,
        voicing: 0.0,
        pitch_semitones: 12.0,
    };
}
