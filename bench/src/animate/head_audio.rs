//! npm `@met4citizen/headaudio`, unmodified, in Node.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
};

use visavis_animate::{Viseme, score::Guess};

use crate::{
    Failure,
    animate::{
        audio::{self, RATE},
        corpus::Utterance,
        system::Heard,
    },
    install::{self, Cache},
};

/// What browsers play at; it is made for 44.1 and 48 kHz.
const PLAYED: u32 = 48_000;

/// Its numbers of the Oculus visemes, from its README.
const VISEMES: [Viseme; 15] = [
    Viseme::Aa,
    Viseme::E,
    Viseme::I,
    Viseme::O,
    Viseme::U,
    Viseme::Pp,
    Viseme::Ss,
    Viseme::Th,
    Viseme::Dd,
    Viseme::Ff,
    Viseme::Kk,
    Viseme::Nn,
    Viseme::Rr,
    Viseme::Ch,
    Viseme::Sil,
];

/// Our program for it, beside the package.
pub(super) fn install(cache: &Cache) -> Result<PathBuf, Failure> {
    install::present("node", "nodejs npm")?;
    install::present("npm", "nodejs npm")?;
    let folder = cache.packages("headaudio", "headaudio/package.json")?;
    let program = folder.join("recognise.mjs");
    fs::copy(cache.peers.join("headaudio/recognise.mjs"), &program)?;
    Ok(program)
}

pub(super) fn hear(utterances: &[Utterance], cache: &Cache) -> Result<Vec<Heard>, Failure> {
    let sounds = utterances
        .iter()
        .map(|utterance| utterance.samples.as_slice());
    let heard = |line: &str| {
        let track: Vec<(f64, usize)> = serde_json::from_str(line)?;
        let changes = track.into_iter().map(|(seconds, viseme)| {
            let viseme = VISEMES.get(viseme).copied().unwrap_or_default();
            ((seconds * 1e6).round() as i64, Guess::from(viseme))
        });
        Ok(Heard {
            changes: changes.collect(),
            frames: Vec::new(),
        })
    };
    run("tracks", sounds, cache)?.lines().map(heard).collect()
}

/// Seconds of sound that it recognises in a second of one core.
pub(super) fn speed(samples: &[i16], cache: &Cache) -> Result<f64, Failure> {
    let (heard, spent): (f64, f64) =
        serde_json::from_str(&run("speed", [samples].into_iter(), cache)?)?;
    Ok(heard / spent)
}

/// One line of JSON per sound.
fn run<'a>(
    mode: &str,
    sounds: impl Iterator<Item = &'a [i16]>,
    cache: &Cache,
) -> Result<String, Failure> {
    let mut input = Vec::new();
    for samples in sounds {
        let samples = audio::resample(samples, RATE, PLAYED);
        input.extend(format!("{}\n", samples.len()).into_bytes());
        let floats = samples.iter().map(|sample| f32::from(*sample) / 32_768.0);
        input.extend(floats.flat_map(f32::to_le_bytes));
    }
    let mut child = Command::new("node")
        .arg(install(cache)?)
        .arg(mode)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    let writing = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("recognise.mjs failed: {}", output.status).into());
    }
    writing
        .join()
        .map_err(|_| "the writer of recognise.mjs stopped")??;
    Ok(String::from_utf8(output.stdout)?)
}
