//! What is done to the sound before anybody hears it.

use std::{fs, path::Path, process::Command};

use visavis_animate::Phone;

use crate::{
    Failure,
    animate::{
        audio::{self, RATE},
        corpus::Utterance,
        noise::Noise,
    },
    install::{self, Cache},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Clean,
    Babble20,
    Babble10,
    Music10,
    Opus16,
    Narrow,
    Slow,
    Fast,
}

impl Condition {
    pub(super) const ALL: [Self; 8] = [
        Self::Clean,
        Self::Babble20,
        Self::Babble10,
        Self::Music10,
        Self::Opus16,
        Self::Narrow,
        Self::Slow,
        Self::Fast,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Babble20 => "babble-20",
            Self::Babble10 => "babble-10",
            Self::Music10 => "music-10",
            Self::Opus16 => "opus-16",
            Self::Narrow => "8-khz",
            Self::Slow => "slow",
            Self::Fast => "fast",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Babble20 => "babble, 20 dB",
            Self::Babble10 => "babble, 10 dB",
            Self::Music10 => "music, 10 dB",
            Self::Opus16 => "Opus, 16 kbit/s",
            Self::Narrow => "8 kHz",
            Self::Slow => "speed × 0.8",
            Self::Fast => "speed × 1.2",
        }
    }

    /// How fast is spoken: the synthesizer does it itself, so its labels stay exact.
    pub(super) fn pace(self) -> f64 {
        match self {
            Self::Slow => 0.8,
            Self::Fast => 1.2,
            Self::Clean
            | Self::Babble20
            | Self::Babble10
            | Self::Music10
            | Self::Opus16
            | Self::Narrow => 1.0,
        }
    }

    pub(super) fn apply(
        self,
        mut utterances: Vec<Utterance>,
        noise: &Noise,
        cache: &Cache,
    ) -> Result<Vec<Utterance>, Failure> {
        let mut from = 0;
        for utterance in &mut utterances {
            let length = utterance.samples.len();
            utterance.samples = match self {
                Self::Clean | Self::Slow | Self::Fast => continue,
                Self::Babble20 => mix(utterance, &noise.babble, from, 20.0),
                Self::Babble10 => mix(utterance, &noise.babble, from, 10.0),
                Self::Music10 => mix(utterance, &noise.music, from, 10.0),
                Self::Opus16 => opus(&utterance.samples, &cache.folder.join("animate"))?,
                Self::Narrow => {
                    let narrow = audio::resample(&utterance.samples, RATE, RATE / 2);
                    audio::resample(&narrow, RATE / 2, RATE)
                }
            };
            utterance.samples.resize(length, 0);
            from += length;
        }
        Ok(utterances)
    }
}

/// Speech with noise from `from` on, so many decibels below what is spoken (silence apart); softer where it would clip.
fn mix(utterance: &Utterance, noise: &[f64], from: usize, snr_db: f64) -> Vec<i16> {
    let time_us = |n: usize| n as u64 * 1_000_000 / u64::from(RATE);
    let spoken = (0..)
        .zip(&utterance.samples)
        .filter(|(n, _)| utterance.labels.at(time_us(*n)) != Phone::Sil);
    let power = audio::power(spoken.map(|(_, sample)| f64::from(*sample)));
    let scale = (power / 10f64.powf(snr_db / 10.0)).sqrt();
    let noise = noise.iter().cycle().skip(from % noise.len());
    let mixed: Vec<f64> = utterance
        .samples
        .iter()
        .zip(noise)
        .map(|(sample, noise)| f64::from(*sample) + scale * noise)
        .collect();
    let peak = mixed
        .iter()
        .fold(0.0f64, |peak, sample| peak.max(sample.abs()));
    let fit = (32_000.0 / peak.max(1.0)).min(1.0);
    mixed
        .iter()
        .map(|sample| (fit * sample).round() as i16)
        .collect()
}

/// There and back again.
fn opus(samples: &[i16], folder: &Path) -> Result<Vec<i16>, Failure> {
    let encoder = install::present("opusenc", "opus-tools")?;
    let decoder = install::present("opusdec", "opus-tools")?;
    let [plain, packed, back] =
        ["plain.wav", "packed.opus", "back.wav"].map(|name| folder.join(name));
    fs::write(&plain, audio::wav_bytes(samples))?;
    let mut encode = Command::new(encoder);
    encode
        .args(["--quiet", "--bitrate", "16"])
        .arg(&plain)
        .arg(&packed);
    let mut decode = Command::new(decoder);
    decode
        .args(["--quiet", "--no-dither", "--rate", "16000"])
        .arg(&packed)
        .arg(&back);
    for mut command in [encode, decode] {
        let output = command.output()?;
        if !output.status.success() {
            return Err(format!("opus-tools: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    audio::read(&back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_lies_so_far_below_what_is_spoken() {
        let utterance = Utterance {
            // Half a second of silence, then of a square wave.
            samples: (0..16_000)
                .map(|n| if n < 8000 { 0 } else { 1000 })
                .collect(),
            labels: "pau:0.5 aa:1.0".parse().unwrap(),
        };
        let noise: Vec<f64> = (0..100)
            .map(|n| if n % 2 == 0 { 1.0 } else { -1.0 })
            .collect();
        let mixed = mix(&utterance, &noise, 1, 20.0);
        assert_eq!((mixed[0], mixed[1], mixed[8000]), (-100, 100, 900));
        let loud = mix(&utterance, &noise, 0, -40.0);
        assert_eq!(loud.iter().max(), Some(&32_000));
    }
}
