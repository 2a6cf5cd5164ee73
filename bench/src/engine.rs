//! The engine alone, in this process.

use std::time::{Duration, Instant};

use visavis_animate::{Animator, Options};

use crate::{
    Failure,
    figures::{Durations, head, row, us},
    server, speech,
};

/// Streams that take turns, so that none finds its state in the nearest cache.
const STREAMS: usize = 500;

/// One analysis step of the engine: 10 ms.
const HOP: usize = 160;

pub(crate) fn run() -> Result<(), Failure> {
    let audio = speech::synthesize(8);
    println!(
        "Engine alone, {STREAMS} streams in turn, 16 kHz, on {}:\n",
        server::processor()
    );
    head(&[
        "chunk",
        "p50",
        "p99",
        "real-time streams per core",
        "memory per stream",
    ]);
    for (name, samples) in [("10 ms hop", HOP), ("100 ms chunk", speech::CHUNK)] {
        let (durations, spent) = feed(&audio, samples)?;
        let heard = Duration::from_secs_f64(
            durations.len() as f64 * samples as f64 / f64::from(speech::RATE),
        );
        row(&[
            name.to_owned(),
            us(durations.percentile(0.5)),
            us(durations.percentile(0.99)),
            format!("{:.0}", heard.as_secs_f64() / spent.as_secs_f64()),
            format!(
                "{} bytes",
                Animator::new(speech::RATE, &Options::default())
                    .map_err(|error| error.to_string())?
                    .state_bytes()
            ),
        ]);
    }
    Ok(())
}

/// Feeds every stream in turn, chunk by chunk; the time of each push, and of all.
fn feed(audio: &[i16], samples: usize) -> Result<(Durations, Duration), Failure> {
    let mut streams = Vec::new();
    for seed in 0..STREAMS as u64 {
        let options = Options {
            seed,
            ..Options::default()
        };
        streams.push(Animator::new(speech::RATE, &options).map_err(|error| error.to_string())?);
    }
    let mut frames = Vec::new();
    let mut durations = Vec::new();
    let mut spent = Duration::ZERO;
    for chunk in audio.chunks_exact(samples) {
        for stream in &mut streams {
            frames.clear();
            let began = Instant::now();
            stream.push(chunk, &mut frames);
            let took = began.elapsed();
            durations.push(took);
            spent += took;
        }
    }
    Ok((durations.into(), spent))
}
