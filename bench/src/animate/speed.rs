//! How many streams one core carries, features included.

use std::{
    io::Write as _,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use visavis_animate::{Options, opus::OggOpusDecoder};

use crate::{
    Failure,
    animate::{
        head_audio,
        streams::{Feed, Measured},
        system::System,
    },
    figures::us,
    install::{self, Cache},
    options, server, speech,
};

/// Samples per second, milliseconds per chunk, streams per call.
const FEEDS: [(u32, u32, Option<usize>); 11] = [
    (16_000, 10, None),
    (16_000, 20, None),
    (16_000, 40, None),
    (16_000, 100, None),
    (16_000, 20, Some(8)),
    (16_000, 40, Some(8)),
    (16_000, 100, Some(8)),
    (16_000, 20, Some(32)),
    (16_000, 40, Some(32)),
    (16_000, 100, Some(32)),
    (24_000, 40, Some(32)),
];

/// The table, and what else was found out.
#[derive(Default)]
pub(super) struct Speeds {
    pub(super) lines: Vec<Speed>,
    /// What other programs took of the machine meanwhile, in shares of one core.
    pub(super) other_work: f64,
    /// What decoding a stream takes, in shares of one core.
    pub(super) opus: Option<f64>,
    /// Seconds of sound that HeadAudio works off in a second.
    pub(super) head_audio: Option<f64>,
}

/// One line of the table.
pub(super) struct Speed {
    feed: Feed,
    measured: Measured,
}

pub(super) fn measure(cache: &Cache, options: &options::Options) -> Result<Speeds, Failure> {
    server::pin(std::process::id(), options.load_core)?;
    let wanted = options::chosen(&options.systems, &System::ALL.map(System::name))?;
    let own = System::Visavis(Options::default().lookahead);
    let mut speeds = Speeds::default();
    if wanted.contains(&own.name()) {
        let (began, all, ours) = (Instant::now(), server::cpu_of_all()?, own_cpu()?);
        for (rate, chunk_ms, together) in FEEDS {
            let feed = Feed {
                rate,
                chunk_ms,
                together,
            };
            eprintln!("speed of {}", feed.title());
            let measured = feed.measure()?;
            speeds.lines.push(Speed { feed, measured });
        }
        let other = (server::cpu_of_all()? - all).saturating_sub(own_cpu()? - ours);
        speeds.other_work = other.as_secs_f64() / began.elapsed().as_secs_f64();
        speeds.opus = Some(opus(&speech::synthesize(30))?);
    }
    if wanted.contains(&System::HeadAudio.name()) {
        speeds.head_audio = Some(head_audio::speed(&speech::synthesize(30), cache)?);
    }
    Ok(speeds)
}

fn own_cpu() -> Result<Duration, Failure> {
    server::cpu_of(std::process::id())
}

impl Speeds {
    /// The cells of each row; `COLUMNS` are their names.
    pub(super) fn rows(&self) -> Vec<[String; 10]> {
        let own = self.lines.iter().map(|line| line.cells(self.head_audio));
        own.chain(self.head_audio.map(peer)).collect()
    }

    pub(super) const COLUMNS: [&str; 10] = [
        "system",
        "sound",
        "streams in one call",
        "one call, p50",
        "p99",
        "per stream and 10 ms, p50",
        "p99",
        "real-time streams per core",
        "against HeadAudio",
        "memory per stream",
    ];

    pub(super) fn json(&self) -> Value {
        json!({
            "lines": self.lines.iter().map(Speed::json).collect::<Vec<_>>(),
            "other_work": self.other_work,
            "opus": self.opus,
            "headaudio_streams_per_core": self.head_audio,
        })
    }
}

impl Feed {
    fn title(self) -> String {
        format!("{} kHz, {} ms", self.rate / 1000, self.chunk_ms)
    }
}

impl Speed {
    fn cells(&self, head_audio: Option<f64>) -> [String; 10] {
        let Self { feed, measured } = self;
        let call = |share| measured.calls.percentile(share);
        let hop = |share| us(call(share).div_f64(measured.hops));
        let together = match feed.together {
            None => "1".to_owned(),
            Some(count) => format!("{count}, batched"),
        };
        [
            "**visavis, 40 ms**".to_owned(),
            feed.title(),
            together,
            us(call(0.5)),
            us(call(0.99)),
            hop(0.5),
            hop(0.99),
            format!("{:.0}", measured.streams_per_core),
            head_audio.map_or_else(missing, |peer| {
                format!("× {:.1}", measured.streams_per_core / peer)
            }),
            format!("{} bytes", measured.state_bytes),
        ]
    }

    fn json(&self) -> Value {
        let Self { feed, measured } = self;
        let call = |share| measured.calls.percentile(share).as_secs_f64() * 1e6;
        json!({
            "rate": feed.rate,
            "chunk_ms": feed.chunk_ms,
            "together": feed.together,
            "streams": measured.streams,
            "call_p50_us": call(0.5),
            "call_p99_us": call(0.99),
            "hop_p50_us": call(0.5) / measured.hops,
            "hop_p99_us": call(0.99) / measured.hops,
            "streams_per_core": measured.streams_per_core,
            "state_bytes": measured.state_bytes,
        })
    }
}

fn peer(streams_per_core: f64) -> [String; 10] {
    [
        System::HeadAudio.title().to_owned(),
        "48 kHz, 128 samples".to_owned(),
        "1".to_owned(),
        missing(),
        missing(),
        missing(),
        missing(),
        format!("{streams_per_core:.0}"),
        "× 1".to_owned(),
        missing(),
    ]
}

fn missing() -> String {
    "–".to_owned()
}

/// The share of a core that decoding one stream takes.
fn opus(audio: &[i16]) -> Result<f64, Failure> {
    let mut encoder = Command::new(install::present("opusenc", "opus-tools")?)
        .args(["--quiet", "--raw", "--raw-rate", "16000", "--raw-chan", "1"])
        .args(["--bitrate", "64", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
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
    Ok(took.as_secs_f64() / (audio.len() as f64 / f64::from(speech::RATE)))
}
