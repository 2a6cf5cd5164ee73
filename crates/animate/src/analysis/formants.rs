//! Resonances of the vocal tract by linear prediction of the spectrum below 5 kHz.

use std::sync::LazyLock;

use super::spectrum::BINS;

/// Bins up to 5 kHz.
const USED: usize = 161;
/// Two poles per kilohertz and two for the tilt.
const ORDER: usize = 12;
const BIN_HERTZ: f32 = 31.25;
/// What is found where no second resonance stands out: an open, neutral tube.
const NEUTRAL: [f32; 2] = [500.0, 1500.0];

pub(super) struct Formants {
    pub(super) hertz: [f32; 2],
}

/// `cos(pi * bin * lag / 160)`, by lag.
static COSINES: LazyLock<[[f32; USED]; ORDER + 1]> = LazyLock::new(|| {
    std::array::from_fn(|lag| {
        std::array::from_fn(|bin| {
            crate::math::cos(std::f64::consts::PI * (bin * lag) as f64 / 160.0) as f32
        })
    })
});

/// Finds the first two resonances in a power spectrum.
pub(super) fn measure(spectrum: &[f32; BINS]) -> Formants {
    let cosines = &*COSINES;
    // Pre-emphasis flattens the glottal tilt, which would otherwise claim a pole for itself.
    let mut emphasised = [0.0f32; USED];
    for (bin, out) in emphasised.iter_mut().enumerate() {
        *out = spectrum[bin] * (1.94 - 1.88 * cosines[1][bin]);
    }
    let mut correlation: [f32; ORDER + 1] =
        std::array::from_fn(|lag| crate::math::dot(&emphasised, &cosines[lag]));
    correlation[0] = correlation[0] * 1.001 + 1e-12;
    let predictor = levinson(&correlation);

    // |A|^2 on the same grid, from the predictor's own correlation; its valleys are resonances.
    let own: [f32; ORDER + 1] = std::array::from_fn(|lag| {
        predictor[..=ORDER - lag]
            .iter()
            .zip(&predictor[lag..])
            .map(|(a, b)| a * b)
            .sum()
    });
    let mut inverse = [own[0]; USED];
    for lag in 1..=ORDER {
        for (out, cosine) in inverse.iter_mut().zip(&cosines[lag]) {
            *out += 2.0 * own[lag] * cosine;
        }
    }
    Formants {
        hertz: pick(&inverse),
    }
}

/// First valley between 200 and 1050 Hz, and the next one above it up to 2900 Hz.
fn pick(inverse: &[f32; USED]) -> [f32; 2] {
    let valley = |from: usize, to: usize| {
        (from..to)
            .find(|&k| inverse[k] < inverse[k - 1] && inverse[k] <= inverse[k + 1])
            .map(|k| {
                let (a, b, c) = (inverse[k - 1], inverse[k], inverse[k + 1]);
                let curve = a - 2.0 * b + c;
                let shift = if curve > 0.0 {
                    0.5 * (a - c) / curve
                } else {
                    0.0
                };
                (k, (k as f32 + shift) * BIN_HERTZ)
            })
    };
    let Some((place, first)) = valley(6, 34) else {
        return NEUTRAL;
    };
    match valley(place + 5, 93) {
        Some((_, second)) => [first, second],
        None => [first, NEUTRAL[1]],
    }
}

/// Coefficients of the prediction error filter, the first of them 1.
fn levinson(correlation: &[f32; ORDER + 1]) -> [f32; ORDER + 1] {
    let mut predictor = [0.0f32; ORDER + 1];
    predictor[0] = 1.0;
    let mut error = correlation[0];
    for order in 1..=ORDER {
        let sum: f32 = (0..order)
            .map(|k| predictor[k] * correlation[order - k])
            .sum();
        let reflection = (-sum / error).clamp(-0.9999, 0.9999);
        let previous = predictor;
        for k in 1..=order {
            predictor[k] = previous[k] + reflection * previous[order - k];
        }
        error = (error * (1.0 - reflection * reflection)).max(1e-12);
    }
    predictor
}
