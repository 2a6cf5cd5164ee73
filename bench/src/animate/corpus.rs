//! What is spoken, kept in `bench/.cache/animate`.

use std::{fs, path::Path};

use visavis_animate::score::Labels;

use crate::{
    Failure,
    animate::{
        audio::{self, RATE},
        voice::Voice,
    },
    install::Cache,
};

/// A sentence of a voice.
#[derive(Clone)]
pub(super) struct Utterance {
    /// Mono at [`RATE`].
    pub(super) samples: Vec<i16>,
    pub(super) labels: Labels,
}

impl Utterance {
    /// Frames of 10 ms, the last one begun.
    pub(super) fn frames(&self) -> usize {
        self.samples.len().div_ceil(RATE as usize / 100)
    }
}

/// What it was made with: a change of one of them makes it anew.
const STAMP: &str = "made-of.txt";

/// Every sentence of the file, at `pace` times the usual speed.
pub(super) fn speak(
    voice: Voice,
    pace: f64,
    sentences: &Path,
    cache: &Cache,
) -> Result<Vec<Utterance>, Failure> {
    let text = fs::read_to_string(sentences)
        .map_err(|error| format!("{}: {error}", sentences.display()))?;
    let sentences: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if sentences.is_empty() {
        return Err("there are no sentences to speak".into());
    }
    let folder = cache
        .folder
        .join("animate")
        .join(format!("{}-{pace}", voice.name()));
    let stamp = format!("{voice:?} at {pace}\n{text}");
    if !fs::read_to_string(folder.join(STAMP)).is_ok_and(|made_of| made_of == stamp) {
        eprintln!("{} speaks {} sentences", voice.name(), sentences.len());
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        voice.speak(&sentences, 1.0 / pace, &folder)?;
        fs::write(folder.join(STAMP), stamp)?;
    }
    (0..sentences.len()).map(|n| load(&folder, n)).collect()
}

fn load(folder: &Path, n: usize) -> Result<Utterance, Failure> {
    let file = folder.join(format!("{n:03}.lab"));
    let labels = fs::read_to_string(&file)?;
    let labels = labels
        .parse()
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let samples = audio::read(&file.with_extension("wav"))?;
    Ok(Utterance { samples, labels })
}
