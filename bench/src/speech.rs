//! Audio that keeps the engine as busy as speech does: a voice with moving formants, syllables and pauses.

use std::f64::consts::TAU;

pub(crate) const RATE: u32 = 16_000;

/// Samples of one chunk of 100 ms.
pub(crate) const CHUNK: usize = 1600;

/// This many seconds of it; the same every time.
pub(crate) fn synthesize(seconds: usize) -> Vec<i16> {
    synthesize_at(RATE, seconds)
}

/// The same at another rate.
pub(crate) fn synthesize_at(rate: u32, seconds: usize) -> Vec<i16> {
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    let mut phase = 0.0;
    (0..seconds * rate as usize)
        .map(|n| {
            let t = n as f64 / f64::from(rate);
            let pitch = 120.0 + 20.0 * (TAU * 0.7 * t).sin();
            phase = (phase + pitch / f64::from(rate)).fract();
            let syllable = (TAU * 2.1 * t).sin().max(0.0);
            let phrase = if t % 4.0 < 3.2 { 1.0 } else { 0.0 };
            let first = 500.0 + 250.0 * (TAU * 1.3 * t).sin();
            let second = 1500.0 + 600.0 * (TAU * 0.9 * t).sin();
            let voice = (-8.0 * phase).exp()
                * ((TAU * first * phase / pitch).cos()
                    + 0.5 * (TAU * second * phase / pitch).cos());
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            let hiss = (noise >> 40) as f64 / f64::from(1 << 24) - 0.5;
            ((voice * syllable + 0.1 * hiss) * phrase * 9000.0) as i16
        })
        .collect()
}

/// As the wire carries it: 16-bit little endian.
pub(crate) fn bytes(samples: &[i16]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}
