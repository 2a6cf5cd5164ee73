use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use visavis_codes::{Code, Phase};
use visavis_wire::proto::{self, message::Data};
use visavis_wire::server_message;

use super::*;
use crate::avatar::Event;

const START: Time = Duration::from_secs(1_800_000_000);

/// A session in virtual time.
struct World {
    core: Core,
    now: Time,
}

impl World {
    fn new() -> Self {
        let mut out = vec![];
        let core = Core::open(START, Settings::pcm(16_000), &mut out);
        Self { core, now: START }
    }

    fn open(capabilities: &[&str]) -> Self {
        let mut world = Self::new();
        let confirm = proto::ServerConfirmSession {
            connection_id: "c-1".into(),
            capabilities: capabilities.iter().map(ToString::to_string).collect(),
        };
        let out = world.input(Input::Binary(server_message(confirm)));
        assert!(matches!(&out[..], [Output::Ready(_)]));
        world
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        let mut out = vec![];
        self.core.handle(self.now, input, &mut out);
        out
    }

    /// Lets time pass up to the next deadline.
    fn wait(&mut self) -> (Duration, Vec<Output>) {
        let due = self.core.deadline().unwrap();
        let waited = due - self.now;
        self.now = due;
        (waited, self.input(Input::Tick))
    }

    fn audio(&mut self, bytes: usize) -> Vec<proto::ClientAudioInput> {
        let out = self.input(Input::Audio(vec![1; bytes].into()));
        assert!(matches!(out.last(), Some(Output::Accepted(_))));
        out.iter().filter_map(audio).collect()
    }
}

fn sent(output: &Output) -> Option<Data> {
    match output {
        Output::Send(frame) => proto::Message::decode(frame.clone()).unwrap().data,
        _ => None,
    }
}

fn audio(output: &Output) -> Option<proto::ClientAudioInput> {
    match sent(output) {
        Some(Data::ClientAudioInput(audio)) => Some(audio),
        _ => None,
    }
}

fn accepted(out: &[Output]) -> Option<&str> {
    match out.last() {
        Some(Output::Accepted(req_id)) => req_id.as_deref(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn failed(out: &[Output], code: Code, phase: Phase) -> Error {
    let errors: Vec<_> = out
        .iter()
        .filter_map(|output| match output {
            Output::Event(Event::Error(error)) => Some(error.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(errors.len(), 1, "{out:?}");
    assert_eq!((errors[0].code(), errors[0].phase()), (&code.into(), phase));
    assert!(matches!(
        out,
        [.., Output::Event(Event::Closed(_)), Output::Drop]
    ));
    errors[0].clone()
}

#[test]
fn a_silent_server_is_given_up_after_ten_seconds() {
    let mut world = World::new();
    let (waited, out) = world.wait();
    assert_eq!(waited, Duration::from_secs(10));
    failed(&out, Code::ConnectionFailed, Phase::WebsocketHandshake);
    assert_eq!(world.core.deadline(), None);
}

#[test]
fn a_server_that_falls_silent_is_pinged_and_then_given_up() {
    let mut world = World::open(&[]);
    let (waited, out) = world.wait();
    assert_eq!(waited, Duration::from_secs(20));
    assert!(matches!(&out[..], [Output::Ping]));
    world.input(Input::Pong);
    world.wait();
    let (waited, out) = world.wait();
    assert_eq!(waited, Duration::from_secs(20));
    let error = failed(&out, Code::ConnectionClosed, Phase::WebsocketRuntime);
    assert_eq!(error.connection_id(), Some("c-1"));
    assert!(error.message().contains("40 s"), "{error}");
}

#[test]
fn an_app_that_does_not_read_is_no_reason_to_give_the_server_up() {
    let mut world = World::open(&[]);
    for _ in 0..10 {
        world.now = world.core.deadline().unwrap();
        world.input(Input::Unread);
        assert!(world.input(Input::Tick).is_empty());
    }
}

#[test]
fn a_close_waits_five_seconds_for_the_server_s() {
    let mut world = World::open(&[]);
    assert!(matches!(
        &world.input(Input::Close)[..],
        [Output::Close(1000)]
    ));
    assert!(world.core.is_ending());
    assert!(matches!(&world.input(Input::End)[..], [Output::Refused(_)]));
    let (waited, out) = world.wait();
    assert_eq!(waited, Duration::from_secs(5));
    assert!(
        matches!(&out[..], [Output::Event(Event::Closed(closed)), Output::Drop] if closed.error.is_none())
    );
}

#[test]
fn samples_cut_in_half_are_put_together() {
    let mut world = World::open(&[]);
    assert_eq!(world.audio(1).len(), 0);
    assert_eq!(world.audio(0).len(), 0);
    assert_eq!(world.audio(1)[0].audio.len(), 2);
    assert_eq!(world.audio(5)[0].audio.len(), 4);
    let out = world.input(Input::End);
    assert!(audio(&out[0]).is_some_and(|audio| audio.end && audio.audio.is_empty()));
    assert_eq!(
        world.audio(2)[0].audio.len(),
        2,
        "half a sample does not reach the next utterance"
    );
}

#[test]
fn opus_is_passed_on_byte_by_byte() {
    let mut settings = Settings::pcm(48_000);
    settings.configure.audio_format = proto::AudioFormat::OggOpus.into();
    let mut core = Core::open(START, settings, &mut vec![]);
    let confirm = proto::ServerConfirmSession {
        connection_id: "c".into(),
        capabilities: vec![],
    };
    core.handle(START, Input::Binary(server_message(confirm)), &mut vec![]);
    let mut out = vec![];
    core.handle(START, Input::Audio(Bytes::from_static(b"Ogg")), &mut out);
    assert_eq!(audio(&out[0]).unwrap().audio.len(), 3);
}

#[test]
fn large_audio_is_cut_into_messages_and_keeps_one_id() {
    let mut world = World::open(&[]);
    let pieces = world.audio(10 << 20);
    assert_eq!(
        pieces.iter().map(|piece| piece.audio.len()).sum::<usize>(),
        10 << 20
    );
    assert!(
        pieces
            .iter()
            .all(|piece| piece.audio.len() <= AUDIO_BYTES_MAX && !piece.end)
    );
    assert!(pieces.iter().all(|piece| piece.req_id == pieces[0].req_id));
    assert!(pieces[0].req_id.starts_with("20270115080000_"));
}

#[test]
fn an_interrupt_names_the_last_utterance_even_after_its_end() {
    let mut world = World::open(&[]);
    assert!(matches!(
        &world.input(Input::Interrupt)[..],
        [Output::Refused(_)]
    ));
    let first = world.audio(2)[0].req_id.clone();
    world.input(Input::End);
    assert_eq!(accepted(&world.input(Input::End)), None);
    let out = world.input(Input::Interrupt);
    assert_eq!(accepted(&out), Some(first.as_str()));
    assert!(
        matches!(sent(&out[0]), Some(Data::ClientInterrupt(interrupt)) if interrupt.req_id == first)
    );
    world.audio(2);
    world.input(Input::Interrupt);
    assert_ne!(world.audio(2)[0].req_id, first);
}

#[test]
fn pausing_needs_the_capability_and_an_utterance() {
    let mut world = World::open(&[]);
    world.audio(2);
    assert!(matches!(
        &world.input(Input::Pause)[..],
        [Output::Refused(_)]
    ));
    let mut world = World::open(&["playback_control"]);
    assert!(matches!(
        &world.input(Input::Resume)[..],
        [Output::Refused(_)]
    ));
    let req_id = world.audio(2)[0].req_id.clone();
    let out = world.input(Input::Pause);
    assert_eq!(accepted(&out), Some(req_id.as_str()));
    assert!(matches!(sent(&out[0]), Some(Data::ClientPause(_))));
    assert!(matches!(
        sent(&world.input(Input::Resume)[0]),
        Some(Data::ClientResume(_))
    ));
}

#[test]
fn what_the_server_said_before_sending_failed_is_the_error() {
    let mut world = World::open(&[]);
    world.audio(2);
    assert!(
        world
            .input(Input::SendFailed("broken pipe".into()))
            .is_empty()
    );
    let said = proto::ServerError {
        code: 4001,
        ..Default::default()
    };
    world.input(Input::Binary(server_message(said)));
    let out = world.input(Input::Dropped("reset".into()));
    failed(&out, Code::CreditsExhausted, Phase::WebsocketRuntime);

    let mut world = World::open(&[]);
    let req_id = world.audio(2)[0].req_id.clone();
    world.input(Input::SendFailed("broken pipe".into()));
    let (waited, out) = world.wait();
    assert_eq!(waited, Duration::from_secs(1));
    let error = failed(&out[1..], Code::ConnectionClosed, Phase::WebsocketSend);
    assert_eq!(error.req_id(), Some(req_id.as_str()));
}

#[test]
fn a_refusal_is_read_though_the_configuration_could_not_be_sent() {
    let mut world = World::new();
    world.input(Input::SendFailed("broken pipe".into()));
    let said = proto::ServerError {
        message: "avatar not found: x".into(),
        ..Default::default()
    };
    world.input(Input::Binary(server_message(said)));
    let out = world.input(Input::PeerClosed {
        code: 1000,
        reason: String::new(),
    });
    failed(&out, Code::AvatarNotFound, Phase::WebsocketHandshake);
}

#[test]
fn a_server_that_says_an_error_and_never_closes_is_closed() {
    let mut world = World::open(&[]);
    let said = proto::ServerError {
        code: 13,
        message: "internal error".into(),
        ..Default::default()
    };
    assert!(world.input(Input::Binary(server_message(said))).is_empty());
    let refused = world.input(Input::Audio(vec![0; 2].into()));
    assert!(matches!(&refused[..], [Output::Refused(error)] if error.code() == &Code::ServerError));
    let (waited, out) = world.wait();
    assert_eq!(waited, Duration::from_secs(1));
    assert!(matches!(out[0], Output::Close(1000)));
    let error = failed(&out[1..], Code::ServerError, Phase::WebsocketRuntime);
    assert_eq!(
        (error.connection_id(), error.close_code()),
        (Some("c-1"), None)
    );
}

#[test]
fn an_error_without_its_payload_is_a_server_error() {
    let mut world = World::open(&[]);
    world.input(Input::Binary(Bytes::from_static(&[8, 4])));
    let out = world.input(Input::PeerClosed {
        code: 1000,
        reason: String::new(),
    });
    let error = failed(&out, Code::ServerError, Phase::WebsocketRuntime);
    assert!(!error.message().is_empty());
}
