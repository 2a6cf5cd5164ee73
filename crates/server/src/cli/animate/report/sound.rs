//! The sound of a page: 16-bit WAV, at a lower rate where the file would grow too big.

/// Highest rate that a page keeps: all that speech has.
const RATE_MAX: u32 = 24_000;
/// The same for a sound longer than [`LONG_SECONDS`].
const LONG_RATE_MAX: u32 = 16_000;
const LONG_SECONDS: u32 = 300;

/// Half the taps of the low-pass filter, in samples of the lower rate.
const REACH: usize = 8;

/// The rate that is kept and the bytes of the file, the samples from byte 44 on.
pub(super) fn wav(samples: &[i16], rate: u32) -> (u32, Vec<u8>) {
    let long = samples.len() / rate as usize > LONG_SECONDS as usize;
    let most = if long { LONG_RATE_MAX } else { RATE_MAX };
    let by = rate.div_ceil(most).max(1);
    // A rate that does not divide would shift the sound against the face.
    let by = (by..=rate).find(|by| rate.is_multiple_of(*by)).unwrap_or(1);
    let kept = if by == 1 {
        samples.to_vec()
    } else {
        thin(samples, by as usize)
    };
    let rate = rate / by;
    let data = kept.iter().flat_map(|sample| sample.to_le_bytes());
    let bytes = u32::try_from(kept.len() * 2).unwrap_or(u32::MAX);
    let mut wav = Vec::with_capacity(44 + kept.len() * 2);
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(bytes.to_le_bytes());
    wav.extend(data);
    (rate, wav)
}

/// Every `by`-th sample of the sound below half the new rate.
fn thin(samples: &[i16], by: usize) -> Vec<i16> {
    let half = REACH * by;
    let taps: Vec<f32> = (0..=2 * half)
        .map(|tap| tap_at(tap as f32 - half as f32, by))
        .collect();
    let sum: f32 = taps.iter().sum();
    let at = |centre: usize| {
        let mut out = 0.0;
        for (n, tap) in taps.iter().enumerate() {
            let sample = (centre + n)
                .checked_sub(half)
                .and_then(|place| samples.get(place));
            out += tap * f32::from(*sample.unwrap_or(&0));
        }
        (out / sum).round() as i16
    };
    (0..samples.len()).step_by(by).map(at).collect()
}

/// A windowed sine cardinal that passes nine tenths of the new band.
fn tap_at(distance: f32, by: usize) -> f32 {
    let x = std::f32::consts::PI * distance / by as f32;
    let sinc = if x == 0.0 { 0.9 } else { (0.9 * x).sin() / x };
    let window = (x / (2.0 * REACH as f32)).cos();
    sinc * window * window
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, rate: u32) -> Vec<i16> {
        let turn = std::f32::consts::TAU * hertz / rate as f32;
        (0..rate)
            .map(|n| (10_000.0 * (turn * n as f32).sin()) as i16)
            .collect()
    }

    #[test]
    fn a_high_rate_becomes_one_that_divides_it() {
        for (given, kept) in [
            (8_000, 8_000),
            (16_000, 16_000),
            (22_050, 22_050),
            (44_100, 22_050),
            (48_000, 24_000),
            (96_000, 24_000),
        ] {
            let (rate, wav) = wav(&tone(440.0, given), given);
            assert_eq!((rate, wav.len()), (kept, 44 + 2 * kept as usize));
            let (read, samples) = visavis_animate::wav::read(&wav[..]).unwrap();
            assert_eq!((read, samples.len()), (kept, kept as usize));
        }
    }

    #[test]
    fn speech_stays_and_what_cannot_be_kept_does_not_fold_back() {
        let loudest = |hertz| {
            let (_, wav) = wav(&tone(hertz, 48_000), 48_000);
            let (_, samples) = visavis_animate::wav::read(&wav[..]).unwrap();
            samples[1000..20_000]
                .iter()
                .map(|sample| sample.unsigned_abs())
                .max()
                .unwrap()
        };
        assert!((9_700..10_300).contains(&loudest(1000.0)));
        assert!(loudest(15_000.0) < 200, "{}", loudest(15_000.0));
    }
}
