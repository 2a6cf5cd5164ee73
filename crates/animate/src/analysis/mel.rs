//! Triangular mel bands, 60 to 7600 Hz.

use std::sync::LazyLock;

use fearless_simd::Simd;

use super::BANDS;
use super::spectrum::{BINS, LENGTH, ROOM};
use crate::math::{dot, exp, ln};

struct Triangles {
    /// First bin of each band.
    first: [usize; BANDS],
    /// Weights of each band from its first bin on, filled up with zeros.
    weights: [Vec<[f32; 8]>; BANDS],
}

static TRIANGLES: LazyLock<Triangles> = LazyLock::new(|| {
    // Mel is a logarithm of 1 + f / 700; its base cancels out.
    let (low, high) = (ln(1.0 + 60.0 / 700.0), ln(1.0 + 7600.0 / 700.0));
    let hertz = |n: usize| 700.0 * (exp(low + (high - low) * n as f32 / (BANDS + 1) as f32) - 1.0);
    let edge = |n: usize| hertz(n) * LENGTH as f32 / 16_000.0;
    let rows: [(usize, Vec<f32>); BANDS] = std::array::from_fn(|band| {
        let (left, peak, right) = (edge(band), edge(band + 1), edge(band + 2));
        let weight = |bin: usize| {
            let x = bin as f32;
            ((x - left) / (peak - left))
                .min((right - x) / (right - peak))
                .max(0.0)
        };
        // The narrow bands at the bottom may miss every bin but the one nearest their peak.
        let first = (left.ceil() as usize).min(peak.round() as usize);
        let last = (right.floor() as usize)
            .max(peak.round() as usize)
            .min(BINS - 1);
        let weights: Vec<f32> = (first..=last).map(|bin| weight(bin).max(0.05)).collect();
        let sum: f32 = weights.iter().sum();
        let mut weights: Vec<f32> = weights.iter().map(|w| w / sum).collect();
        weights.resize(weights.len().next_multiple_of(8), 0.0);
        (first, weights)
    });
    Triangles {
        first: std::array::from_fn(|n| rows[n].0),
        weights: rows.map(|row| row.1.as_chunks::<8>().0.to_vec()),
    }
});

/// Mean power of each band.
#[inline(always)]
pub(super) fn bands<S: Simd>(simd: S, spectrum: &[f32; ROOM]) -> [f32; BANDS] {
    let Triangles { first, weights } = &*TRIANGLES;
    let mut bands = [0.0; BANDS];
    for ((band, first), weights) in bands.iter_mut().zip(first).zip(weights) {
        *band = {
            let weights = weights.as_flattened();
            dot(simd, &spectrum[*first..*first + weights.len()], weights)
        };
    }
    bands
}

/// Centre of gravity of the bands' powers, 0 for all in the lowest to 1 for all in the highest.
#[inline(always)]
pub(super) fn brightness(bands: &[f32; BANDS]) -> f32 {
    let (mut sum, mut moment) = (1e-20f32, 0.0);
    for (band, power) in bands.iter().enumerate() {
        sum += power;
        moment += power * band as f32;
    }
    (moment / (sum * (BANDS - 1) as f32)).min(1.0)
}
