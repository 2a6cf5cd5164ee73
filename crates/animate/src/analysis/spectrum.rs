//! Power spectrum of one window.
//!
//! The transform is our own because the fast public ones choose their kernels by processor, with
//! fused multiplication on some: frames would then differ in their last bits from machine to machine.

use std::sync::LazyLock;

use super::WINDOW;
use crate::math::{cos, sin};

/// Transform length; a bin is 31.25 Hz wide.
pub(super) const LENGTH: usize = 512;
/// Bins from 0 Hz to 8 kHz, both included.
pub(super) const BINS: usize = LENGTH / 2 + 1;
/// Bins, filled up with zeros so that a band can be read in whole registers.
pub(super) const ROOM: usize = BINS + 7;
const HALF: usize = LENGTH / 2;

struct Tables {
    hann: [f32; WINDOW],
    /// `e^(-2 pi i k / 256)`, real and imaginary.
    twiddle: [[f32; HALF]; 2],
    /// `e^(-2 pi i k / 512)`, which untangles the spectrum of real input.
    untangle: [[f32; HALF]; 2],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let tau = std::f64::consts::TAU;
    let circle = |length: usize| {
        let angle = |k: usize| tau * k as f64 / length as f64;
        [
            std::array::from_fn(|k| cos(angle(k)) as f32),
            std::array::from_fn(|k| -sin(angle(k)) as f32),
        ]
    };
    Tables {
        hann: std::array::from_fn(|n| {
            (0.5 - 0.5 * cos(tau * (n as f64 + 0.5) / WINDOW as f64)) as f32
        }),
        twiddle: circle(HALF),
        untangle: circle(LENGTH),
    }
});

/// Power per bin of the Hann-windowed samples, `mean` removed, scaled so that the sum over all
/// bins is about the mean power of the signal.
#[inline(always)]
pub(super) fn power(window: &[f32; WINDOW], mean: f32) -> [f32; ROOM] {
    let tables = &*TABLES;
    // Even samples are the real part, odd ones the imaginary: one half-length transform does both.
    let (mut re, mut im) = ([0.0f32; HALF], [0.0f32; HALF]);
    for (n, (samples, hann)) in window
        .chunks_exact(2)
        .zip(tables.hann.chunks_exact(2))
        .enumerate()
    {
        re[n] = (samples[0] - mean) * hann[0];
        im[n] = (samples[1] - mean) * hann[1];
    }
    transform(&mut re, &mut im, &tables.twiddle);

    // Both halves of the spectrum, over the window's energy.
    let scale = 2.0 / (0.375 * WINDOW as f32 * LENGTH as f32);
    let mut out = [0.0f32; ROOM];
    out[0] = (re[0] + im[0]) * (re[0] + im[0]) * scale * 0.5;
    out[HALF] = (re[0] - im[0]) * (re[0] - im[0]) * scale * 0.5;
    for k in 1..HALF {
        let (ar, ai, br, bi) = (re[k], im[k], re[HALF - k], -im[HALF - k]);
        let (er, ei) = (0.5 * (ar + br), 0.5 * (ai + bi));
        let (or, oi) = (0.5 * (ai - bi), -0.5 * (ar - br));
        let (wr, wi) = (tables.untangle[0][k], tables.untangle[1][k]);
        let (xr, xi) = (er + or * wr - oi * wi, ei + or * wi + oi * wr);
        out[k] = (xr * xr + xi * xi) * scale;
    }
    out
}

/// Complex transform of 256 points in place: four radix-4 Stockham stages.
#[inline(always)]
fn transform(re: &mut [f32; HALF], im: &mut [f32; HALF], twiddle: &[[f32; HALF]; 2]) {
    let (mut other_re, mut other_im) = ([0.0f32; HALF], [0.0f32; HALF]);
    stage::<64, 1>(re, im, &mut other_re, &mut other_im, twiddle);
    stage::<16, 4>(&other_re, &other_im, re, im, twiddle);
    stage::<4, 16>(re, im, &mut other_re, &mut other_im, twiddle);
    stage::<1, 64>(&other_re, &other_im, re, im, twiddle);
}

/// One stage: `GROUPS` butterflies of four, each over `STRIDE` neighbouring points.
#[inline(always)]
fn stage<const GROUPS: usize, const STRIDE: usize>(
    re: &[f32; HALF],
    im: &[f32; HALF],
    out_re: &mut [f32; HALF],
    out_im: &mut [f32; HALF],
    twiddle: &[[f32; HALF]; 2],
) {
    const QUARTER: usize = HALF / 4;
    for group in 0..GROUPS {
        let turn = |times: usize| {
            let k = group * times * STRIDE;
            (twiddle[0][k], twiddle[1][k])
        };
        let ((w1r, w1i), (w2r, w2i), (w3r, w3i)) = (turn(1), turn(2), turn(3));
        let from = group * STRIDE;
        let to = 4 * from;
        let read = |quarter: usize| from + quarter * QUARTER..from + quarter * QUARTER + STRIDE;
        let (ar, br, cr, dr) = (&re[read(0)], &re[read(1)], &re[read(2)], &re[read(3)]);
        let (ai, bi, ci, di) = (&im[read(0)], &im[read(1)], &im[read(2)], &im[read(3)]);
        let (out_re, out_im) = (
            &mut out_re[to..to + 4 * STRIDE],
            &mut out_im[to..to + 4 * STRIDE],
        );
        for q in 0..STRIDE {
            let (apcr, apci) = (ar[q] + cr[q], ai[q] + ci[q]);
            let (amcr, amci) = (ar[q] - cr[q], ai[q] - ci[q]);
            let (bpdr, bpdi) = (br[q] + dr[q], bi[q] + di[q]);
            // (b - d) turned by +90 degrees.
            let (jr, ji) = (-(bi[q] - di[q]), br[q] - dr[q]);
            out_re[q] = apcr + bpdr;
            out_im[q] = apci + bpdi;
            let (xr, xi) = (amcr - jr, amci - ji);
            out_re[q + STRIDE] = xr * w1r - xi * w1i;
            out_im[q + STRIDE] = xr * w1i + xi * w1r;
            let (xr, xi) = (apcr - bpdr, apci - bpdi);
            out_re[q + 2 * STRIDE] = xr * w2r - xi * w2i;
            out_im[q + 2 * STRIDE] = xr * w2i + xi * w2r;
            let (xr, xi) = (amcr + jr, amci + ji);
            out_re[q + 3 * STRIDE] = xr * w3r - xi * w3i;
            out_im[q + 3 * STRIDE] = xr * w3i + xi * w3r;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_definition() {
        let window: [f32; WINDOW] =
            std::array::from_fn(|n| ((n * n * 7 + n * 13) % 101) as f32 / 101.0 - 0.5);
        let spectrum = power(&window, 0.0);
        for (k, measured) in spectrum[..BINS].iter().enumerate() {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, sample) in window.iter().enumerate() {
                let value = f64::from(*sample) * f64::from(TABLES.hann[n]);
                let angle = std::f64::consts::TAU * (k * n) as f64 / LENGTH as f64;
                re += value * angle.cos();
                im -= value * angle.sin();
            }
            let edge = if k == 0 || k == HALF { 0.5 } else { 1.0 };
            let expected =
                edge * (re * re + im * im) * 2.0 / (0.375 * WINDOW as f64 * LENGTH as f64);
            assert!(
                (f64::from(*measured) - expected).abs() < 1e-5 * (1.0 + expected),
                "bin {k}"
            );
        }
    }
}
