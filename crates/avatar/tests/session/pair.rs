//! A session and the world around it: a clock, an engine that makes 25 frames of a second, a ledger of plain sums.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use expect_test::Expect;
use prost::Message as _;
use visavis_avatar::{Animation, EngineFault, Input, Output, RequestKey, Session, Settings};
use visavis_wire::proto::{self, message::Data};
use visavis_wire::{AvatarId, ConnectionId, SampleRate};

use crate::render::{self, Clock};

/// One session, and everything that it wanted done.
pub(crate) struct Pair {
    pub(crate) session: Session,
    now: Duration,
    log: String,
    clock: Clock,
    engine: Engine,
    ledger: Ledger,
    dropped: bool,
}

/// Runs a script against a session with the usual settings, and compares what came out.
pub(crate) fn check(script: impl Fn(&mut Pair), expect: Expect) {
    check_with(|_| {}, script, expect);
}

/// The same, with other settings.
pub(crate) fn check_with(
    change: impl Fn(&mut Settings),
    script: impl Fn(&mut Pair),
    expect: Expect,
) {
    expect.assert_eq(&Pair::run(change, script).log);
}

/// Compares only how the session failed, and that a client which reads close codes is told the same: its close code
/// stands second.
pub(crate) fn check_failure(script: impl Fn(&mut Pair), expect: Expect) {
    check_failure_with(|_| {}, script, expect);
}

/// The same, with other settings.
pub(crate) fn check_failure_with(
    change: impl Fn(&mut Settings),
    script: impl Fn(&mut Pair),
    expect: Expect,
) {
    let lines = |reads_close_codes| {
        let pair = Pair::run(
            |settings| {
                change(settings);
                settings.reads_close_codes = reads_close_codes;
            },
            &script,
        );
        render::failure(&pair.log)
    };
    let ((said, plain), (again, own)) = (lines(false), lines(true));
    assert_eq!(
        said, again,
        "the error does not depend on who reads close codes"
    );
    expect.assert_eq(&format!("{said}close {plain} | {own}\n"));
}

/// What a script that fails is told, without its close.
pub(crate) fn said(script: impl Fn(&mut Pair)) -> String {
    render::failure(&Pair::run(|_| {}, script).log).0
}

impl Pair {
    fn run(change: impl Fn(&mut Settings), script: impl Fn(&mut Self)) -> Self {
        let mut settings = Settings::new(
            ConnectionId::new("c-1").expect("an id"),
            AvatarId::new("vera").expect("an id"),
        );
        change(&mut settings);
        let mut pair = Self {
            ledger: Ledger::new(settings.credits_reserved),
            session: Session::new(Duration::ZERO, settings),
            now: Duration::ZERO,
            log: String::new(),
            clock: Clock::default(),
            engine: Engine::default(),
            dropped: false,
        };
        script(&mut pair);
        pair
    }

    /// Lets time pass; the session is told whenever it asked to be.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.session.deadline().filter(|at| *at <= until) {
            assert!(at > self.now, "a deadline that has passed: {at:?}");
            self.now = at;
            self.input(Input::Tick);
        }
        self.now = until;
    }

    /// Lets time pass that nobody notices: the machine slept.
    pub(crate) fn sleep(&mut self, time: Duration) {
        self.now += time;
        self.input(Input::Tick);
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    pub(crate) fn millis(&mut self, millis: u64) {
        self.pass(Duration::from_millis(millis));
    }

    /// Gives the session an input, then lets the engine and the ledger answer.
    pub(crate) fn input(&mut self, input: Input) {
        let mut outputs = vec![];
        self.session.handle(self.now, input, &mut outputs);
        let mut answers = vec![];
        for output in outputs {
            assert!(
                !self.dropped || matches!(output, Output::Settle { .. }),
                "{output:?} after the end"
            );
            self.dropped |= output == Output::Drop;
            render::line(&mut self.log, &mut self.clock, self.now, &output);
            self.engine.take(&output);
            answers.extend(self.ledger.take(&output));
        }
        if !self.ledger.slow {
            answers.into_iter().for_each(|answer| self.input(answer));
        } else {
            self.ledger.waiting.extend(answers);
        }
        while !self.engine.slow && self.work() {}
    }

    /// Lets the engine work off one piece; false when it has nothing to do.
    pub(crate) fn work(&mut self) -> bool {
        let piece = self.engine.work();
        piece.map(|answer| self.input(answer)).is_some()
    }

    /// From now on the engine works only when it is told to.
    pub(crate) fn slow_engine(&mut self) {
        self.engine.slow = true;
    }

    /// From now on the ledger answers only when it is told to.
    pub(crate) fn slow_ledger(&mut self) {
        self.ledger.slow = true;
    }

    pub(crate) fn ledger_answers(&mut self) {
        let answer = self.ledger.waiting.pop_front().expect("a question");
        self.input(answer);
    }

    /// Sets what the app has left beside what is set aside already.
    pub(crate) fn balance(&mut self, credits: u64) {
        self.ledger.balance = credits;
    }

    /// Notes that every block is settled and that the sums agree.
    pub(crate) fn audit(&mut self) {
        let ledger = &self.ledger;
        assert!(ledger.open.is_empty(), "not settled: {:?}", ledger.open);
        assert_eq!(ledger.reserved, ledger.committed + ledger.refunded);
        let Ledger {
            reserved,
            committed,
            refunded,
            ..
        } = ledger;
        self.log.push_str(&format!(
            "{reserved} reserved = {committed} committed + {refunded} refunded\n"
        ));
    }

    /// Writes down whether the session would read more.
    pub(crate) fn room(&mut self) {
        let room = self.session.has_room();
        self.log.push_str(&format!("has room: {room}\n"));
    }

    /// What the engine was told to work on and has not been told to forget.
    pub(crate) fn fail_engine(&mut self, key: u64, fault: EngineFault) {
        let key = RequestKey(key);
        self.input(Input::EngineFailed { key, fault });
    }

    pub(crate) fn message(&mut self, kind: i32, data: Data) {
        let message = proto::Message {
            r#type: kind,
            data: Some(data),
        };
        self.input(Input::Binary(message.encode_to_vec().into()));
    }

    pub(crate) fn configure(&mut self, configure: proto::ClientConfigureSession) {
        self.message(1, Data::ClientConfigureSession(configure));
    }

    /// The usual handshake: PCM at 16 kHz.
    pub(crate) fn open(&mut self) {
        self.configure(pcm(16000));
    }

    pub(crate) fn audio_bytes(&mut self, req_id: &str, bytes: usize, end: bool) {
        let audio = proto::ClientAudioInput {
            req_id: req_id.into(),
            end,
            audio: Bytes::from(vec![0; bytes]),
            trace_context: None,
        };
        self.message(3, Data::ClientAudioInput(audio));
    }

    /// Speech at 16 kHz.
    pub(crate) fn audio(&mut self, req_id: &str, millis: usize) {
        self.audio_bytes(req_id, millis * 32, false);
    }

    pub(crate) fn end(&mut self, req_id: &str) {
        self.audio_bytes(req_id, 0, true);
    }

    pub(crate) fn interrupt(&mut self, req_id: &str) {
        let req_id = req_id.into();
        self.message(7, Data::ClientInterrupt(proto::ClientInterrupt { req_id }));
    }

    pub(crate) fn pause(&mut self, req_id: &str) {
        let req_id = req_id.into();
        self.message(8, Data::ClientPause(proto::ClientPause { req_id }));
    }

    pub(crate) fn resume(&mut self, req_id: &str) {
        let req_id = req_id.into();
        self.message(9, Data::ClientResume(proto::ClientResume { req_id }));
    }
}

/// A session in PCM.
pub(crate) fn pcm(sample_rate: i32) -> proto::ClientConfigureSession {
    proto::ClientConfigureSession {
        sample_rate,
        ..Default::default()
    }
}

/// Works off what it is told in order.
#[derive(Default)]
struct Engine {
    slow: bool,
    steps: VecDeque<(RequestKey, Option<usize>)>,
    requests: BTreeMap<RequestKey, Speech>,
}

struct Speech {
    bytes_per_s: u64,
    bytes: u64,
    frames: u64,
}

impl Engine {
    fn take(&mut self, output: &Output) {
        match output {
            Output::Start {
                key, sample_rate, ..
            } => {
                let speech = Speech::new(*sample_rate);
                assert!(
                    self.requests.insert(*key, speech).is_none(),
                    "a key is used once"
                );
            }
            Output::Animate { key, audio } => self.steps.push_back((*key, Some(audio.len()))),
            Output::Finish { key } => self.steps.push_back((*key, None)),
            Output::Cancel { key } => self.steps.retain(|(other, _)| other != key),
            Output::Reserve { .. }
            | Output::Settle { .. }
            | Output::Send(_)
            | Output::Close { .. }
            | Output::Stall
            | Output::Drop
            | Output::Report(_) => {}
        }
    }

    fn work(&mut self) -> Option<Input> {
        let (key, bytes) = self.steps.pop_front()?;
        let frames = self.requests.get_mut(&key)?.frames_of(bytes);
        Some(Input::Animated {
            key,
            audio_bytes: bytes.unwrap_or(0),
            animation: (frames > 0).then(|| animation(frames)),
            done: bytes.is_none(),
        })
    }
}

impl Speech {
    fn new(sample_rate: SampleRate) -> Self {
        Self {
            bytes_per_s: u64::from(sample_rate.hz()) * 2,
            bytes: 0,
            frames: 0,
        }
    }

    /// The frames that more audio brings, or its end.
    fn frames_of(&mut self, bytes: Option<usize>) -> u32 {
        self.bytes += bytes.unwrap_or(0) as u64;
        let frames = match bytes {
            Some(_) => self.bytes * 25 / self.bytes_per_s,
            None => (self.bytes * 25).div_ceil(self.bytes_per_s),
        };
        let new = frames - self.frames;
        self.frames = frames;
        u32::try_from(new).expect("a few frames")
    }
}

/// So many frames of a face that does nothing.
pub(crate) fn animation(frames: u32) -> Animation {
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

/// A ledger as plain sums.
#[derive(Default)]
struct Ledger {
    slow: bool,
    balance: u64,
    reserved: u64,
    committed: u64,
    refunded: u64,
    open: BTreeMap<u32, u32>,
    waiting: VecDeque<Input>,
}

impl Ledger {
    fn new(reserved: u32) -> Self {
        let mut ledger = Self {
            balance: u64::MAX,
            ..Self::default()
        };
        ledger.reserve(0, reserved);
        ledger
    }

    fn reserve(&mut self, block: u32, credits: u32) -> u32 {
        let credits = credits.min(u32::try_from(self.balance).unwrap_or(u32::MAX));
        self.balance -= u64::from(credits);
        self.reserved += u64::from(credits);
        if credits > 0 {
            assert!(
                self.open.insert(block, credits).is_none(),
                "a block is reserved once"
            );
        }
        credits
    }

    fn take(&mut self, output: &Output) -> Option<Input> {
        match *output {
            Output::Reserve { block, credits } => {
                let credits = self.reserve(block, credits);
                Some(Input::Reserved { block, credits })
            }
            Output::Settle { block, committed } => {
                let credits = self.open.remove(&block).expect("a block is settled once");
                let refunded = u64::from(credits.checked_sub(committed).expect("no more than all"));
                self.committed += u64::from(committed);
                self.refunded += refunded;
                self.balance = self.balance.saturating_add(refunded);
                None
            }
            _ => None,
        }
    }
}
