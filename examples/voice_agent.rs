//! A voice agent's loop: it speaks what is typed, and falls silent as soon as it is spoken to.
//!
//! ```text
//! visavis dev                                    # in another terminal
//! cargo run -p visavis-client --example voice_agent
//! ```
//!
//! Each line on standard input is something to say. A line that comes while the agent speaks interrupts it; an empty
//! line only interrupts. Speech is made by `espeak-ng` where it is installed, and is a hum elsewhere. A real agent
//! has its language model, its speech synthesis and its voice activity detection in their places.

use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use tokio::time::{Instant, sleep_until};
use visavis_client::Error;
use visavis_client::avatar::{Client, ClientBuilder, Event, Events, Session};

const SAMPLE_RATE: u32 = 22_050;
const CHUNK: Duration = Duration::from_millis(100);
const CHUNK_SAMPLES: usize = (SAMPLE_RATE / 10) as usize;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = ClientBuilder::from_env().or_dev().build()?;
    let mut lines = BufReader::new(stdin()).lines();
    let mut to_say = None;
    loop {
        // One session for as long as it lasts; it may reach its longest duration, or idle out between two lines.
        let (session, events) = open(&client).await?;
        eprintln!("[connected: {}]", session.connection_id());
        let mut agent = Agent {
            session,
            events,
            speaking: None,
        };
        match agent.live(&mut lines, &mut to_say).await {
            Ok(()) => return agent.session.close().await,
            Err(error) if error.is_retryable() => eprintln!("[{error}]"),
            Err(error) => return Err(error),
        }
        if to_say.is_none() {
            // Nothing to say: come back when there is.
            match lines.next_line().await {
                Ok(Some(line)) => to_say = Some(line),
                _ => return Ok(()),
            }
        }
    }
}

/// Opens a session; `voice_agent` has nothing better to do than to wait for it.
async fn open(client: &Client) -> Result<(Session, Events), Error> {
    let mut failures = 0;
    loop {
        let error = match client.session().pcm(SAMPLE_RATE).open().await {
            Ok(opened) => return Ok(opened),
            Err(error) => error,
        };
        failures += 1;
        let policy = visavis_client::avatar::RetryPolicy::default();
        let Some(wait) = policy.delay(&error, failures, u32::MAX) else {
            return Err(error);
        };
        eprintln!("[{error} Next try in {wait:?}.]");
        tokio::time::sleep(wait).await;
    }
}

struct Agent {
    session: Session,
    events: Events,
    speaking: Option<Utterance>,
}

/// Speech that is on its way.
struct Utterance {
    samples: Vec<i16>,
    sent: usize,
    /// When the next chunk is due: the pace of speech, so that an interruption has something to cut off.
    due: Instant,
    req_id: String,
    ended: bool,
}

impl Agent {
    /// Speaks and listens until standard input ends or the session does.
    async fn live(
        &mut self,
        lines: &mut tokio::io::Lines<BufReader<tokio::io::Stdin>>,
        to_say: &mut Option<String>,
    ) -> Result<(), Error> {
        loop {
            if let Some(line) = to_say.take() {
                self.say(&line).await?;
            }
            let due = self
                .speaking
                .as_ref()
                .filter(|it| !it.ended)
                .map(|it| it.due);
            tokio::select! {
                line = lines.next_line() => match line {
                    Ok(Some(line)) => *to_say = Some(line),
                    _ => return Ok(()),
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.go_on().await?,
                event = self.events.next() => self.hear(event)?,
            }
        }
    }

    /// Stops what is being said and begins something else.
    async fn say(&mut self, line: &str) -> Result<(), Error> {
        if self.speaking.take().is_some() {
            let req_id = self.session.interrupt().await?;
            eprintln!("[interrupted {req_id}]");
        }
        let samples = synthesise(line);
        if !samples.is_empty() {
            self.speaking = Some(Utterance {
                samples,
                sent: 0,
                due: Instant::now(),
                req_id: String::new(),
                ended: false,
            });
        }
        Ok(())
    }

    /// Sends the next chunk, or the end.
    async fn go_on(&mut self) -> Result<(), Error> {
        let Some(utterance) = &mut self.speaking else {
            return Ok(());
        };
        let rest = &utterance.samples[utterance.sent..];
        let chunk = &rest[..rest.len().min(CHUNK_SAMPLES)];
        if chunk.is_empty() {
            self.session.end().await?;
            utterance.ended = true;
        } else {
            utterance.req_id = self.session.send_audio(chunk).await?;
            utterance.sent += chunk.len();
            utterance.due += CHUNK;
        }
        Ok(())
    }

    fn hear(&mut self, event: Option<Event>) -> Result<(), Error> {
        match event {
            Some(Event::Animation(animation)) => {
                // Motion of an interrupted utterance may still be under way: it is not for this face any more.
                let Some(current) = self
                    .speaking
                    .as_ref()
                    .filter(|it| it.req_id == animation.req_id)
                else {
                    return Ok(());
                };
                if let Some(frame) = animation.frames.last() {
                    let open = frame.blendshape("jawOpen").unwrap_or(0.0);
                    eprint!("\r{:6.2} s  jaw {open:.2} ", frame.time.as_secs_f32());
                }
                if animation.end {
                    eprintln!("\n[said {}]", current.req_id);
                    self.speaking = None;
                }
            }
            Some(Event::Error(error)) => return Err(error),
            Some(Event::Closed(closed)) => eprintln!("[closed: {}]", closed.reason),
            _ => {}
        }
        Ok(())
    }
}

/// What a speech synthesis would do.
fn synthesise(line: &str) -> Vec<i16> {
    if line.trim().is_empty() {
        return vec![];
    }
    let spoken = Command::new("espeak-ng")
        .args(["--stdout", "--", line])
        .output();
    let wav = spoken
        .ok()
        .and_then(|output| hound::WavReader::new(std::io::Cursor::new(output.stdout)).ok());
    match wav {
        // A pipe's header promises more than comes: take what is there.
        Some(wav) if wav.spec().sample_rate == SAMPLE_RATE => {
            wav.into_samples().map_while(Result::ok).collect()
        }
        _ => hum(line.len()),
    }
}

/// A hum that swells and fades with each letter.
fn hum(letters: usize) -> Vec<i16> {
    let letter_samples = SAMPLE_RATE as usize / 12;
    let sample = |n: usize| {
        let tone = (n as f32 * 140.0 * std::f32::consts::TAU / SAMPLE_RATE as f32).sin();
        let swell =
            ((n % letter_samples) as f32 / letter_samples as f32 * std::f32::consts::PI).sin();
        (tone * swell * 9000.0) as i16
    };
    (0..letters * letter_samples).map(sample).collect()
}
