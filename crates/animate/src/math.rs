//! Elementary functions that give the same bits on every platform.
//!
//! The system's `libm` may differ in the last bit from one platform to the next, and the
//! product promises equal frames for equal audio. Only `+ - * /` and `sqrt` are used here:
//! IEEE 754 fixes those, and Rust neither contracts nor reorders them.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8};

const LN_2: f32 = std::f32::consts::LN_2;

/// Natural logarithm of a positive number, relative error below 1e-6; tiny values are raised to 1e-30.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    let bits = x.max(1e-30).to_bits();
    let mut exponent = (bits >> 23) as i32 - 127;
    let mut mantissa = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    if mantissa > std::f32::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let z = s * s;
    let series = 1.0 + z * (1.0 / 3.0 + z * (0.2 + z * (1.0 / 7.0 + z / 9.0)));
    2.0 * s * series + exponent as f32 * LN_2
}

/// `e^x`, relative error below 1e-6, for `x` in -80..=80; values outside are clamped.
pub(crate) const fn exp(x: f32) -> f32 {
    let x = x.clamp(-80.0, 80.0);
    let n = (x * std::f32::consts::LOG2_E + 0.5).floor();
    // ln 2 in two parts keeps the remainder exact for large n.
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let p = 1.0 / 120.0 + r * (1.0 / 720.0 + r / 5040.0);
    let p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * p))));
    p * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

/// Sine of an angle in radians, error below 1e-11 for angles up to a million turns.
pub(crate) fn sin(x: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    let mut r = x - (x / TAU + 0.5).floor() * TAU;
    if r > PI / 2.0 {
        r = PI - r;
    } else if r < -PI / 2.0 {
        r = -PI - r;
    }
    let z = r * r;
    let mut term = r;
    let mut sum = r;
    for n in 1..9 {
        let n = f64::from(n);
        term *= -z / (2.0 * n * (2.0 * n + 1.0));
        sum += term;
    }
    sum
}

/// Cosine of an angle in radians, as exact as [`sin`].
pub(crate) fn cos(x: f64) -> f64 {
    sin(x + std::f64::consts::FRAC_PI_2)
}

/// Sine of an angle in turns, error below 4e-6: for slow waves that are drawn often.
pub(crate) fn wave(turns: f64) -> f32 {
    let part = (turns - (turns + 0.5).floor()) as f32;
    // From a quarter turn on, the sine comes back down.
    let part = if part > 0.25 {
        0.5 - part
    } else if part < -0.25 {
        -0.5 - part
    } else {
        part
    };
    let x = part * std::f32::consts::TAU;
    let z = x * x;
    x * (1.0 - z * (1.0 / 6.0 - z * (1.0 / 120.0 - z * (1.0 / 5040.0 - z * (1.0 / 362_880.0)))))
}

/// A power ratio in decibels.
#[inline(always)]
pub(crate) fn db(power: f32) -> f32 {
    4.342_944_8 * ln(power)
}

/// 0 below `low`, 1 above `high`, and a smooth step between them.
pub(crate) fn ramp(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Dot product of two equally long slices, in eight lanes with one fixed order of summation.
#[inline(always)]
pub(crate) fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = f32x8::splat(simd, 0.0);
    let ((a, a_tail), (b, b_tail)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a.iter().zip(b) {
        lanes += f32x8::simd_from(simd, *a) * f32x8::simd_from(simd, *b);
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    join(lanes) + tail
}

/// Sum in eight lanes with one fixed order of summation.
#[inline(always)]
pub(crate) fn sum<S: Simd>(simd: S, values: &[f32]) -> f32 {
    let mut lanes = f32x8::splat(simd, 0.0);
    let (chunks, tail) = values.as_chunks::<8>();
    for chunk in chunks {
        lanes += f32x8::simd_from(simd, *chunk);
    }
    join(lanes) + tail.iter().sum::<f32>()
}

#[inline(always)]
fn join<S: Simd>(lanes: f32x8<S>) -> f32 {
    let [a, b, c, d, e, f, g, h] = <[f32; 8]>::from(lanes);
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_the_system() {
        for i in -7000..7000 {
            let x = i as f32 * 0.01;
            assert!((exp(x) / x.exp() - 1.0).abs() < 2e-6, "exp {x}");
            let y = (0.4 * x).exp();
            assert!((ln(y) - y.ln()).abs() < 1e-5, "ln {y}");
            let angle = f64::from(i) * 0.37;
            assert!((sin(angle) - angle.sin()).abs() < 1e-10, "sin {angle}");
            assert!((cos(angle) - angle.cos()).abs() < 1e-10, "cos {angle}");
            let turned = f64::from(wave(angle)) - (angle * std::f64::consts::TAU).sin();
            assert!(turned.abs() < 4e-6, "wave {angle}");
        }
        assert!((db(100.0) - 20.0).abs() < 1e-4);
    }
}
