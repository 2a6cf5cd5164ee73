//! Speaks one file after another and does on every failure what the error contract says.
//!
//! ```text
//! visavis dev                                    # in another terminal
//! cargo run -p visavis-client --example resilient_client -- a.wav b.wav
//! VISAVIS_AVATAR_ID=fault:upstreamError cargo run -p visavis-client --example resilient_client -- a.wav
//! ```
//!
//! It retries what may be retried, with back-off and a budget; refreshes tokens; gives up at once on what only a
//! person can correct; and alerts on what must not keep happening. Each line that it logs has the ids to look for on
//! the server.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use visavis_client::avatar::{Client, ClientBuilder, RetryBudget, RetryPolicy, RunEvent, speech};
use visavis_client::{Advice, Error, ErrorCode};

/// How many failures of one code within [`WINDOW`] are a case for a person.
const RECURRING: usize = 3;
const WINDOW: Duration = Duration::from_secs(300);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let client = match client() {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let mut alerts = Alerts::default();
    for path in std::env::args().skip(1) {
        let done = tokio::select! {
            done = speak(&client, &path, &mut alerts) => done,
            // Dropping the run ends its session and everything that belongs to it.
            _ = tokio::signal::ctrl_c() => return ExitCode::from(130),
        };
        if let Err(error) = done {
            return give_up(&error);
        }
    }
    ExitCode::SUCCESS
}

fn client() -> Result<Client, Error> {
    ClientBuilder::from_env()
        .or_dev()
        // A token lives for ten minutes here, and is replaced before it expires.
        .token_ttl(Duration::from_secs(600))
        .retry_policy(
            RetryPolicy::default()
                .attempts_max(6)
                .cap(Duration::from_secs(10)),
        )
        // All files together may retry twenty times at once, and once more every half minute.
        .retry_budget(RetryBudget::new(20, Duration::from_secs(30)))
        .build()
}

async fn speak(client: &Client, path: &str, alerts: &mut Alerts) -> Result<(), Error> {
    let (sample_rate, samples) = match read(path) {
        Ok(read) => read,
        Err(error) => {
            log("skipped", &[("file", path), ("why", &error.to_string())]);
            return Ok(());
        }
    };
    let mut frames = 0;
    let run = client
        .session()
        .pcm(sample_rate)
        .run_with_retry(speech(&samples), |event| match event {
            RunEvent::Opened { connection_id } => {
                log("opened", &[("connection_id", &connection_id)])
            }
            RunEvent::Animation(animation) => frames += animation.frames.len(),
            RunEvent::Skipped(error) => alerts.count(&error),
            RunEvent::Retrying {
                error,
                failures,
                delay,
            } => {
                log_error("retrying", &error);
                log(
                    "waiting",
                    &[
                        ("failures", &failures.to_string()),
                        ("delay", &format!("{delay:?}")),
                    ],
                );
                alerts.count(&error);
            }
            _ => {}
        })
        .await;
    match run {
        Ok(run) => {
            let (frames, sessions) = (frames.to_string(), run.sessions.to_string());
            log(
                "spoken",
                &[("file", path), ("frames", &frames), ("sessions", &sessions)],
            );
            Ok(())
        }
        Err(error) => {
            log_error("failed", &error);
            alerts.count(&error);
            Err(error)
        }
    }
}

/// What only a person can do now.
fn give_up(error: &Error) -> ExitCode {
    let who = match error.advice() {
        Advice::TopUp => "whoever pays: the app needs credits",
        Advice::FixConfiguration => "whoever set this up: the same request fails again",
        Advice::RefreshToken => {
            "whoever runs this machine: fresh tokens are expired too, compare the clocks"
        }
        Advice::Retry => "nobody yet: try again later",
        _ => "the operator of the server, with the ids above",
    };
    eprintln!("{error}\nThis is for {who}.");
    ExitCode::FAILURE
}

/// Tells a person what keeps happening.
#[derive(Default)]
struct Alerts(HashMap<ErrorCode, Vec<Instant>>);

impl Alerts {
    fn count(&mut self, error: &Error) {
        let recurring = error
            .code()
            .known()
            .is_none_or(|code| code.alert_when_recurring());
        if !recurring && error.advice() != Advice::Alert {
            return;
        }
        let times = self.0.entry(error.code().clone()).or_default();
        times.retain(|time| time.elapsed() < WINDOW);
        times.push(Instant::now());
        if times.len() == RECURRING {
            // A real program pages somebody here.
            log_error("ALERT", error);
        }
    }
}

fn log_error(event: &str, error: &Error) {
    let status = error.http_status().map(|status| status.to_string());
    let close_code = error.close_code().map(|code| code.to_string());
    let fields = [
        ("code", Some(error.code().name())),
        ("phase", Some(error.phase().name())),
        ("advice", Some(error.advice().name())),
        ("connection_id", error.connection_id()),
        ("req_id", error.req_id()),
        ("request_id", error.request_id()),
        ("http_status", status.as_deref()),
        ("close_code", close_code.as_deref()),
        ("message", Some(error.message())),
    ];
    let fields: Vec<_> = fields
        .iter()
        .filter_map(|(name, value)| Some((*name, (*value)?)))
        .collect();
    log(event, &fields);
}

fn log(event: &str, fields: &[(&str, &str)]) {
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!(" {name}={value:?}"))
        .collect();
    eprintln!("{event}{fields}");
}

fn read(path: &str) -> Result<(u32, Vec<i16>), hound::Error> {
    let mut wav = hound::WavReader::open(path)?;
    let channels = usize::from(wav.spec().channels).max(1);
    let samples = wav.samples().step_by(channels).collect::<Result<_, _>>()?;
    Ok((wav.spec().sample_rate, samples))
}
