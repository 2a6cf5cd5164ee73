//! From measured sound to weights of visemes.
//!
//! The seam of the engine: whatever recognises speech, it gives one [`Heard`] per 10 ms.

mod level;
mod shapes;

use crate::Viseme;
use crate::analysis::Sound;

use level::Level;

/// Windows after an instant that its recognition waits for.
pub(crate) const DELAY: usize = 1;

/// Weights of the 15 visemes, together 1.
pub(crate) type Weights = [f32; Viseme::COUNT];

/// What was recognised around one instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) weights: Weights,
    /// How far the voice is above its own usual loudness, decibels, about -30 to 6.
    pub(crate) loudness_db: f32,
    /// Whether anybody speaks: 0 to 1.
    pub(crate) presence: f32,
    /// Whether the sound is voiced: 0 to 1.
    pub(crate) voicing: f32,
    /// Pitch in semitones above 55 Hz; meaningless without voicing.
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

/// Recognises mouth shapes by their acoustics alone; knows no language.
#[derive(Clone)]
pub(crate) struct Recogniser {
    level: Level,
    /// The latest windows, the newest last.
    recent: [Measured; shapes::CONTEXT],
}

/// A window and where its level stands.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    sound: Sound,
    loudness_db: f32,
    presence: f32,
}

impl Recogniser {
    pub(crate) fn new() -> Self {
        let silence = Measured {
            sound: Sound::SILENCE,
            loudness_db: -40.0,
            presence: 0.0,
        };
        Self {
            level: Level::new(),
            recent: [silence; shapes::CONTEXT],
        }
    }

    /// Takes the next window and gives what was heard [`DELAY`] windows earlier.
    pub(crate) fn push(&mut self, sound: Sound) -> Heard {
        let (loudness_db, presence) = self.level.push(sound.level_db);
        self.recent.rotate_left(1);
        self.recent[shapes::CONTEXT - 1] = Measured {
            sound,
            loudness_db,
            presence,
        };
        let now = &self.recent[shapes::NOW];
        Heard {
            weights: shapes::weigh(&self.recent),
            loudness_db: now.loudness_db,
            presence: now.presence,
            voicing: now.sound.voicing,
            pitch_semitones: now.sound.pitch_semitones,
        }
    }
}
