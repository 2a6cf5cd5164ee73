//! Both cores, a virtual clock, and a connection that delays, stalls and breaks: a world under a seed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use bytes::Bytes;
use visavis_avatar as server;
use visavis_client::avatar::core::{Core, Input, Output, Settings};
use visavis_client::avatar::{Closed, Event};
use visavis_client::{Code, Error};
use visavis_wire::{AvatarId, ConnectionId, proto};

/// What a client's core saw and did.
#[derive(Default)]
pub(crate) struct Story {
    pub(crate) ready: bool,
    pub(crate) calls: usize,
    pub(crate) answers: usize,
    pub(crate) accepted: Vec<String>,
    /// Frames and ends of each utterance.
    pub(crate) motion: BTreeMap<String, (usize, usize)>,
    pub(crate) errors: Vec<Error>,
    pub(crate) closed: Vec<Closed>,
    /// What the server says went wrong.
    pub(crate) server_failed: Option<Code>,
    pub(crate) cut: bool,
    pub(crate) seconds: u64,
}

/// Where the world is going.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    /// The connection breaks then; whether the ends notice is up to chance.
    pub(crate) cut_at: Option<Duration>,
    /// The server is told to fail then.
    pub(crate) fail_at: Option<(Duration, visavis_codes::Cause)>,
    /// Credits that the app has.
    pub(crate) credits: u32,
    /// The longest a message is under way.
    pub(crate) latency_max: Duration,
}

enum Happening {
    ToServer(Message),
    ToClient(Message),
    Engine(server::Input),
    App(Call),
    Cut,
    Disrupt(visavis_codes::Cause),
}

enum Message {
    Binary(Bytes),
    Ping,
    Pong,
    Close(u16, String),
    /// The connection is gone, and this end has noticed.
    Gone,
}

#[derive(Clone)]
pub(crate) enum Call {
    Audio(usize),
    End,
    Interrupt,
    Pause,
    Resume,
    Close,
}

pub(crate) struct World {
    now: Duration,
    random: u64,
    order: u64,
    queue: BinaryHeap<Reverse<(Duration, u64)>>,
    happenings: BTreeMap<u64, Happening>,
    client: Core,
    server: server::Session,
    fate: Fate,
    /// A message never overtakes another: (to the server, to the client).
    last: (Duration, Duration),
    up: bool,
    credits: u32,
    engine: BTreeMap<server::RequestKey, u64>,
    pub(crate) story: Story,
}

const START: Duration = Duration::from_secs(1_800_000_000);

impl World {
    pub(crate) fn new(seed: u64, fate: Fate) -> Self {
        let id = ConnectionId::new("c-1").unwrap();
        let mut settings = server::Settings::new(id, AvatarId::new("vera").unwrap());
        settings.credits_reserved = fate.credits.min(60);
        let mut outputs = vec![];
        let client = Core::open(
            START,
            Settings {
                seed,
                ..Settings::pcm(16_000)
            },
            &mut outputs,
        );
        let mut world = Self {
            now: START,
            random: seed,
            order: 0,
            queue: BinaryHeap::new(),
            happenings: BTreeMap::new(),
            client,
            server: server::Session::new(START, settings),
            fate,
            last: (START, START),
            up: true,
            credits: fate.credits - fate.credits.min(60),
            engine: BTreeMap::new(),
            story: Story::default(),
        };
        if let Some(at) = fate.cut_at {
            world.at(START + at, Happening::Cut);
        }
        if let Some((at, cause)) = fate.fail_at {
            world.at(START + at, Happening::Disrupt(cause));
        }
        world.client_does(outputs);
        world
    }

    pub(crate) fn random(&mut self, below: u64) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % below.max(1)
    }

    /// The app makes this call so long after the beginning.
    pub(crate) fn call(&mut self, after: Duration, call: Call) {
        self.at(START + after, Happening::App(call));
    }

    /// Runs until nothing happens any more on the client's side, or an hour is over.
    pub(crate) fn run(mut self) -> Story {
        while self.now < START + Duration::from_secs(3600) && self.client.deadline().is_some() {
            let next = self.queue.peek().map(|Reverse((at, _))| *at);
            let due = [next, self.client.deadline(), self.server.deadline()]
                .into_iter()
                .flatten()
                .min();
            let Some(due) = due else { break };
            self.now = self.now.max(due);
            if next.is_some_and(|at| at <= self.now) {
                if let Some(Reverse((_, order))) = self.queue.pop() {
                    let happening = self.happenings.remove(&order).unwrap();
                    self.happen(happening);
                }
            } else if self.client.deadline().is_some_and(|at| at <= self.now) {
                self.client(Input::Tick);
            } else {
                self.server(server::Input::Tick);
            }
        }
        self.story.seconds = (self.now - START).as_secs();
        self.story
    }

    fn at(&mut self, at: Duration, happening: Happening) {
        self.order += 1;
        self.queue.push(Reverse((at, self.order)));
        self.happenings.insert(self.order, happening);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::ToServer(message) => self.arrives(message),
            Happening::ToClient(message) => self.client(match message {
                Message::Binary(frame) => Input::Binary(frame),
                Message::Ping | Message::Pong => Input::Pong,
                Message::Close(code, reason) => Input::PeerClosed { code, reason },
                Message::Gone => Input::Dropped("reset".into()),
            }),
            Happening::Engine(input) => self.server(input),
            Happening::App(call) => self.app(&call),
            Happening::Cut => self.cut(),
            Happening::Disrupt(cause) => {
                let failure = visavis_codes::Failure::about(cause, "x");
                self.server(server::Input::Disrupt(server::Disruption::Fail(failure)));
            }
        }
    }

    /// What the server's driver makes of a message: pings and closes it answers itself.
    fn arrives(&mut self, message: Message) {
        let input = match message {
            Message::Binary(frame) => server::Input::Binary(frame),
            Message::Ping => {
                self.send_to_client(Message::Pong);
                server::Input::Ping
            }
            Message::Pong => return,
            Message::Close(..) => {
                self.send_to_client(Message::Close(1000, String::new()));
                server::Input::PeerClosed
            }
            Message::Gone => server::Input::PeerClosed,
        };
        self.server(input);
    }

    /// The connection breaks; each end notices at once, later, or never.
    fn cut(&mut self) {
        self.up = false;
        self.story.cut = true;
        let lost: Vec<_> = self
            .happenings
            .iter()
            .filter(|(_, it)| matches!(it, Happening::ToServer(_) | Happening::ToClient(_)))
            .map(|(order, _)| *order)
            .collect();
        for order in lost {
            self.happenings
                .insert(order, Happening::ToServer(Message::Pong));
        }
        let (a, b) = (self.random(3), self.random(3));
        let later = Duration::from_millis(self.random(5000));
        for (notice, gone) in [
            (a, Happening::ToServer(Message::Gone)),
            (b, Happening::ToClient(Message::Gone)),
        ] {
            match notice {
                0 => self.at(self.now, gone),
                1 => self.at(self.now + later, gone),
                _ => {}
            }
        }
    }

    fn app(&mut self, call: &Call) {
        let input = match call {
            Call::Audio(bytes) => Input::Audio(vec![0; *bytes].into()),
            Call::End => Input::End,
            Call::Interrupt => Input::Interrupt,
            Call::Pause => Input::Pause,
            Call::Resume => Input::Resume,
            Call::Close => return self.client(Input::Close),
        };
        self.story.calls += 1;
        self.client(input);
    }

    fn client(&mut self, input: Input) {
        let mut outputs = vec![];
        self.client.handle(self.now, input, &mut outputs);
        self.client_does(outputs);
    }

    fn client_does(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send(frame) => {
                    assert!(frame.len() <= visavis_wire::limits::MESSAGE_BYTES_MAX);
                    assert!(self.story.closed.is_empty(), "a frame after the end");
                    self.send_to_server(Message::Binary(frame));
                }
                Output::Ping => self.send_to_server(Message::Ping),
                Output::Close(code) => self.send_to_server(Message::Close(code, String::new())),
                Output::Drop => {}
                Output::Ready(_) => self.story.ready = true,
                Output::Accepted(req_id) => {
                    self.story.answers += 1;
                    self.story.accepted.extend(req_id);
                }
                Output::Refused(_) => self.story.answers += 1,
                Output::Event(event) => self.event(event),
            }
        }
    }

    fn event(&mut self, event: Event) {
        assert!(self.story.closed.is_empty(), "{event:?} after the end");
        match event {
            Event::Animation(animation) => {
                let (frames, ends) = self.story.motion.entry(animation.req_id).or_default();
                assert_eq!(*ends, 0, "motion after the end of an utterance");
                *frames += animation.frames.len();
                *ends += usize::from(animation.end);
            }
            Event::Error(error) => {
                assert!(self.story.errors.is_empty(), "a second error: {error}");
                self.story.errors.push(error);
            }
            Event::Closed(closed) => self.story.closed.push(closed),
            Event::Skipped(error) => panic!("{error}"),
            _ => {}
        }
    }

    fn server(&mut self, input: server::Input) {
        let mut outputs = vec![];
        self.server.handle(self.now, input, &mut outputs);
        for output in outputs {
            self.server_does(output);
        }
    }

    fn server_does(&mut self, output: server::Output) {
        use server::Output as O;
        match output {
            O::Send(frame) => self.send_to_client(Message::Binary(frame)),
            O::Close { code, reason } => self.send_to_client(Message::Close(code, reason)),
            O::Animate { key, audio } => self.engine(key, audio.len(), false),
            O::Finish { key } => self.engine(key, 0, true),
            O::Cancel { key } => {
                self.engine.remove(&key);
                self.happenings.retain(|_, it| {
                    !matches!(it, Happening::Engine(server::Input::Animated { key: other, .. }) if *other == key)
                });
                let left = std::mem::take(&mut self.queue);
                self.queue = left
                    .into_iter()
                    .filter(|Reverse((_, order))| self.happenings.contains_key(order))
                    .collect();
            }
            O::Reserve { block, credits } => {
                let credits = credits.min(self.credits);
                self.credits -= credits;
                let after = Duration::from_millis(self.random(50));
                let answer = server::Input::Reserved { block, credits };
                self.at(self.now + after, Happening::Engine(answer));
            }
            O::Report(server::Report::Failed { failure, .. }) => {
                self.story.server_failed = Some(failure.code());
            }
            O::Drop => self.send_to_client(Message::Gone),
            _ => {}
        }
    }

    /// Works off audio after a while: one frame for each 40 ms.
    fn engine(&mut self, key: server::RequestKey, audio_bytes: usize, done: bool) {
        let total = self.engine.entry(key).or_default();
        let before = *total / 1280;
        *total += audio_bytes as u64;
        let frames = (*total / 1280 - before) as u32;
        let open = proto::OpenAnimation {
            version: 1,
            frames: vec![proto::OpenFrame::default(); frames as usize],
            ..Default::default()
        };
        let animation = server::Animation {
            frames,
            flame: proto::FlameAnimation::default(),
            open,
        };
        let answer = server::Input::Animated {
            key,
            audio_bytes,
            animation: (frames > 0).then_some(animation),
            done,
        };
        // Pieces of a request stay in order.
        self.at(
            self.now + Duration::from_millis(2),
            Happening::Engine(answer),
        );
    }

    fn send_to_server(&mut self, message: Message) {
        let at = (self.now + self.latency()).max(self.last.0);
        self.last.0 = at;
        if self.up {
            self.at(at, Happening::ToServer(message));
        }
    }

    fn send_to_client(&mut self, message: Message) {
        let at = (self.now + self.latency()).max(self.last.1);
        self.last.1 = at;
        if self.up {
            self.at(at, Happening::ToClient(message));
        }
    }

    fn latency(&mut self) -> Duration {
        let max_us = self.fate.latency_max.as_micros() as u64;
        Duration::from_micros(self.random(max_us + 1))
    }
}
