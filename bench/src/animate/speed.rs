//! How many streams one core carries, features included.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use visavis_animate::{Animator, Options, opus::OggOpusDecoder};

use crate::{
    Failure,
    animate::{head_audio, system::System},
    figures::{Durations, us},
    install::Cache,
    options, server, speech,
};

/// Streams that take turns, so that none finds its state in the nearest cache.
const STREAMS: usize = 500;

/// Chunks by their names and samples.
const CHUNKS: [(&str, usize); 3] = [("10 ms", 160), ("40 ms", 640), ("100 ms", 1600)];

/// One line of the table.
pub(super) struct Speed {
    system: System,
    streams: usize,
    chunk: String,
    /// Median and 99th percentile of the time that a chunk takes.
    times: Option<[Duration; 2]>,
    streams_per_core: f64,
    state_bytes: Option<usize>,
}

pub(super) fn measure(cache: &Cache, options: &options::Options) -> Result<Vec<Speed>, Failure> {
    server::pin(std::process::id(), options.load_core)?;
    let audio = speech::synthesize(8);
    let own = System::Visavis(Options::default().lookahead);
    let wanted = options::chosen(&options.systems, &System::ALL.map(System::name))?;
    let mut lines = Vec::new();
    if wanted.contains(&own.name()) {
        for (chunk, samples) in CHUNKS {
            lines.push(alone(own, chunk, samples, &audio)?);
        }
        match opus(&audio)? {
            Some(share) => eprintln!(
                "decoding Ogg Opus (opusenc at 64 kbit/s) takes {:.2} % of a core per stream",
                100.0 * share
            ),
            None => eprintln!("Ogg Opus was not measured: 'apt-get install opus-tools'"),
        }
    }
    if wanted.contains(&System::HeadAudio.name()) {
        lines.push(Speed {
            system: System::HeadAudio,
            streams: 1,
            chunk: "128 samples".to_owned(),
            times: None,
            streams_per_core: head_audio::speed(&audio, cache)?,
            state_bytes: None,
        });
    }
    Ok(lines)
}

impl Speed {
    pub(super) fn cells(&self) -> [String; 7] {
        let missing = || "–".to_owned();
        let time = |n: usize| self.times.map_or_else(missing, |times| us(times[n]));
        [
            self.system.title().to_owned(),
            self.streams.to_string(),
            self.chunk.clone(),
            time(0),
            time(1),
            format!("{:.0}", self.streams_per_core),
            self.state_bytes
                .map_or_else(missing, |bytes| format!("{bytes} bytes")),
        ]
    }

    pub(super) fn json(&self) -> BTreeMap<&'static str, Value> {
        let time = |n: usize| self.times.map(|times| times[n].as_secs_f64() * 1e6);
        BTreeMap::from([
            ("system", json!(self.system.name())),
            ("streams", json!(self.streams)),
            ("chunk", json!(self.chunk)),
            ("p50_us", json!(time(0))),
            ("p99_us", json!(time(1))),
            ("streams_per_core", json!(self.streams_per_core)),
            ("state_bytes", json!(self.state_bytes)),
        ])
    }
}

/// Every stream by itself, in turn, chunk by chunk.
fn alone(system: System, chunk: &str, samples: usize, audio: &[i16]) -> Result<Speed, Failure> {
    let mut streams = Vec::new();
    for seed in 0..STREAMS as u64 {
        let options = Options {
            seed,
            ..Options::default()
        };
        streams.push(Animator::new(speech::RATE, &options).map_err(|error| error.to_string())?);
    }
    let state_bytes = streams.first().map(Animator::state_bytes);
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
    let heard = durations.len() as f64 * samples as f64 / f64::from(speech::RATE);
    let durations = Durations::from(durations);
    Ok(Speed {
        system,
        streams: STREAMS,
        chunk: chunk.to_owned(),
        times: Some([durations.percentile(0.5), durations.percentile(0.99)]),
        streams_per_core: heard / spent.as_secs_f64(),
        state_bytes,
    })
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
