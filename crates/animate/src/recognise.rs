//! From measured sound to weights of visemes.
//!
//! The seam of the engine: whatever recognises speech, it gives one [`Heard`] per 10 ms.

mod cues;
mod level;
mod stop;
mod templates;

use crate::Viseme;
use crate::analysis::Sound;
use crate::math::{dot, exp};

pub(crate) use level::Level;

use cues::{COARSE, CONTEXT, NOW};
use stop::Stop;

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
///
/// A linear discriminant: cues, times templates, gives the odds of each viseme.
#[derive(Clone)]
pub(crate) struct Recogniser {
    level: Level,
    /// The latest windows, the newest last.
    recent: [Measured; CONTEXT],
    stop: Stop,
}

/// What is kept of a window.
#[derive(Clone, Copy)]
struct Measured {
    /// Spectrum against the speaker's usual loudness, in tens of decibels.
    coarse: [f32; COARSE],
    formants: [f32; 2],
    voicing: f32,
    pitch_semitones: f32,
    loudness_db: f32,
    presence: f32,
}

impl Recogniser {
    pub(crate) fn new() -> Self {
        let silence = Measured {
            coarse: [-7.0; COARSE],
            formants: Sound::SILENCE.formants,
            voicing: 0.0,
            pitch_semitones: Sound::SILENCE.pitch_semitones,
            loudness_db: -60.0,
            presence: 0.0,
        };
        Self {
            level: Level::new(),
            recent: [silence; CONTEXT],
            stop: Stop::new(),
        }
    }

    /// Takes the next window and gives what was heard [`DELAY`] windows earlier.
    pub(crate) fn push(&mut self, sound: &Sound) -> Heard {
        let (loudness_db, presence) = self.level.push(sound.level_db);
        let reference_db = sound.level_db - loudness_db;
        let coarse = |n: usize| {
            let mean = 0.5 * (sound.mel_db[2 * n] + sound.mel_db[2 * n + 1]);
            (mean - reference_db).clamp(-70.0, 10.0) * 0.1
        };
        self.recent.rotate_left(1);
        self.recent[CONTEXT - 1] = Measured {
            coarse: std::array::from_fn(coarse),
            formants: sound.formants,
            voicing: sound.voicing,
            pitch_semitones: sound.pitch_semitones,
            loudness_db,
            presence,
        };
        self.stop.push(self.recent[NOW].loudness_db);
        let now = &self.recent[NOW];
        Heard {
            weights: self.weigh(),
            loudness_db: now.loudness_db,
            presence: now.presence,
            voicing: now.voicing,
            pitch_semitones: now.pitch_semitones,
        }
    }

    /// Weights of the visemes at [`NOW`].
    fn weigh(&self) -> Weights {
        let presence = self.recent[NOW].presence;
        let stopped = self.stop.share();
        if presence == 0.0 && stopped == 0.0 {
            return Heard::SILENCE.weights;
        }
        let cues = cues::collect(&self.recent);
        let odds: Weights =
            std::array::from_fn(|v| templates::BIAS[v] + dot(&templates::TEMPLATES[v], &cues));
        let mut weights = softmax(&odds);
        // What is too soft to be speech is silence, whatever it resembles.
        weights.iter_mut().for_each(|weight| *weight *= presence);
        weights[Viseme::Sil as usize] += 1.0 - presence;
        // Silence that has just cut into speech is a mouth shut for a stop, not one at rest.
        let moved = stopped * weights[Viseme::Sil as usize];
        weights[Viseme::Sil as usize] -= moved;
        let stops = [Viseme::Pp, Viseme::Dd, Viseme::Kk];
        let mut stop_odds = stops.map(|viseme| odds[viseme as usize]);
        stop_odds[0] += LABIAL_ODDS;
        let shares = softmax(&stop_odds);
        for (viseme, share) in stops.into_iter().zip(shares) {
            weights[viseme as usize] += moved * share;
        }
        weights
    }
}

/// Added to the odds of closed lips in a stop: lips that fail to meet look worse than lips that meet for a t.
const LABIAL_ODDS: f32 = 0.7;

/// Odds, given as logarithms, as shares of 1.
fn softmax<const N: usize>(odds: &[f32; N]) -> [f32; N] {
    let highest = odds
        .iter()
        .fold(f32::MIN, |highest, odds| highest.max(*odds));
    let shares = odds.map(|odds| exp(odds - highest));
    let sum: f32 = shares.iter().sum();
    shares.map(|share| share / sum)
}
