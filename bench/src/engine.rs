//! The engine alone, in this process.

use std::{
    io::Write as _,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use visavis_animate::{Animator, Options, opus::OggOpusDecoder};

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
    match opus(&audio)? {
        Some(share) => println!(
            "\nDecoding Ogg Opus (opusenc at 64 kbit/s) takes {:.2} % of a core per stream.",
            100.0 * share
        ),
        None => println!("\nOgg Opus was not measured: opusenc is not installed."),
    }
    Ok(())
}

/// The share of a core that decoding one stream takes; `None` without an encoder to make the stream.
fn opus(audio: &[i16]) -> Result<Option<f64>, Failure> {
    let words = [
        "--quiet",
        "--raw",
        "--raw-rate",
        "16000",
        "--raw-chan",
        "1",
        "--bitrate",
        "64",
        "-",
        "-",
    ];
    let spawned = Command::new("opusenc")
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut encoder) = spawned else {
        return Ok(None);
    };
    let (mut input, pcm) = (encoder.stdin.take().ok_or("no pipe")?, speech::bytes(audio));
    let writing = thread::spawn(move || input.write_all(&pcm));
    let stream = encoder.wait_with_output()?.stdout;
    writing
        .join()
        .map_err(|_| "the writer of the encoder stopped")??;
    let mut decoder = OggOpusDecoder::new();
    let mut samples = Vec::new();
    let began = Instant::now();
    decoder
        .push(&stream, &mut samples)
        .map_err(|error| error.to_string())?;
    decoder.finish().map_err(|error| error.to_string())?;
    let took = began.elapsed();
    Ok(Some(
        took.as_secs_f64() / (audio.len() as f64 / f64::from(speech::RATE)),
    ))
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
