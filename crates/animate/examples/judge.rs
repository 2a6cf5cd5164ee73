//! Tells how well the engine hears files with known phones: `cargo run --release --example judge NAME=VALUE... < pairs`.
//!
//! Reads lines `WAV<tab>LABELS` from standard input. `lookahead=20`, `40` or `80` chooses the head; any other name is
//! one of the decoder's thresholds, so that a program can tune them. Never tune on voices that are held out.

use std::fs::File;
use std::io::{BufReader, stdin};

use visavis_animate::probe::Thresholds;
use visavis_animate::score::{Guess, Labels, Score};
use visavis_animate::{Animator, Insight, Lookahead, Options, wav};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let options = options(std::env::args().skip(1))?;
    let mut score = Score::default();
    for line in stdin().lines() {
        let line = line?;
        let (sound, labels) = line.split_once('\t').ok_or("a line is WAV<tab>LABELS")?;
        let labels: Labels = std::fs::read_to_string(labels)?.parse()?;
        score.add(&labels, &guesses(sound, &options)?);
    }
    println!("{}", score.report().json());
    Ok(())
}

fn options(words: impl Iterator<Item = String>) -> Result<Options, Failure> {
    let mut options = Options::default();
    for word in words {
        let (name, value) = word.split_once('=').ok_or("an argument is NAME=VALUE")?;
        match (name, value) {
            ("lookahead", "20") => options.lookahead = Lookahead::Ms20,
            ("lookahead", "40") => options.lookahead = Lookahead::Ms40,
            ("lookahead", "80") => options.lookahead = Lookahead::Ms80,
            _ if options.thresholds.set(name, value.parse()?) => {}
            _ => {
                return Err(format!("no {name}; there are {}", Thresholds::NAMES.join(" ")).into());
            }
        }
    }
    Ok(options)
}

fn guesses(path: &str, options: &Options) -> Result<Vec<Guess>, Failure> {
    let (rate, samples) = wav::read(BufReader::new(File::open(path)?))?;
    let mut animator = Animator::new(rate, options)?;
    let (mut frames, mut guesses) = (Vec::new(), Vec::new());
    let mut observe = |insight: &Insight| guesses.push(Guess::from(insight));
    animator.push_observed(&samples, &mut frames, &mut observe);
    animator.finish_observed(&mut frames, &mut observe);
    Ok(guesses)
}
