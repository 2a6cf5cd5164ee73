//! The engine beside other recognisers of speech, on voices whose phones are known to the millisecond.
//!
//! Synthesizers speak our own sentences and tell when each phone is spoken. The same sound, clean or with what a
//! condition does to it, goes to every system; `visavis_animate::score` compares what each makes of it.

mod audio;
mod condition;
mod corpus;
mod head_audio;
mod noise;
mod own;
mod pocket_sphinx;
mod results;
mod speed;
mod streams;
mod system;
mod voice;

use visavis_animate::score::{Curves, Score};

use condition::Condition;
use corpus::Utterance;
use noise::Noise;
use results::{Results, Row};
use system::{Heard, System};
use voice::Voice;

use crate::{
    Failure,
    install::Cache,
    options::{Options, chosen},
    server,
};

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let parts = chosen(&options.parts, &["accuracy", "speed"])?;
    let cache = Cache::open()?;
    let mut results = Results::default();
    if parts.contains(&"accuracy") {
        accuracy(options, &cache, &mut results)?;
        results.print();
    }
    if parts.contains(&"speed") {
        results.speed = speed::measure(&cache, options)?;
        results.print_speed();
    }
    if let Some(file) = &options.json {
        results.write(file, &server::processor())?;
    }
    Ok(())
}

fn accuracy(options: &Options, cache: &Cache, results: &mut Results) -> Result<(), Failure> {
    let voices = Voice::chosen(&options.voices)?;
    let conditions = chosen(&options.conditions, &Condition::ALL.map(Condition::name))?;
    let systems = systems(options)?;
    for system in &systems {
        system.check(cache)?;
    }
    let noise = Noise::make(cache)?;
    for condition in Condition::ALL {
        if !conditions.contains(&condition.name()) {
            continue;
        }
        let mut sounds = Vec::new();
        for voice in &voices {
            let spoken = corpus::speak(*voice, condition.pace(), &options.sentences, cache)?;
            sounds.push(condition.apply(spoken, &noise, cache)?);
        }
        for &system in &systems {
            let mut pooled = Pool::default();
            for (voice, utterances) in voices.iter().zip(&sounds) {
                eprintln!("{}, {}, {}", condition.name(), voice.name(), system.name());
                let heard = system.hear(utterances, cache)?;
                let (offset_us, score) = best(system, utterances, &heard);
                let mut curves = Curves::default();
                for (utterance, heard) in utterances.iter().zip(&heard) {
                    curves.add(&utterance.labels, &heard.frames);
                }
                pooled.score.merge(&score);
                pooled.curves.merge(&curves);
                results.rows.push(Row {
                    condition,
                    voice: voice.name().to_owned(),
                    system,
                    offset_us: Some(offset_us),
                    report: score.report(),
                    curves: curves.report(),
                });
            }
            if voices.len() > 1 {
                results.rows.push(Row {
                    condition,
                    voice: results::TOGETHER.to_owned(),
                    system,
                    offset_us: None,
                    report: pooled.score.report(),
                    curves: pooled.curves.report(),
                });
            }
        }
    }
    Ok(())
}

/// All voices of one system in one condition.
#[derive(Default)]
struct Pool {
    score: Score,
    curves: Curves,
}

fn systems(options: &Options) -> Result<Vec<System>, Failure> {
    let wanted = chosen(&options.systems, &System::ALL.map(System::name))?;
    let is_wanted = |system: &System| wanted.contains(&system.name());
    Ok(System::ALL.into_iter().filter(is_wanted).collect())
}

/// The score at the offset in time that is kindest to the system, and that offset.
fn best(system: System, utterances: &[Utterance], heard: &[Heard]) -> (i64, Score) {
    let mut best: Option<(i64, Score, Option<f64>)> = None;
    for &offset_us in system.offsets_us() {
        let mut score = Score::default();
        for (utterance, heard) in utterances.iter().zip(heard) {
            score.add(
                &utterance.labels,
                &heard.guesses(utterance.frames(), offset_us),
            );
        }
        let accuracy = score.report().accuracy;
        if best
            .as_ref()
            .is_none_or(|(_, _, so_far)| accuracy > *so_far)
        {
            best = Some((offset_us, score, accuracy));
        }
    }
    best.map_or_else(Default::default, |(offset_us, score, _)| (offset_us, score))
}
