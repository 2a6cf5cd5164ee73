//! A look inside for `templates/fit.py`; no part of the interface.

use crate::analysis::{Analyzer, BANDS};
use crate::recognise::Level;

pub use crate::performance::Thresholds;

/// Numbers per window.
pub const WIDTH: usize = 7 + BANDS;

/// What the engine measures in 16 kHz audio, one row per 10 ms: level, loudness, presence, voicing,
/// pitch, first and second formant, then the mel bands.
#[must_use]
pub fn measurements(samples: &[i16]) -> Vec<[f32; WIDTH]> {
    let (mut analyzer, mut level) = (Analyzer::new(), Level::new());
    let sounds = samples
        .iter()
        .filter_map(|&sample| analyzer.push(f32::from(sample) / 32_768.0));
    let row = |sound: crate::analysis::Sound| {
        let (loudness_db, presence) = level.push(sound.level_db);
        let [first, second] = sound.formants;
        let scalars = [
            sound.level_db,
            loudness_db,
            presence,
            sound.voicing,
            sound.pitch_semitones,
            first,
            second,
        ];
        std::array::from_fn(|n| {
            if n < 7 {
                scalars[n]
            } else {
                sound.mel_db[n - 7]
            }
        })
    };
    sounds.map(row).collect()
}
