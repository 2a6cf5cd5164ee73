//! Odds to shares, many at a time.

use crate::Phone;
use crate::hearing::Posterior;

/// Room for a head, filled up so that it divides into registers.
const ROOM: usize = Phone::COUNT.next_multiple_of(8);

/// Logarithms of odds as shares of 1.
#[inline(always)]
pub(super) fn softmax(odds: &[f32]) -> Posterior {
    let mut shares = [f32::MIN; ROOM];
    shares[..Phone::COUNT].copy_from_slice(&odds[..Phone::COUNT]);
    let highest = fold(&shares, f32::MIN, |a, b| if a > b { a } else { b });
    for share in &mut shares {
        *share = exp(*share - highest);
    }
    shares[Phone::COUNT..].fill(0.0);
    let whole = 1.0 / fold(&shares, 0.0, |a, b| a + b);
    std::array::from_fn(|n| shares[n] * whole)
}

/// In eight lanes with one fixed order.
#[inline(always)]
fn fold(values: &[f32; ROOM], start: f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; 8];
    for chunk in values.as_chunks::<8>().0 {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = join(*lane, *value);
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    let (left, right) = (join(join(a, e), join(c, g)), join(join(b, f), join(d, h)));
    join(left, right)
}

/// As [`crate::math::exp`] for numbers that are not positive, in a form that vectorises on every processor.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // See `quantise` for the rounding.
    const WHOLE: f32 = 12_582_912.0;
    let x = if x > -80.0 { x } else { -80.0 };
    let rounded = x * std::f32::consts::LOG2_E + WHOLE;
    let n = rounded - WHOLE;
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let p = 1.0 / 120.0 + r * (1.0 / 720.0 + r / 5040.0);
    let p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * p))));
    p * f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_the_system() {
        for n in 0..8000 {
            let x = -0.01 * n as f32;
            let expected = f64::from(x).exp();
            let error = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(error < 1e-6, "{x}: {error}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::MIN), exp(-80.0));
    }

    #[test]
    fn shares_make_one() {
        let odds: [f32; 44] = std::array::from_fn(|n| ((n * 37) % 23) as f32 - 11.0);
        let shares = softmax(&odds);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        for (a, b) in odds.iter().zip(&shares) {
            assert!(odds.iter().zip(&shares).all(|(c, d)| (a < c) == (b < d)));
        }
    }
}
