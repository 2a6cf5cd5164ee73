//! A look inside for `templates/fit.py`; no part of the interface.

use crate::UnsupportedRate;
use crate::analysis::{Analyzer, BANDS};
use crate::recognise::Level;
use crate::resample::Resampler;

/// Numbers per window.
pub const WIDTH: usize = 7 + BANDS;

/// What the network is trained on, one row per 10 ms begun: the mel bands in decibels, their mean
/// power in decibels, and voicing.
///
/// # Errors
///
/// [`UnsupportedRate`] as [`Animator::new`](crate::Animator::new).
pub fn features(rate: u32, samples: &[i16]) -> Result<Vec<[f32; BANDS + 2]>, UnsupportedRate> {
    let rows = (samples.len() as u64 * 100).div_ceil(u64::from(rate.max(1))) as usize;
    let (mut analyzer, mut resampler) = (Analyzer::new(), Resampler::new(rate)?);
    let mut out = Vec::with_capacity(rows + 8);
    let mut take = |block: &[f32], out: &mut Vec<_>| {
        resampler.push(block, |sample| {
            if let Some(sound) = analyzer.push(sample) {
                let mut row = [sound.loud_db; BANDS + 2];
                row[..BANDS].copy_from_slice(&sound.mel_db);
                row[BANDS + 1] = sound.voicing;
                out.push(row);
            }
        });
    };
    for chunk in samples.chunks(256) {
        let block: Vec<f32> = chunk.iter().map(|&s| f32::from(s) / 32_768.0).collect();
        take(&block, &mut out);
    }
    while out.len() < rows {
        take(&[0.0; 64], &mut out);
    }
    out.truncate(rows);
    Ok(out)
}

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
