//! A hub, a store, and clients over connections that delay, break and fall silent.

mod server;

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use visavis_client::signaling::core::{Core, Input, Output, Reply, Request, Settings, Ticket};
use visavis_client::signaling::{Error, Event};
use visavis_signal::{self as hub, ConnId, Hub, Limits, Loss};
use visavis_wire::signaling::ClientFrame;

use crate::queue::Queue;
use crate::store::{APP, Store};

pub(crate) const START: Duration = Duration::from_secs(1_800_000_000);

/// What a client's app was told.
#[derive(Debug)]
pub(crate) enum Told {
    Event(Event),
    Reply(Result<Reply, Error>),
}

enum Happening {
    ToServer(ConnId, String),
    ToClient(ConnId, Bytes),
    /// The client's side of a connection ends.
    EndsAtClient(ConnId, Option<u16>),
    /// The server's side of a connection ends.
    EndsAtServer(ConnId),
    Opened(usize, ConnId),
    Unreachable(usize, u64),
    Store(u64, Option<hub::Ticket>, Vec<hub::Write>),
    Load(u64, hub::Ticket, hub::Query),
    App(u64, String),
    Wake(usize),
    WakeHub,
}

struct Client {
    core: Core,
    conn: Option<ConnId>,
    /// Counts the tries to connect.
    tries: u64,
    /// The network lets nothing through until then.
    dark_until: Duration,
    wake: Option<Duration>,
    tickets: u64,
}

/// One direction of a connection never overtakes itself.
#[derive(Clone, Copy)]
struct Wire {
    client: usize,
    to_server: Duration,
    to_client: Duration,
    /// What is sent is lost.
    cut: bool,
}

pub(crate) struct World {
    pub(crate) now: Duration,
    random: u64,
    queue: Queue<Happening>,
    hub: Hub,
    limits: Limits,
    hub_wake: Option<Duration>,
    /// Counts the starts of the server.
    epoch: u64,
    pub(crate) store: Store,
    store_last: Duration,
    wires: HashMap<ConnId, Wire>,
    conns: u64,
    clients: Vec<Client>,
    pub(crate) latency_max: Duration,
    /// What becomes of the server's frames on their way.
    pub(crate) tamper: fn(&str) -> Option<String>,
    pub(crate) log: Vec<(usize, Told)>,
    pub(crate) answers: Vec<Result<hub::Answer, visavis_codes::signaling::Failure>>,
    client_outputs: Vec<Output>,
    hub_outputs: Vec<hub::Output>,
}

impl World {
    pub(crate) fn new(seed: u64, limits: Limits) -> Self {
        Self {
            now: START,
            random: seed,
            queue: Queue::new(),
            hub: Hub::new(limits, [seed as u8; 32]),
            limits,
            hub_wake: None,
            epoch: 0,
            store: Store::new(),
            store_last: START,
            wires: HashMap::new(),
            conns: 0,
            clients: Vec::new(),
            latency_max: Duration::from_millis(20),
            tamper: |frame| Some(frame.to_owned()),
            log: Vec::new(),
            answers: Vec::new(),
            client_outputs: Vec::new(),
            hub_outputs: Vec::new(),
        }
    }

    pub(crate) fn random(&mut self, below: u64) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % below.max(1)
    }

    fn latency(&mut self) -> Duration {
        let most = self.latency_max.as_micros() as u64;
        Duration::from_micros(self.random(most))
    }

    pub(crate) fn client(&mut self, settings: Settings) -> usize {
        self.clients.push(Client {
            core: Core::new(settings),
            conn: None,
            tries: 0,
            dark_until: START,
            wake: None,
            tickets: 0,
        });
        self.clients.len() - 1
    }

    pub(crate) fn core(&self, client: usize) -> &Core {
        &self.clients[client].core
    }

    /// The app calls, now.
    pub(crate) fn call(&mut self, client: usize, request: Request) {
        let one = &mut self.clients[client];
        one.tickets += 1;
        let ticket = Ticket(one.tickets);
        self.client_input(client, Input::Call(ticket, request));
    }

    pub(crate) fn operator(&mut self, command: hub::Command) {
        let (ticket, app) = (hub::Ticket(u64::MAX), APP.to_owned());
        self.hub_input(hub::Input::Operator {
            ticket,
            app,
            command,
        });
    }

    /// The connection of a client breaks; it is told so after this time, and the server after that.
    pub(crate) fn cut(&mut self, client: usize, seen: Duration, noticed: Option<Duration>) {
        let Some(conn) = self.clients[client].conn else {
            return;
        };
        if let Some(wire) = self.wires.get_mut(&conn) {
            wire.cut = true;
        }
        self.queue
            .put(self.now + seen, Happening::EndsAtClient(conn, None));
        if let Some(noticed) = noticed {
            self.queue
                .put(self.now + noticed, Happening::EndsAtServer(conn));
        }
    }

    /// Nothing that either side sends arrives, and nobody is told.
    pub(crate) fn silence(&mut self, client: usize) {
        if let Some(conn) = self.clients[client].conn
            && let Some(wire) = self.wires.get_mut(&conn)
        {
            wire.cut = true;
        }
    }

    /// No connection can be made for so long.
    pub(crate) fn darken(&mut self, client: usize, time: Duration) {
        self.clients[client].dark_until = self.now + time;
    }

    /// The server is killed and starts again. What the store had not done yet is lost.
    pub(crate) fn restart(&mut self) {
        self.epoch += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.epoch.to_be_bytes());
        seed[8..16].copy_from_slice(&self.random.to_be_bytes());
        self.hub = Hub::new(self.limits, seed);
        self.hub_wake = None;
        let mut conns: Vec<_> = self.wires.keys().copied().collect();
        conns.sort_unstable();
        for conn in conns {
            if let Some(wire) = self.wires.get_mut(&conn) {
                wire.cut = true;
            }
            let seen = self.latency();
            self.queue
                .put(self.now + seen, Happening::EndsAtClient(conn, None));
        }
    }

    /// Runs for so long.
    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now + time;
        while self.queue.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = until;
    }

    /// One thing happens.
    pub(crate) fn step(&mut self) {
        let Some((at, happening)) = self.queue.take() else {
            return;
        };
        self.now = self.now.max(at);
        match happening {
            Happening::ToServer(conn, frame) => {
                if self.wires.get(&conn).is_some_and(|wire| !wire.cut) {
                    let frame = ClientFrame::parse(&frame);
                    self.hub_input(hub::Input::Frame { conn, frame });
                }
            }
            Happening::ToClient(conn, frame) => {
                if let Some(wire) = self.wires.get(&conn)
                    && !wire.cut
                    && self.clients[wire.client].conn == Some(conn)
                {
                    let client = wire.client;
                    if let Some(text) = (self.tamper)(std::str::from_utf8(&frame).unwrap()) {
                        self.client_input(client, Input::Text(text));
                    }
                }
            }
            Happening::EndsAtClient(conn, status) => {
                if let Some(wire) = self.wires.get(&conn).copied()
                    && self.clients[wire.client].conn == Some(conn)
                {
                    self.clients[wire.client].conn = None;
                    self.client_input(wire.client, Input::Lost(status));
                }
            }
            Happening::EndsAtServer(conn) => {
                if let Some(wire) = self.wires.get_mut(&conn) {
                    wire.cut = true;
                    let loss = Loss::Closed;
                    self.hub_input(hub::Input::Lost { conn, loss });
                }
            }
            Happening::Opened(client, conn) => self.opened(client, conn),
            Happening::Unreachable(client, tries) => {
                if self.clients[client].tries == tries {
                    let cause = "connection refused".into();
                    self.client_input(client, Input::Unreachable(cause));
                }
            }
            Happening::Store(epoch, ticket, writes) if epoch == self.epoch => {
                let result = self.store.store(self.now, writes);
                if let Some(ticket) = ticket {
                    self.hub_input(hub::Input::Stored { ticket, result });
                }
            }
            Happening::Load(epoch, ticket, query) if epoch == self.epoch => {
                let result = self.store.load(self.now, &query);
                self.hub_input(hub::Input::Stored { ticket, result });
            }
            Happening::App(epoch, app) if epoch == self.epoch => {
                let found = self.store.app(&app);
                self.hub_input(hub::Input::App { app, found });
            }
            Happening::Store(..) | Happening::Load(..) | Happening::App(..) => {}
            Happening::Wake(client) => {
                if self.clients[client].wake == Some(at) {
                    self.clients[client].wake = None;
                    self.client_input(client, Input::Tick);
                }
            }
            Happening::WakeHub => {
                if self.hub_wake == Some(at) {
                    self.hub_wake = None;
                    self.hub_input(hub::Input::Tick);
                }
            }
        }
    }

    fn opened(&mut self, client: usize, conn: ConnId) {
        if self.clients[client].conn != Some(conn) {
            return;
        }
        let wire = Wire {
            client,
            to_server: self.now,
            to_client: self.now,
            cut: false,
        };
        self.wires.insert(conn, wire);
        self.hub_input(hub::Input::Opened { conn });
        self.client_input(client, Input::Opened);
    }

    fn client_input(&mut self, client: usize, input: Input) {
        let mut outputs = std::mem::take(&mut self.client_outputs);
        self.clients[client]
            .core
            .handle(self.now, input, &mut outputs);
        for output in outputs.drain(..) {
            self.client_does(client, output);
        }
        self.client_outputs = outputs;
        let due = self.clients[client].core.deadline();
        if let Some(due) = due
            && self.clients[client].wake.is_none_or(|wake| due < wake)
        {
            self.clients[client].wake = Some(due);
            self.queue.put(due, Happening::Wake(client));
        }
    }

    fn client_does(&mut self, client: usize, output: Output) {
        match output {
            Output::Connect => {
                let after = self.latency();
                self.clients[client].tries += 1;
                if self.clients[client].dark_until > self.now {
                    let tries = self.clients[client].tries;
                    let failed = Happening::Unreachable(client, tries);
                    return self.queue.put(self.now + after, failed);
                }
                self.conns += 1;
                let conn = ConnId(self.conns);
                self.clients[client].conn = Some(conn);
                self.queue
                    .put(self.now + after, Happening::Opened(client, conn));
            }
            Output::Send(frame) => {
                let after = self.latency();
                if let Some(conn) = self.clients[client].conn
                    && let Some(wire) = self.wires.get_mut(&conn)
                    && !wire.cut
                {
                    wire.to_server = wire.to_server.max(self.now + after);
                    let at = wire.to_server;
                    self.queue.put(at, Happening::ToServer(conn, frame));
                }
            }
            Output::Disconnect(_) => {
                self.clients[client].tries += 1;
                if let Some(conn) = self.clients[client].conn.take()
                    && let Some(wire) = self.wires.get(&conn)
                    && !wire.cut
                {
                    let at = wire.to_server;
                    self.queue.put(at, Happening::EndsAtServer(conn));
                }
            }
            Output::Reply(_, reply) => self.log.push((client, Told::Reply(reply))),
            Output::Invitation(_) => {}
            Output::Event(event) => self.log.push((client, Told::Event(event))),
        }
    }
}
