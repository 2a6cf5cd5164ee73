use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Fuse, FusedFuture as _, FutureExt as _};
use futures_util::{Stream, StreamExt as _};
use tokio::time::Instant;
use visavis_codes::{Advice, Code, Phase};

use super::event::{Animation, Event, Playback};
use super::replay::{FRAME, Replay};
use super::session::{Events, Session, SessionBuilder};
use crate::Error;
use crate::error::Parts;

/// How long motion may fail to appear before the session counts as lost.
const STALL: Duration = Duration::from_secs(30);

/// Bytes in one call: 0.25 s at 16 kHz, so that motion is looked at often.
const PIECE_BYTES: usize = 8 << 10;

/// What happens in [`SessionBuilder::run_with_retry`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RunEvent {
    /// A session is open.
    Opened {
        /// The connection, as the server's log names it.
        connection_id: String,
    },
    /// Motion. The times of [`frames`](Animation::frames) count from the beginning of the speech, over all sessions,
    /// and none comes twice; [`message`](Animation::message) is as the server sent it.
    Animation(Animation),
    /// Where playback stands, in the session's own time.
    Playback(Playback),
    /// A frame of the server was passed over.
    Skipped(Error),
    /// A session failed, and another is opened after this wait.
    Retrying {
        /// Why it failed.
        error: Error,
        /// How many failures in a row that makes.
        failures: u32,
        /// The wait.
        delay: Duration,
    },
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// How many sessions it took.
    pub sessions: u32,
    /// How much motion came, in time.
    pub moved: Duration,
}

impl SessionBuilder {
    /// Speaks one whole utterance, over as many sessions as it takes.
    ///
    /// `speech` is PCM or Opus as the builder says, in pieces of any size. When a session fails and the advice allows
    /// another, it is opened after a wait and told the speech that has no motion yet (Opus, which cannot be cut, from
    /// its beginning; frames that came already are left out). What waits for its motion is kept, at most 8 MiB of it;
    /// beyond that no more is taken from `speech` until motion comes. In egress mode there is no motion to go by:
    /// what was played is reckoned from the time since playback began.
    ///
    /// An expired token is replaced. Attempts, waits and budget are the client's
    /// [`RetryPolicy`](super::RetryPolicy) and [`RetryBudget`](super::RetryBudget); failures count as in a row while
    /// no motion comes between them. Dropping the future ends the session at once.
    ///
    /// ```no_run
    /// # use visavis_client::avatar::{Client, RunEvent, speech};
    /// # async fn example(client: Client, samples: Vec<i16>) -> Result<(), visavis_client::Error> {
    /// let run = client
    ///     .session()
    ///     .pcm(24_000)
    ///     .run_with_retry(speech(&samples), |event| match event {
    ///         RunEvent::Animation(animation) => println!("{} frames", animation.frames.len()),
    ///         RunEvent::Retrying { error, delay, .. } => eprintln!("{error} Next try in {delay:?}."),
    ///         _ => {}
    ///     })
    ///     .await?;
    /// println!("{:?} of motion over {} sessions", run.moved, run.sessions);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The last failure, when the advice forbids another session, or attempts or budget are used up.
    pub async fn run_with_retry(
        &self,
        speech: impl Stream<Item = Bytes>,
        mut on_event: impl FnMut(RunEvent),
    ) -> Result<Run, Error> {
        let mut speech = pin!(speech.fuse());
        let mut replay = Replay::new(&self.settings.configure);
        let (mut sessions, mut failures) = (0, 0);
        loop {
            let before = replay.moved();
            sessions += 1;
            let failed = match self.open().await {
                Ok((session, events)) => {
                    on_event(RunEvent::Opened {
                        connection_id: session.connection_id().into(),
                    });
                    let egress = self.settings.configure.egress_type != 0;
                    let mut leg = Leg {
                        session: &session,
                        events,
                        egress,
                        playing: None,
                    };
                    let spoken = leg.speak(&mut speech, &mut replay, &mut on_event).await;
                    if spoken.is_ok() {
                        let _ = session.close().await;
                    }
                    spoken
                }
                Err(error) => Err(error),
            };
            let Err(error) = failed else {
                self.client.succeeded();
                return Ok(Run {
                    sessions,
                    moved: replay.moved(),
                });
            };
            failures = if replay.moved() > before {
                1
            } else {
                failures + 1
            };
            let Some(delay) = self.next_delay(&error, failures).await else {
                return Err(error);
            };
            on_event(RunEvent::Retrying {
                error,
                failures,
                delay,
            });
            tokio::time::sleep(delay).await;
            if replay.is_answered() {
                return Ok(Run {
                    sessions,
                    moved: replay.moved(),
                });
            }
            // A session with nothing to say would only idle.
            while !replay.has_speech() && !replay.is_complete() {
                take(speech.next().await, &mut replay);
            }
        }
    }

    async fn next_delay(&self, error: &Error, failures: u32) -> Option<Duration> {
        let policy = self.client.inner().retry;
        let random = super::random();
        let delay = if error.advice() == Advice::RefreshToken {
            self.client.forget_all().await;
            policy.backoff(error, failures, random)
        } else {
            policy.delay(error, failures, random)
        };
        delay.filter(|_| self.client.may_retry())
    }
}

/// One session of a run.
struct Leg<'a> {
    session: &'a Session,
    events: Events,
    egress: bool,
    /// Egress: since when the room hears it.
    playing: Option<Instant>,
}

enum Piece {
    Audio(Bytes),
    End,
}

impl Leg<'_> {
    async fn speak(
        &mut self,
        speech: &mut (impl Stream<Item = Bytes> + Unpin),
        replay: &mut Replay,
        on_event: &mut impl FnMut(RunEvent),
    ) -> Result<(), Error> {
        replay.restart();
        let session = self.session;
        let mut sending = pin!(Fuse::terminated());
        let (mut ended, mut broken) = (false, false);
        let mut moved_at = Instant::now();
        loop {
            if sending.is_terminated() && !broken && !ended {
                if let Some(audio) = replay.next(PIECE_BYTES) {
                    sending.set(send(session, Piece::Audio(audio)).fuse());
                } else if replay.is_complete() {
                    if !replay.has_speech() {
                        return Ok(());
                    }
                    ended = true;
                    sending.set(send(session, Piece::End).fuse());
                }
            }
            let owed = replay.has_speech() && !self.egress;
            tokio::select! {
                sent = &mut sending, if !sending.is_terminated() => broken = sent.is_err(),
                more = speech.next(), if replay.has_room() => {
                    if !replay.has_speech() {
                        moved_at = Instant::now();
                    }
                    take(more, replay);
                    if replay.overflows() {
                        return Err(Error::misuse("Ogg Opus of more than 8 MiB cannot be replayed: use open"));
                    }
                }
                event = self.events.next() => {
                    let motion = matches!(event, Some(Event::Animation(_)));
                    if self.event(event, replay, on_event)? {
                        return Ok(());
                    }
                    if motion {
                        moved_at = Instant::now();
                    }
                }
                () = tokio::time::sleep_until(moved_at + STALL), if owed => {
                    let message = format!("no motion came for {} s", STALL.as_secs());
                    return Err(lost(session, message));
                }
            }
        }
    }

    /// True when the utterance is done.
    fn event(
        &mut self,
        event: Option<Event>,
        replay: &mut Replay,
        on_event: &mut impl FnMut(RunEvent),
    ) -> Result<bool, Error> {
        match event {
            Some(Event::Animation(mut animation)) => {
                let known = replay.moved();
                let frames = animation.frames.len().max(animation.flame.len());
                if self.egress {
                    let playing = *self.playing.get_or_insert_with(Instant::now);
                    replay.answered(playing.elapsed());
                } else {
                    replay.answered(replay.session() + FRAME * frames as u32);
                }
                for frame in &mut animation.frames {
                    frame.time = replay.absolute(frame.time);
                }
                animation.frames.retain(|frame| frame.time >= known);
                let end = animation.end;
                on_event(RunEvent::Animation(animation));
                Ok(end)
            }
            Some(Event::Playback(playback)) => {
                on_event(RunEvent::Playback(playback));
                Ok(false)
            }
            Some(Event::Skipped(error)) => {
                on_event(RunEvent::Skipped(error));
                Ok(false)
            }
            Some(Event::Error(error)) => Err(error),
            Some(Event::Closed(_)) | None => Err(lost(
                self.session,
                "the server closed the session before all motion had come".into(),
            )),
        }
    }
}

async fn send(session: &Session, piece: Piece) -> Result<(), Error> {
    match piece {
        Piece::Audio(audio) => session.send_bytes(audio).await.map(drop),
        Piece::End => session.end().await.map(drop),
    }
}

fn take(piece: Option<Bytes>, replay: &mut Replay) {
    match piece {
        Some(audio) => replay.push(&audio),
        None => replay.complete(),
    }
}

fn lost(session: &Session, message: String) -> Error {
    let mut parts = Parts::new(Code::ConnectionClosed, Phase::WebsocketRuntime, message);
    parts.connection_id = Some(session.connection_id().into());
    parts.into()
}

/// Samples as a stream of pieces for [`SessionBuilder::run_with_retry`].
pub fn speech(samples: &[i16]) -> impl Stream<Item = Bytes> + use<> {
    let bytes: Bytes = samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    futures_util::stream::once(std::future::ready(bytes))
}
