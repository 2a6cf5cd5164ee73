use crate::{Phone, Viseme};

/// What the engine made of one instant of the speech, every 10 ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Insight {
    /// Time since the start of the utterance, microseconds.
    pub time_us: u64,
    /// Weights of the phones, together 1.
    pub phones: [f32; Phone::COUNT],
    /// The mouth shape decided for.
    pub viseme: Viseme,
    /// Whether the lips were decided to meet.
    pub closed: bool,
    /// How far the voice is above its usual loudness, decibels.
    pub loudness_db: f32,
    /// Whether anybody speaks: 0 to 1.
    pub presence: f32,
    /// Whether the sound is voiced: 0 to 1.
    pub voicing: f32,
    /// Pitch in semitones above 55 Hz; meaningless without voicing.
    pub pitch_semitones: f32,
}
