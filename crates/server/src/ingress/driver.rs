//! Carries out what a session's core says, and feeds the answers back. It decides nothing.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio::sync::oneshot::{self, error::RecvError};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep_until};
use tracing::Instrument as _;
use visavis_animate::{Lookahead, Options};
use visavis_avatar::{Disruption, Input, Output, Report, RequestKey, Session};
use visavis_codes::{Cause, Failure};
use visavis_wire::{AppId, ConnectionId};

use super::admission::Admitted;
use super::ledger;
use super::socket::{Received, Socket};
use crate::engine::{Feed, Worked};
use crate::metrics::Ending;
use crate::shared::Shared;

/// Runs one session to its end.
pub(super) async fn run(shared: Arc<Shared>, admitted: Admitted, upgraded: OnUpgrade) {
    let span = tracing::info_span!(
        "session",
        connection_id = admitted.settings.connection_id.as_str(),
        app_id = admitted.app_id.as_str(),
        avatar_id = admitted.settings.avatar_id.as_str(),
    );
    drive(shared, admitted, upgraded).instrument(span).await;
}

async fn drive(shared: Arc<Shared>, admitted: Admitted, upgraded: OnUpgrade) {
    let Admitted {
        settings,
        app_id,
        character,
        place,
        test,
        slot,
    } = admitted;
    let Ok(upgraded) = upgraded.await else {
        if settings.credits_reserved > 0 {
            ledger::settle(&shared, &settings.connection_id, 0, 0).await;
        }
        return;
    };
    let started = Instant::now();
    let (connection, avatar) = (settings.connection_id.as_str(), settings.avatar_id.as_str());
    let disruptions = shared.live.open(connection, app_id.as_str(), avatar, test);
    let mut driver = Driver {
        connection_id: settings.connection_id.clone(),
        app_id,
        engine: Options {
            character,
            ..Options::default()
        },
        socket: Socket::new(TokioIo::new(upgraded)).await,
        session: Session::new(started.elapsed(), settings),
        started,
        feed: Feed::default(),
        work: None,
        ledger: JoinSet::new(),
        disruptions,
        due: JoinSet::new(),
        outputs: vec![],
        dropped: false,
        shared,
    };
    driver.until_dropped().await;
    let Driver {
        shared,
        connection_id,
        socket,
        mut ledger,
        mut session,
        started,
        ..
    } = driver;
    shared.live.close(connection_id.as_str());
    socket.finish().await;
    drop(place);
    // A reservation may still be on its way: the core gives it back.
    let mut outputs = vec![];
    while let Some(answer) = ledger.join_next().await {
        if let Ok(Some(input)) = answer {
            session.handle(started.elapsed(), input, &mut outputs);
        }
        for output in outputs.drain(..) {
            if let Output::Settle { block, committed } = output {
                ledger::settle(&shared, &connection_id, block, committed).await;
            }
        }
    }
    drop(slot);
}

struct Driver {
    shared: Arc<Shared>,
    connection_id: ConnectionId,
    app_id: AppId,
    engine: Options,
    socket: Socket<TokioIo<Upgraded>>,
    session: Session,
    started: Instant,
    feed: Feed,
    work: Option<oneshot::Receiver<Worked>>,
    ledger: JoinSet<Option<Input>>,
    disruptions: mpsc::Receiver<(Duration, Disruption)>,
    /// Disruptions whose delay runs.
    due: JoinSet<Disruption>,
    outputs: Vec<Output>,
    dropped: bool,
}

impl Driver {
    async fn until_dropped(&mut self) {
        let mut draining = self.shared.draining.clone();
        let mut told = false;
        while !self.dropped {
            self.start_work();
            let read = self.session.has_room();
            let deadline = self.session.deadline().map(|at| self.started + at);
            let stalls_at = self.socket.stalls_at();
            tokio::select! {
                received = self.socket.next(read) => self.received(received),
                worked = finished(&mut self.work) => self.worked(worked),
                Some(answer) = self.ledger.join_next() => {
                    if let Ok(Some(input)) = answer {
                        self.handle(input);
                    }
                }
                () = at(deadline) => self.handle(Input::Tick),
                () = at(stalls_at) => self.stalled(),
                Some((after, disruption)) = self.disruptions.recv() => {
                    self.due.spawn(async move {
                        tokio::time::sleep(after).await;
                        disruption
                    });
                }
                Some(Ok(disruption)) = self.due.join_next() => self.handle(Input::Disrupt(disruption)),
                Ok(_) = draining.wait_for(|draining| *draining), if !told => {
                    told = true;
                    self.handle(Input::Drain);
                }
            }
        }
    }

    fn received(&mut self, received: Received) {
        self.handle(match received {
            Received::Written => return,
            Received::Binary(frame) => Input::Binary(frame),
            Received::Text => Input::Text,
            Received::Ping => Input::Ping,
            Received::TooLarge(limit) => Input::TooLarge(limit),
            Received::Malformed => Input::Malformed,
            Received::Closed => Input::PeerClosed,
        });
    }

    /// Gives up a client that reads nothing, unless something was written since the timer was set.
    fn stalled(&mut self) {
        if self
            .socket
            .stalls_at()
            .is_some_and(|at| at <= Instant::now())
        {
            let failure = Failure::about(Cause::Dropped, "the client reads nothing");
            self.handle(Input::Disrupt(Disruption::Fail(failure)));
        }
    }

    fn start_work(&mut self) {
        if self.work.is_none()
            && self.socket.has_room()
            && let Some(piece) = self.feed.next()
        {
            self.work = Some(self.shared.workbench.work(piece));
        }
    }

    fn worked(&mut self, worked: Result<Worked, RecvError>) {
        self.work = None;
        let input = match worked {
            Ok(worked) => {
                if let Some(arrived) = worked.arrived {
                    self.shared
                        .metrics
                        .chunk_to_frame
                        .observe(arrived.elapsed().as_secs_f64());
                }
                let input = self.feed.back(worked);
                if let Some(Input::Animated {
                    animation: Some(animation),
                    ..
                }) = &input
                {
                    self.shared.metrics.frames.inc_by(animation.frames.into());
                }
                input
            }
            Err(error) => {
                tracing::error!(req_id = self.session.req_id().unwrap_or_default(), %error, "the engine stopped");
                self.feed.lost()
            }
        };
        if let Some(input) = input {
            self.handle(input);
        }
    }

    fn handle(&mut self, input: Input) {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.session
            .handle(self.started.elapsed(), input, &mut outputs);
        for output in outputs.drain(..) {
            self.carry_out(output);
        }
        self.outputs = outputs;
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Start {
                key,
                format,
                sample_rate,
                motion,
            } => {
                let options = Options {
                    seed: seed(&self.connection_id, key),
                    lookahead: match motion.lookahead_ms {
                        20 => Lookahead::Ms20,
                        80 => Lookahead::Ms80,
                        _ => Lookahead::Ms40,
                    },
                    secondary: motion.secondary,
                    ..self.engine
                };
                self.feed.start(key, format, sample_rate, options);
            }
            Output::Animate { key, audio } => {
                self.shared.metrics.audio_bytes.inc_by(audio.len() as u64);
                self.feed.audio(key, audio);
            }
            Output::Finish { key } => self.feed.finish(key),
            Output::Cancel { key } => self.feed.cancel(key),
            Output::Reserve { block, credits } => {
                let (shared, id, app_id) = (
                    self.shared.clone(),
                    self.connection_id.clone(),
                    self.app_id.clone(),
                );
                self.ledger.spawn(async move {
                    let credits = ledger::reserve(&shared, &id, &app_id, block, credits).await;
                    Some(match credits {
                        Ok(credits) => Input::Reserved { block, credits },
                        Err(failure) if failure.code() == visavis_codes::Code::ServerError => {
                            Input::LedgerFailed
                        }
                        Err(_) => Input::Reserved { block, credits: 0 },
                    })
                });
            }
            Output::Settle { block, committed } => {
                let (shared, id) = (self.shared.clone(), self.connection_id.clone());
                self.ledger.spawn(async move {
                    ledger::settle(&shared, &id, block, committed).await;
                    None
                });
            }
            Output::Send(frame) => self.socket.send(frame),
            Output::Close { code, reason } => self.socket.close(code, &reason),
            Output::Stall => self.socket.stall(),
            Output::Drop => self.dropped = true,
            Output::Report(report) => self.report(&report),
        }
    }

    fn report(&self, report: &Report) {
        let metrics = &self.shared.metrics;
        match report {
            Report::Confirmed(configuration) => {
                metrics.sessions.inc();
                let (sample_rate, format) = (configuration.sample_rate.hz(), configuration.format);
                tracing::info!(req_id = "", sample_rate, ?format, "session confirmed");
            }
            Report::RequestStarted(req_id) => {
                tracing::info!(req_id = req_id.as_str(), "request started")
            }
            Report::RequestEnded {
                req_id,
                frames,
                end,
            } => {
                metrics
                    .requests
                    .get_or_create(&Ending { end: end.name() })
                    .inc();
                tracing::info!(
                    req_id = req_id.as_str(),
                    frames,
                    end = end.name(),
                    "request ended"
                );
            }
            Report::Failed {
                failure,
                phase,
                req_id,
            } => {
                metrics.failed(failure, *phase);
                let req_id = req_id.as_ref().map_or("", |id| id.as_str());
                let (code, phase) = (failure.code().name(), phase.name());
                let fault = failure.is_on_purpose();
                tracing::warn!(req_id, code, phase, fault, "{}", failure.detail());
            }
            Report::Ended { connected_s } => {
                tracing::info!(req_id = "", connected_s, "session ended")
            }
        }
    }
}

/// A seed that differs between requests, and is the same for the same connection and request.
fn seed(connection_id: &ConnectionId, key: RequestKey) -> u64 {
    let mut hasher = DefaultHasher::new();
    (connection_id, key).hash(&mut hasher);
    hasher.finish()
}

async fn finished(work: &mut Option<oneshot::Receiver<Worked>>) -> Result<Worked, RecvError> {
    match work {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
