//! What holds for every session, whatever happens to it. The fuzz targets run the same rules on their own bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use visavis_avatar::limits::PENDING_AUDIO_BYTES_MAX;
use visavis_avatar::{Animation, Disruption, EngineFault, Input, Output, Report};
use visavis_avatar::{RequestKey, Session, Settings};
use visavis_codes::Cause;
use visavis_wire::limits::{CLOSE_REASON_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX};
use visavis_wire::proto::{self, message::Data};
use visavis_wire::{AvatarId, ConnectionId, ReqId};

/// Reads bytes as a sequence of inputs, three bytes each, and plays it; panics when a rule is broken.
pub(crate) fn play(bytes: &[u8]) {
    let (head, steps) = bytes.split_at(bytes.len().min(2));
    let [kind, credits] = [0, 1].map(|at| head.get(at).copied().unwrap_or(0));
    let mut world = World::new(kind, credits);
    if kind & 1 == 0 {
        world.configure(0);
    }
    for step in steps.chunks_exact(3) {
        world.step(step[0], step[1], step[2]);
    }
    world.end();
}

/// A session, and what it has done so far.
struct World {
    session: Session,
    now: Duration,
    stage: Stage,
    error: bool,
    /// Something went wrong on purpose: a frame may be garbage, and a close may come without an error.
    disrupted: bool,
    ended: bool,
    engine: BTreeMap<RequestKey, Speech>,
    /// Requests that have begun and not ended, by name.
    live: Vec<ReqId>,
    ledger: Ledger,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Stage {
    Open,
    /// The close frame is out.
    Closing,
    Dropped,
}

/// A request as the engine sees it.
#[derive(Default)]
struct Speech {
    pending: Vec<usize>,
    finish: bool,
    /// Cancelled, failed or done: nothing more may be asked of it.
    over: bool,
}

#[derive(Default)]
struct Ledger {
    open: BTreeMap<u32, u32>,
    asked: Option<(u32, u32)>,
    reserved: u64,
    committed: u64,
    refunded: u64,
    failed: bool,
}

impl World {
    fn new(kind: u8, credits: u8) -> Self {
        let id = ConnectionId::new("c-1").expect("an id");
        let mut settings = Settings::new(id, AvatarId::new("vera").expect("an id"));
        settings.reads_close_codes = kind & 2 != 0;
        settings.refusal = (kind & 12 == 12).then(|| Cause::NoCredits.into());
        settings.fault = (kind >> 6 == 3).then(|| (Duration::from_secs(9), Cause::Internal.into()));
        settings.credits_reserved = [0, 1, 5, 3600][usize::from(credits & 3)];
        settings.credits_block = [1, 2, 60, 0][usize::from(credits >> 2 & 3)];
        settings.pause_max = Duration::from_secs(20);
        settings.duration_max = Duration::from_secs(300);
        settings.token_left = Duration::from_secs([0, 5, 200, 86_400][usize::from(kind >> 4 & 3)]);
        let mut ledger = Ledger::default();
        ledger.answer(0, settings.credits_reserved);
        Self {
            session: Session::new(Duration::ZERO, settings),
            now: Duration::ZERO,
            stage: Stage::Open,
            error: false,
            disrupted: false,
            ended: false,
            engine: BTreeMap::new(),
            live: vec![],
            ledger,
        }
    }

    fn step(&mut self, what: u8, a: u8, b: u8) {
        match what % 16 {
            0..=3 => self.audio(a, b),
            4 => self.message(Data::ClientInterrupt(proto::ClientInterrupt {
                req_id: name(a),
            })),
            5 => self.message(Data::ClientPause(proto::ClientPause { req_id: name(a) })),
            6 => self.message(Data::ClientResume(proto::ClientResume { req_id: name(a) })),
            7 => self.odd(a, b),
            8..=10 => self.engine_works(a, b),
            11 => self.engine_fails(a, b),
            12 => self.ledger_answers(a),
            13 => {
                let millis = [0, 1, 40, 999, 1000, 10_000, 30_000, 61_000][usize::from(a & 7)];
                self.now += Duration::from_millis(millis);
                if b & 1 == 0 {
                    self.handle(Input::Tick);
                }
            }
            // A driver that is on time.
            14 => {
                if let Some(at) = self.session.deadline() {
                    self.now = at;
                }
                self.handle(Input::Tick);
            }
            _ => match b % 8 {
                0 if a & 3 == 0 => self.handle(Input::Drain),
                1 if a & 3 == 0 => self.handle(Input::PeerClosed),
                2 => self.configure(a),
                3 => self.disrupt(a),
                _ => self.handle(Input::Tick),
            },
        }
    }

    fn audio(&mut self, a: u8, b: u8) {
        let bytes = [0, 1, 2, 320, 641, 3200, 70_000, 1_200_000][usize::from(b & 7)];
        let audio = proto::ClientAudioInput {
            req_id: name(a),
            end: a & 8 != 0,
            audio: Bytes::from(vec![0; bytes]),
            trace_context: None,
        };
        self.message(Data::ClientAudioInput(audio));
    }

    fn odd(&mut self, a: u8, b: u8) {
        let error = proto::ServerError::default();
        match b % 16 {
            0..=3 => self.handle(Input::Text),
            4..=7 => (0..=a).for_each(|_| self.handle(Input::Ping)),
            8..=10 => self.handle(Input::Binary(Bytes::from(vec![0x08, a & 0x7f]))),
            11 => self.handle(Input::Binary(Bytes::from(vec![a | 0x80, b | 0x80]))),
            12 if a & 1 == 0 => self.handle(Input::TooLarge(4 << 20)),
            13 if a & 1 == 0 => self.handle(Input::Malformed),
            14 if a & 1 == 0 => self.message(Data::ServerError(error)),
            _ => self.handle(Input::Text),
        }
    }

    fn configure(&mut self, a: u8) {
        let rate = [16_000, 8000, 48_000, 12_000][usize::from(a & 3)];
        self.message(Data::ClientConfigureSession(
            proto::ClientConfigureSession {
                sample_rate: rate,
                audio_format: i32::from(a >> 2 & 3),
                egress_type: i32::from(a >> 4 & 3),
                ..Default::default()
            },
        ));
    }

    fn message(&mut self, data: Data) {
        let message = proto::Message {
            r#type: 0,
            data: Some(data),
        };
        self.handle(Input::Binary(message.encode_to_vec().into()));
    }

    fn disrupt(&mut self, a: u8) {
        self.disrupted = true;
        self.handle(Input::Disrupt(match a & 7 {
            0 => Disruption::Fail(Cause::ALL[usize::from(a >> 3) % Cause::ALL.len()].into()),
            1 => Disruption::Close(4000 + u16::from(a)),
            2 => Disruption::Stall,
            _ => Disruption::Garbage,
        }));
    }

    /// Any request answers, in any order; one that is cancelled may answer late and more than once.
    fn engine_works(&mut self, a: u8, b: u8) {
        let Some((key, speech)) = nth(&mut self.engine, a) else {
            return;
        };
        let answer = match speech.pending.pop() {
            Some(bytes) if b & 1 == 0 => {
                speech.pending.push(bytes / 2);
                Some((bytes - bytes / 2, false))
            }
            Some(bytes) => Some((bytes, false)),
            None if speech.over => Some((usize::from(b), true)),
            None if speech.finish => {
                speech.over = true;
                Some((0, true))
            }
            None => None,
        };
        let Some((audio_bytes, done)) = answer else {
            return;
        };
        let frames = [0, 0, 1, 5, 25, 0, 1, 1200][usize::from(b >> 1 & 7)];
        self.handle(Input::Animated {
            key,
            audio_bytes,
            animation: (frames > 0).then(|| animation(frames)),
            done,
        });
    }

    fn engine_fails(&mut self, a: u8, b: u8) {
        let Some((key, speech)) = nth(&mut self.engine, a) else {
            return;
        };
        // Failures end everything, so most of them come from requests that nobody waits for.
        if !speech.over && b & 7 != 0 {
            return;
        }
        speech.over = true;
        let fault = match b & 8 {
            0 => EngineFault::Crashed,
            _ => EngineFault::Audio("audio: an Opus packet is damaged".into()),
        };
        self.handle(Input::EngineFailed { key, fault });
    }

    fn ledger_answers(&mut self, a: u8) {
        let Some((block, asked)) = self.ledger.asked.take() else {
            return;
        };
        if a == 255 {
            self.ledger.failed = true;
            return self.handle(Input::LedgerFailed);
        }
        let credits = asked.min(u32::from(a));
        self.ledger.answer(block, credits);
        self.handle(Input::Reserved { block, credits });
    }

    /// The client goes, the last answers come in, and nothing is left.
    fn end(mut self) {
        self.handle(Input::PeerClosed);
        assert!(
            self.session.is_closed() && self.stage == Stage::Dropped && self.ended,
            "still open"
        );
        self.ledger_answers(7);
        for input in [
            Input::Text,
            Input::Tick,
            Input::Drain,
            Input::PeerClosed,
            Input::LedgerFailed,
        ] {
            self.now += Duration::from_secs(100);
            self.handle(input);
        }
        assert!(
            self.ledger.open.is_empty(),
            "not settled: {:?}",
            self.ledger.open
        );
        assert_eq!(
            self.ledger.reserved,
            self.ledger.committed + self.ledger.refunded
        );
        assert!(self.live.is_empty() || self.stage == Stage::Dropped);
    }

    fn handle(&mut self, input: Input) {
        let mut outputs = vec![];
        self.session.handle(self.now, input, &mut outputs);
        let mut outputs = outputs.iter().peekable();
        while let Some(output) = outputs.next() {
            self.observe(output);
            if self.error && self.stage == Stage::Open {
                let next = outputs.peek();
                assert!(
                    matches!(next, Some(Output::Close { .. })),
                    "no close after the error: {next:?}"
                );
            }
        }
        let deadline = self.session.deadline();
        assert!(
            deadline.is_none_or(|at| at > self.now),
            "{deadline:?} has passed"
        );
        assert_eq!(
            deadline.is_none(),
            self.stage == Stage::Dropped,
            "a session ends by itself"
        );
        assert_eq!(self.session.is_closed(), self.stage == Stage::Dropped);
        self.bound();
    }

    /// While there is room, less waits for the engine than the limit: one more message is the most there can be.
    fn bound(&self) {
        let waiting = |speech: &Speech| match speech.over {
            true => 0,
            false => speech.pending.iter().sum(),
        };
        let pending: usize = self.engine.values().map(waiting).sum();
        if self.session.has_room() {
            assert!(
                pending < PENDING_AUDIO_BYTES_MAX,
                "{pending} bytes are waiting"
            );
        }
        if self.stage > Stage::Open {
            assert_eq!(pending, 0, "the engine still works for nobody");
        }
    }

    fn observe(&mut self, output: &Output) {
        if self.stage > Stage::Open {
            let quiet = match output {
                Output::Settle { .. } => true,
                Output::Report(_) | Output::Drop => self.stage == Stage::Closing,
                _ => false,
            };
            assert!(quiet, "{output:?} at {:?}", self.stage);
        }
        match output {
            Output::Start { key, .. } => {
                let last = self.engine.last_key_value().map(|(key, _)| *key);
                assert!(last < Some(*key), "a key is used again");
                self.engine.insert(*key, Speech::default());
            }
            Output::Animate { key, audio } => {
                let speech = self.busy(*key);
                assert!(!speech.finish && !audio.is_empty());
                speech.pending.push(audio.len());
            }
            Output::Finish { key } => {
                let speech = self.busy(*key);
                assert!(!std::mem::replace(&mut speech.finish, true));
            }
            Output::Cancel { key } => self.busy(*key).over = true,
            Output::Reserve { block, credits } => {
                assert!(*credits > 0 && !self.ledger.failed);
                assert!(self.ledger.asked.replace((*block, *credits)).is_none());
            }
            Output::Settle { block, committed } => self.ledger.settle(*block, *committed),
            Output::Send(bytes) => self.sent(bytes),
            Output::Close { code, reason } => {
                assert!(reason.len() <= CLOSE_REASON_BYTES_MAX && *code >= 1000);
                assert!(self.error || self.disrupted, "a close without an error");
                self.stage = Stage::Closing;
            }
            Output::Drop => self.stage = Stage::Dropped,
            Output::Report(report) => self.reported(report),
            Output::Stall => assert!(self.disrupted),
        }
    }

    fn busy(&mut self, key: RequestKey) -> &mut Speech {
        let speech = self.engine.get_mut(&key).expect("a key that was started");
        assert!(!speech.over, "{key:?} is over");
        speech
    }

    fn sent(&mut self, bytes: &Bytes) {
        assert!(bytes.len() <= SERVER_MESSAGE_BYTES_MAX);
        if self.disrupted && bytes.starts_with(b"\xff") {
            return;
        }
        let message = proto::Message::decode(bytes.clone()).expect("a message");
        match message.data.expect("a payload") {
            Data::ServerConfirmSession(confirm) => assert!(!confirm.connection_id.is_empty()),
            Data::ServerError(error) => {
                assert!(!error.code_name.is_empty() && !error.phase.is_empty());
                assert!(
                    !std::mem::replace(&mut self.error, true),
                    "a second error: {error:?}"
                );
            }
            Data::ServerResponseAnimation(animation) => {
                let at = self
                    .live
                    .iter()
                    .position(|id| id.as_str() == animation.req_id);
                let at = at.expect("a request that has not ended");
                if animation.end {
                    self.live.remove(at);
                }
            }
            Data::ServerPlaybackState(_) => {}
            other => panic!("no server sends {other:?}"),
        }
    }

    fn reported(&mut self, report: &Report) {
        match report {
            Report::RequestStarted(id) => {
                assert!(!self.live.contains(id), "{id} runs already");
                self.live.push(id.clone());
            }
            Report::RequestEnded { req_id, .. } => self.live.retain(|id| id != req_id),
            Report::Ended { .. } => assert!(!std::mem::replace(&mut self.ended, true)),
            Report::Confirmed(_) | Report::Failed { .. } => {}
        }
    }
}

impl Ledger {
    fn answer(&mut self, block: u32, credits: u32) {
        self.reserved += u64::from(credits);
        if credits > 0 {
            assert!(
                self.open.insert(block, credits).is_none(),
                "a block is reserved once"
            );
        }
    }

    fn settle(&mut self, block: u32, committed: u32) {
        let credits = self.open.remove(&block).expect("a block is settled once");
        let refunded = credits.checked_sub(committed).expect("no more than all");
        self.committed += u64::from(committed);
        self.refunded += u64::from(refunded);
    }
}

fn name(a: u8) -> String {
    ["a", "b", "c", "", "d", "e", "f", "g"][usize::from(a & 7)].into()
}

fn nth(engine: &mut BTreeMap<RequestKey, Speech>, a: u8) -> Option<(RequestKey, &mut Speech)> {
    // The latest ones first: they are those that still run.
    let back = usize::from(a) % engine.len().max(1);
    engine
        .iter_mut()
        .rev()
        .nth(back)
        .map(|(key, speech)| (*key, speech))
}

fn animation(frames: u32) -> Animation {
    Animation {
        frames,
        flame: proto::FlameAnimation {
            keyframes: vec![proto::Flame::default(); frames as usize],
        },
        open: proto::OpenAnimation {
            version: 1,
            frames: vec![proto::OpenFrame::default(); frames as usize],
            ..Default::default()
        },
    }
}
