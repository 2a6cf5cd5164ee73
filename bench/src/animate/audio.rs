//! Sound files, rates and levels.

use std::{f64::consts::PI, fs::File, io::BufReader, path::Path};

use visavis_animate::wav;

use crate::Failure;

/// Samples a second of everything that is compared.
pub(super) const RATE: u32 = 16_000;

/// A WAV file of any rate, at [`RATE`].
pub(super) fn read(file: &Path) -> Result<Vec<i16>, Failure> {
    let name = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let input = File::open(file).map_err(|error| name(&error))?;
    let (rate, samples) = wav::read(BufReader::new(input)).map_err(|error| name(&error))?;
    Ok(resample(&samples, rate, RATE))
}

/// A WAV file of one channel, 16 bits, at [`RATE`].
pub(super) fn wav_bytes(samples: &[i16]) -> Vec<u8> {
    let length = 2 * samples.len() as u32;
    let mut out = Vec::with_capacity(44 + length as usize);
    out.extend(b"RIFF");
    out.extend((36 + length).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16u32.to_le_bytes());
    out.extend([1u16, 1].map(u16::to_le_bytes).concat());
    out.extend([RATE, 2 * RATE].map(u32::to_le_bytes).concat());
    out.extend([2u16, 16].map(u16::to_le_bytes).concat());
    out.extend(b"data");
    out.extend(length.to_le_bytes());
    out.extend(crate::speech::bytes(samples));
    out
}

/// Crossings of zero of the windowed sinc on each side.
const REACH: f64 = 32.0;

/// Band-limited to 95 % of the lower rate's half, without delay.
pub(super) fn resample(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to {
        return samples.to_vec();
    }
    let step = gcd(from, to);
    let (up, down) = (u64::from(to / step), u64::from(from / step));
    let cutoff = 0.95 * (f64::from(to) / f64::from(from)).min(1.0);
    let reach = (REACH / cutoff).ceil() as i64;
    // Each phase holds the taps for the samples from `reach - 1` before the instant to `reach` after it.
    let phases: Vec<Vec<f32>> = (0..up)
        .map(|phase| {
            let into = phase as f64 / up as f64;
            let taps =
                (1 - reach..=reach).map(|n| tap(n as f64 - into, cutoff, reach as f64) as f32);
            taps.collect()
        })
        .collect();
    let count = (samples.len() as u64 * up).div_ceil(down);
    let out = |n: u64| {
        let at = n * down;
        let first = (at / up) as i64 + 1 - reach;
        let mut sum = 0.0;
        for (tap, n) in phases[(at % up) as usize].iter().zip(first..) {
            let sample = usize::try_from(n).ok().and_then(|n| samples.get(n));
            sum += tap * f32::from(sample.copied().unwrap_or(0));
        }
        sum.round() as i16
    };
    (0..count).map(out).collect()
}

/// A sinc under a Hann window.
fn tap(distance: f64, cutoff: f64, reach: f64) -> f64 {
    if distance.abs() >= reach {
        return 0.0;
    }
    let angle = PI * cutoff * distance;
    let sinc = if angle == 0.0 {
        1.0
    } else {
        angle.sin() / angle
    };
    cutoff * sinc * (0.5 + 0.5 * (PI * distance / reach).cos())
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Mean power of samples.
pub(super) fn power(samples: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = samples.fold((0.0, 0u64), |(sum, count), sample| {
        (sum + sample * sample, count + 1)
    });
    sum / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_keeps_its_place_and_level_at_another_rate() {
        let tone = |rate: u32| -> Vec<i16> {
            let sample = |n: u32| {
                (10_000.0 * (2.0 * PI * 440.0 * f64::from(n) / f64::from(rate)).sin()) as i16
            };
            (0..rate / 4).map(sample).collect()
        };
        for (from, to) in [
            (32_000, 16_000),
            (22_050, 16_000),
            (16_000, 48_000),
            (16_000, 8_000),
        ] {
            let (made, wanted) = (resample(&tone(from), from, to), tone(to));
            assert!(made.len().abs_diff(wanted.len()) <= 1);
            let worst = made.iter().zip(&wanted).skip(200).take(1000);
            let worst = worst
                .map(|(a, b)| (i32::from(*a) - i32::from(*b)).abs())
                .max();
            assert!(worst < Some(30), "{from} to {to}: {worst:?}");
        }
    }

    #[test]
    fn wav_files_are_read_as_they_were_written() {
        let samples = [0, 1, -1, i16::MAX, i16::MIN];
        let (rate, read) = wav::read(wav_bytes(&samples).as_slice()).unwrap();
        assert_eq!((rate, read.as_slice()), (RATE, samples.as_slice()));
    }
}
