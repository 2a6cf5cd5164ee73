//! A look inside for training and tests; no part of the interface.

use crate::analysis::{Analyzer, BANDS, Sound};
use crate::hearing::HEADS;
use crate::listener::Listener;
use crate::network::{COLUMNS, Network, Scratch};
use crate::resample::Resampler;
use crate::{Lookahead, Phone, UnsupportedRate};

pub use crate::network::WeightsError;
pub use crate::performance::Thresholds;

/// Numbers per window that the network is trained on.
pub const FEATURES: usize = BANDS + 2;
/// Numbers per window that the network gives.
pub const POSTERIORS: usize = HEADS.len() * Phone::COUNT;

/// What the network is trained on, one row per 10 ms begun: the mel bands in decibels, their mean
/// power in decibels, and voicing.
///
/// # Errors
///
/// [`UnsupportedRate`] as [`Animator::new`](crate::Animator::new).
pub fn features(rate: u32, samples: &[i16]) -> Result<Vec<[f32; FEATURES]>, UnsupportedRate> {
    let row = |sound: &Sound| {
        let mut row = [sound.loud_db; FEATURES];
        row[..BANDS].copy_from_slice(&sound.mel_db);
        row[BANDS + 1] = sound.voicing;
        row
    };
    Ok(sounds(rate, samples)?.iter().map(row).collect())
}

/// What the network makes of them, one row per 10 ms begun: 44 phones 20, 40 and 80 ms earlier.
///
/// # Errors
///
/// [`UnsupportedRate`] as [`Animator::new`](crate::Animator::new).
pub fn posteriors(rate: u32, samples: &[i16]) -> Result<Vec<[f32; POSTERIORS]>, UnsupportedRate> {
    let network = Network::built_in();
    let mut scratch = Scratch::new(network);
    let mut listener = Listener::new(Lookahead::Ms80);
    let mut rows = Vec::new();
    for sounds in sounds(rate, samples)?.chunks(COLUMNS) {
        let mut columns: Vec<_> = sounds.iter().map(|it| listener.push(0, it)).collect();
        scratch.run(
            network,
            &mut columns,
            std::slice::from_mut(&mut listener),
            |it| &mut it.stream,
        );
        rows.extend(columns.iter().map(|column| {
            let heads = column.hearing.heads.as_flattened();
            std::array::from_fn(|n| heads[n])
        }));
    }
    Ok(rows)
}

/// Reads a file of weights, and tells only whether it could be used.
///
/// # Errors
///
/// [`WeightsError`] for anything but a network that this engine runs.
pub fn weights(bytes: &[u8]) -> Result<(), WeightsError> {
    Network::parse(bytes).map(drop)
}

fn sounds(rate: u32, samples: &[i16]) -> Result<Vec<Sound>, UnsupportedRate> {
    let (mut analyzer, mut resampler) = (Analyzer::new(), Resampler::new(rate)?);
    let windows = (samples.len() as u64 * 100).div_ceil(u64::from(rate)) as usize;
    let mut sounds = Vec::with_capacity(windows + 8);
    let mut take = |block: &[f32], sounds: &mut Vec<_>| {
        resampler.push(block, |samples| {
            analyzer.push(samples, |sound| sounds.push(*sound));
        });
    };
    for chunk in samples.chunks(256) {
        let block: Vec<f32> = chunk.iter().map(|&s| f32::from(s) / 32_768.0).collect();
        take(&block, &mut sounds);
    }
    while sounds.len() < windows {
        take(&[0.0; 64], &mut sounds);
    }
    sounds.truncate(windows);
    Ok(sounds)
}
