//! What else is to be heard: six voices that speak of other things, and a band. The same every time.

use std::{
    f64::consts::TAU,
    fs,
    process::{Command, Stdio},
};

use crate::{
    Failure,
    animate::audio::{self, RATE},
    install::{self, Cache},
};

/// Loops of noise at [`RATE`], each of mean power one.
pub(super) struct Noise {
    pub(super) babble: Vec<f64>,
    pub(super) music: Vec<f64>,
}

/// Voices of espeak-ng.
const CROWD: [&str; 6] = [
    "en-us+m1", "en-us+f2", "en-gb+m3", "en-us+f4", "en-gb+f1", "en-us+m7",
];

impl Noise {
    pub(super) fn make(cache: &Cache) -> Result<Self, Failure> {
        Ok(Self {
            babble: babble(cache)?,
            music: music(30),
        })
    }
}

/// Everybody reads the whole text, each from another line on, equally loud.
fn babble(cache: &Cache) -> Result<Vec<f64>, Failure> {
    let program = install::present("espeak-ng", "espeak-ng")?;
    let file = cache.peers.with_file_name("sentences").join("babble.txt");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut lines: Vec<&str> = text.lines().collect();
    let folder = cache.folder.join("animate");
    fs::create_dir_all(&folder)?;
    let mut sum: Vec<f64> = Vec::new();
    for voice in CROWD {
        let wav = folder.join("babble.wav");
        let status = Command::new(&program)
            .args(["-v", voice, "-w"])
            .arg(&wav)
            .arg(lines.join("\n"))
            .stdin(Stdio::null())
            .status()?;
        if !status.success() {
            return Err(format!("espeak-ng -v {voice} failed: {status}").into());
        }
        let voice = normalise(audio::read(&wav)?.iter().map(|s| f64::from(*s)).collect());
        if sum.is_empty() {
            sum = voice;
        } else {
            sum.truncate(voice.len());
            sum.iter_mut()
                .zip(&voice)
                .for_each(|(sum, more)| *sum += more);
        }
        lines.rotate_left(1);
    }
    Ok(normalise(sum))
}

fn normalise(mut samples: Vec<f64>) -> Vec<f64> {
    let scale = audio::power(samples.iter().copied()).sqrt().max(1e-9);
    samples.iter_mut().for_each(|sample| *sample /= scale);
    samples
}

/// Chords, a bass, and drums at 112 beats a minute.
fn music(seconds: usize) -> Vec<f64> {
    /// Semitones above A2 of the chords of four bars.
    const CHORDS: [[f64; 3]; 4] = [
        [3.0, 7.0, 10.0],
        [0.0, 3.0, 7.0],
        [-4.0, 0.0, 3.0],
        [-2.0, 2.0, 5.0],
    ];
    let hertz = |semitones: f64| 110.0 * (semitones / 12.0).exp2();
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    let sample = |n: usize| {
        let t = n as f64 / f64::from(RATE);
        let beat = t * 112.0 / 60.0;
        let into = beat.fract() * 60.0 / 112.0;
        let chord = CHORDS[(beat / 4.0) as usize % 4];
        let voice = |semitones: f64, partials: u32| -> f64 {
            (1..=partials)
                .map(|k| (TAU * hertz(semitones) * f64::from(k) * t).sin() / f64::from(k))
                .sum()
        };
        let chords: f64 = chord
            .iter()
            .map(|semitones| voice(semitones + 12.0, 8))
            .sum();
        let bass = voice(chord[0] - 12.0, 4) * (-2.0 * into).exp();
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        let hiss = (noise >> 40) as f64 / f64::from(1 << 23) - 1.0;
        let kick = (TAU * 55.0 * into).sin() * (-25.0 * into).exp();
        let snare = if beat as usize % 2 == 1 {
            hiss * (-20.0 * into).exp()
        } else {
            0.0
        };
        let eighth = (2.0 * beat).fract() * 30.0 / 112.0;
        let hat = hiss * (-60.0 * eighth).exp();
        0.3 * chords + 0.8 * bass + 1.5 * kick + 0.8 * snare + 0.3 * hat
    };
    normalise((0..seconds * RATE as usize).map(sample).collect())
}
