//! `visavis speak`: one avatar session, from a file to a moving face.

mod input;
mod output;
mod pace;

use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, Instant};

use serde_json::json;
use visavis_client::avatar::{Animation, Client, Event, Events, Session};

use super::Failure;
use super::out::{Paint, print, print_json};
use super::progress::Progress;
use input::Speech;
use output::Frames;

/// How long the server may take between the last audio and the end of the motion.
const PATIENCE: Duration = Duration::from_secs(30);

/// Speak a file through an avatar, and write what came back
///
/// Opens one session with the Rust SDK, streams the speech, and reports how soon and how much motion came back.
/// Frames go to --out, or to standard output when that is not a terminal.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis speak hello.wav
  visavis speak hello.wav --fast --out face.jsonl
  visavis speak hello.wav --avatar otto | head -1
  visavis speak --opus-file hello.ogg --json
  espeak-ng --stdout 'Hello there' | visavis speak -

A failure made on purpose, on a dev server:
  visavis speak hello.wav --avatar fault:creditsExhausted")]
pub(crate) struct Args {
    /// A WAV file, or - for standard input
    #[arg(required_unless_present = "opus_file")]
    file: Option<PathBuf>,
    /// Send this Ogg Opus file as it is, instead of a WAV file
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    opus_file: Option<PathBuf>,
    /// The server's root
    #[arg(
        long,
        value_name = "URL",
        env = "VISAVIS_SERVER",
        default_value = "http://127.0.0.1:7400"
    )]
    server: String,
    /// The API key of the app
    #[arg(
        long,
        value_name = "KEY",
        env = "VISAVIS_API_KEY",
        default_value = "dev-key",
        hide_env_values = true
    )]
    api_key: String,
    /// The app
    #[arg(
        long,
        value_name = "APP",
        env = "VISAVIS_APP_ID",
        default_value = "dev-app"
    )]
    app: String,
    /// The avatar that speaks
    #[arg(
        long,
        value_name = "AVATAR",
        env = "VISAVIS_AVATAR_ID",
        default_value = "vera"
    )]
    avatar: String,
    /// Write the frames to this file, one JSON object a line; - is standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Send at the pace of speech, as a live agent does; the default
    #[arg(long)]
    realtime: bool,
    /// Send as fast as the server takes it
    #[arg(long, conflicts_with = "realtime")]
    fast: bool,
    /// Authenticate in the query instead of headers
    #[arg(long)]
    query_auth: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let speech = match (&args.opus_file, &args.file) {
        (Some(path), _) => Speech::opus(path)?,
        (None, Some(path)) => Speech::wav(path)?,
        (None, None) => return Err(Failure::text("name a WAV file")),
    };
    let mut frames = Frames::open(args.out.as_deref(), args.json)?;
    let client = Client::builder()
        .server(&args.server)
        .api_key(args.api_key.as_str())
        .app_id(&args.app)
        .avatar_id(&args.avatar)
        .build()?;
    let mut builder = speech.configure(client.session());
    if args.query_auth {
        builder = builder.query_auth();
    }
    let (session, mut events) = tokio::select! {
        opened = builder.open() => opened?,
        _ = tokio::signal::ctrl_c() => return Err(Failure::Interrupted),
    };
    let progress = Progress::new(speech.duration);
    let mut report = Report::new(&session, speech.duration);
    let mut on_motion = |animation: &Animation| {
        report.add(animation);
        progress.show(report.at, &report.so_far());
        frames.write(animation)
    };
    let spoken = tokio::select! {
        spoken = converse(&session, &mut events, &speech, !args.fast, &mut on_motion) => spoken,
        _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
    };
    progress.clear();
    if let Err(failure) = spoken {
        if matches!(failure, Failure::Interrupted) {
            // Nothing may have been sent yet.
            let _ = session.interrupt().await;
        }
        let _ = session.close().await;
        return Err(failure);
    }
    session.close().await?;
    frames.finish()?;
    report.print(args.json, frames.on_stdout())
}

/// Sends the speech and hands on the motion, until the last of it.
async fn converse(
    session: &Session,
    events: &mut Events,
    speech: &Speech,
    realtime: bool,
    on_motion: &mut impl FnMut(&Animation) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut sending = pin!(pace::send(session, speech, realtime));
    let mut sent = false;
    loop {
        let patience = if sent { PATIENCE } else { Duration::MAX };
        let event = tokio::select! {
            // The error that ends a session comes as an event, with all that is known.
            _ = &mut sending, if !sent => {
                sent = true;
                continue;
            }
            event = tokio::time::timeout(patience, events.next()) => event,
        };
        let Ok(event) = event else {
            let waited_s = PATIENCE.as_secs();
            return Err(Failure::text(format!(
                "the server sent no more motion for {waited_s} s"
            )));
        };
        match event {
            Some(Event::Animation(animation)) => {
                on_motion(&animation)?;
                if animation.end {
                    return Ok(());
                }
            }
            Some(Event::Error(error)) => return Err(error.into()),
            Some(Event::Closed(_)) | None => {
                return Err(Failure::text(
                    "the server closed the session before the motion ended",
                ));
            }
            Some(_) => {}
        }
    }
}

/// What came back so far.
struct Report {
    begun: Instant,
    duration: Duration,
    connection_id: String,
    req_id: String,
    frames: usize,
    at: Duration,
    first_frame: Option<Duration>,
}

impl Report {
    fn new(session: &Session, duration: Duration) -> Self {
        Self {
            begun: Instant::now(),
            duration,
            connection_id: session.connection_id().into(),
            req_id: String::new(),
            frames: 0,
            at: Duration::ZERO,
            first_frame: None,
        }
    }

    fn add(&mut self, animation: &Animation) {
        self.req_id.clone_from(&animation.req_id);
        self.frames += animation.frames.len().max(animation.flame.len());
        if self.frames > 0 {
            self.first_frame.get_or_insert_with(|| self.begun.elapsed());
        }
        if let Some(last) = animation.frames.last() {
            self.at = last.time;
        }
    }

    fn so_far(&self) -> String {
        format!(
            "{} frames, first after {} ms",
            self.frames,
            self.first_frame_ms().unwrap_or(0)
        )
    }

    fn first_frame_ms(&self) -> Option<u128> {
        self.first_frame.map(|time| time.as_millis())
    }

    fn print(&self, json: bool, frames_on_stdout: bool) -> Result<(), Failure> {
        let (spoken_s, took_s) = (
            self.duration.as_secs_f64(),
            self.begun.elapsed().as_secs_f64(),
        );
        if json {
            let summary = json!({
                "durationS": spoken_s,
                "tookS": took_s,
                "frames": self.frames,
                "firstFrameMs": self.first_frame_ms().map(|ms| ms as u64),
                "connectionId": self.connection_id,
                "reqId": self.req_id,
            });
            return print_json(&summary);
        }
        let first = self
            .first_frame_ms()
            .map_or_else(|| "none".into(), |ms| format!("after {ms} ms"));
        let line = format!(
            "spoke {spoken_s:.2} s in {took_s:.2} s: {} frames, the first {first}; connection {}",
            self.frames, self.connection_id
        );
        if frames_on_stdout {
            eprintln!("{}", Paint::stderr().green(&line));
            return Ok(());
        }
        print(&format!("{}\n", Paint::stdout().green(&line)))
    }
}
