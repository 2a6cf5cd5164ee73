//! Carries out what the hub says. It decides nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use visavis_codes::signaling::Failure;
use visavis_signal::{Answer, ConnId, Hub, Input, Limits, Output, Ticket};
use visavis_store::Store;

use super::encoded::Encoded;
use super::handle::{Handle, ToHub};
use super::keeper::{self, Job};
use super::outbox::Outbox;
use super::report;
use crate::metrics::Metrics;
use crate::webhooks;

/// What the hub takes in before it lets others of its thread work.
const BATCH_MAX: usize = 256;

/// What an operator configures of the service.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) limits: Limits,
    /// Long frames are deflated for clients that allow it.
    pub(crate) deflate: bool,
    /// Short frames that wait together become one for clients that allow it.
    pub(crate) multi: bool,
}

/// The hub and its store at work. They end when the hub was shut down and every connection is gone.
pub(crate) struct Running {
    tasks: [JoinHandle<()>; 2],
}

/// Starts the hub.
pub(crate) fn start(
    options: &Options,
    store: Store,
    metrics: Arc<Metrics>,
    webhooks: webhooks::Handle,
    seed: [u8; 32],
) -> (Handle, Running) {
    let (handle, from_all) = Handle::new();
    let (to_keeper, jobs) = mpsc::unbounded_channel();
    let driver = Driver {
        hub: Hub::new(options.limits, seed),
        connections: Vec::new(),
        operators: HashMap::new(),
        next_operator: 0,
        outputs: Vec::new(),
        clock: Clock::start(),
        to_keeper,
        deflate: options.deflate,
        multi: options.multi,
        metrics,
        handle: handle.clone(),
        is_shut: false,
    };
    let tasks = [
        tokio::spawn(driver.run(from_all)),
        tokio::spawn(keeper::run(store, jobs, handle.clone(), webhooks)),
    ];
    (handle, Running { tasks })
}

impl Running {
    /// Done when everything that the hub wanted to keep is kept.
    pub(crate) async fn ended(self) {
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

struct Driver {
    hub: Hub,
    connections: Vec<Option<Connection>>,
    operators: HashMap<Ticket, oneshot::Sender<Result<Answer, Failure>>>,
    next_operator: u64,
    outputs: Vec<Output>,
    clock: Clock,
    to_keeper: mpsc::UnboundedSender<Job>,
    deflate: bool,
    multi: bool,
    metrics: Arc<Metrics>,
    handle: Handle,
    is_shut: bool,
}

struct Connection {
    outbox: Arc<Outbox>,
    /// The hub has closed it, or knows that it is lost.
    over: bool,
}

impl Driver {
    async fn run(mut self, mut from_all: mpsc::UnboundedReceiver<ToHub>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while !(self.is_shut && self.connections.iter().all(Option::is_none)) {
            let wake = self.clock.instant(self.hub.deadline());
            tokio::select! {
                biased;
                count = from_all.recv_many(&mut batch, BATCH_MAX) => if count == 0 { return },
                () = tokio::time::sleep_until(wake) => self.handle(Input::Tick),
            }
            for message in batch.drain(..) {
                self.take(message);
            }
        }
    }

    fn take(&mut self, message: ToHub) {
        match message {
            ToHub::Opened(conn, outbox) => {
                let at = conn.0 as usize;
                if self.connections.len() <= at {
                    self.connections.resize_with(at + 1, || None);
                }
                self.connections[at] = Some(Connection {
                    outbox,
                    over: false,
                });
                self.metrics.signaling.connections.inc();
                self.handle(Input::Opened { conn });
                if self.is_shut {
                    self.handle(Input::Shutdown);
                }
            }
            ToHub::Frames(conn, frames) => {
                for frame in frames {
                    if self.is_live(conn) {
                        self.handle(Input::Frame { conn, frame });
                    }
                }
                if let Some(connection) = self.connection(conn) {
                    connection.outbox.handled();
                }
            }
            ToHub::Broken(conn, loss) => {
                if self.is_live(conn) {
                    self.end(conn);
                    self.handle(Input::Lost { conn, loss });
                }
            }
            ToHub::Gone(conn) => {
                if self.is_live(conn) {
                    self.end(conn);
                    let loss = visavis_signal::Loss::Closed;
                    self.handle(Input::Lost { conn, loss });
                }
                self.connections[conn.0 as usize] = None;
                self.metrics.signaling.connections.dec();
                self.handle.free(conn);
            }
            ToHub::FromStore(input) => self.handle(input),
            ToHub::Settings(app, settings) => self.handle(Input::Settings { app, settings }),
            ToHub::Operator {
                app,
                command,
                answer,
            } => {
                let ticket = Ticket(self.next_operator);
                self.next_operator += 1;
                self.operators.insert(ticket, answer);
                self.handle(Input::Operator {
                    ticket,
                    app,
                    command,
                });
            }
            ToHub::Shutdown => {
                self.is_shut = true;
                self.handle(Input::Shutdown);
            }
        }
    }

    fn handle(&mut self, input: Input) {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.hub.handle(self.clock.now(), input, &mut outputs);
        for output in outputs.drain(..) {
            self.carry_out(output);
        }
        self.outputs = outputs;
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { to, frame } => self.send(&[to], frame),
            Output::Broadcast { to, frame } => self.send(&to, frame),
            Output::AllowBinary { conn } => {
                if let Some(connection) = self.connection(conn) {
                    connection.outbox.allow(self.deflate, self.multi);
                }
            }
            Output::Close {
                conn,
                status,
                reason,
            } => {
                if let Some(connection) = self.connection(conn) {
                    connection.outbox.close(status, &reason);
                }
                self.end(conn);
            }
            Output::LoadApp { app } => self.keep(Job::LoadApp { app }),
            Output::Store {
                ticket,
                app,
                writes,
            } => self.keep(Job::Store {
                ticket,
                app,
                writes,
            }),
            Output::Load { ticket, app, query } => self.keep(Job::Load { ticket, app, query }),
            Output::Answer { ticket, answer } => {
                if let Some(operator) = self.operators.remove(&ticket) {
                    // It may have given up.
                    let _ = operator.send(answer);
                }
            }
            Output::Report(report) => report::tell(&report, &self.metrics),
        }
    }

    fn send(&self, to: &[ConnId], payload: bytes::Bytes) {
        let mut encoded = Encoded::new(payload);
        for conn in to {
            if let Some(Some(connection)) = self.connections.get(conn.0 as usize) {
                let deflated = connection.outbox.is_deflated();
                connection.outbox.push(encoded.frame(deflated));
            }
        }
        self.metrics.signaling.deliveries.inc_by(to.len() as u64);
    }

    fn keep(&self, job: Job) {
        // The keeper lives as long as this side of the channel.
        let _ = self.to_keeper.send(job);
    }

    fn connection(&self, conn: ConnId) -> Option<&Connection> {
        self.connections.get(conn.0 as usize)?.as_ref()
    }

    fn is_live(&self, conn: ConnId) -> bool {
        self.connection(conn)
            .is_some_and(|connection| !connection.over)
    }

    fn end(&mut self, conn: ConnId) {
        if let Some(Some(connection)) = self.connections.get_mut(conn.0 as usize) {
            connection.over = true;
        }
    }
}

/// The time since 1970 that never goes back.
struct Clock {
    began: Instant,
    began_unix: Duration,
}

impl Clock {
    fn start() -> Self {
        Self {
            began: Instant::now(),
            began_unix: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
        }
    }

    fn now(&self) -> Duration {
        self.began_unix + self.began.elapsed()
    }

    /// When that time is; far away when there is none.
    fn instant(&self, deadline: Option<Duration>) -> Instant {
        const FAR: Duration = Duration::from_secs(3600);
        let after = deadline.map_or(FAR, |deadline| deadline.saturating_sub(self.now()).min(FAR));
        Instant::now() + after
    }
}
