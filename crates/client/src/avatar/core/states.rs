//! What each state keeps, and how it ends.

use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use visavis_codes::{Code, Phase};
use visavis_wire::proto::{self, MessageType, message::Data};

use super::requests::{Requests, encode, nothing};
use super::{Input, Output, Ready, Settings, Time};
use crate::Error;
use crate::avatar::classify;
use crate::avatar::{Animation, Closed, Event, Playback};
use crate::error::Parts;

/// How long the close frame may lag behind the error that it follows.
const CLOSE_AFTER_ERROR: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) enum State {
    /// The configuration is sent; the server's first frame decides.
    Handshake { until: Time },
    /// Confirmed.
    Open(Open),
    /// Failed; the close frame may add to what is known.
    Ending(Ending),
    /// We closed; the server's close frame is to come.
    Closing { until: Time },
    /// Over.
    Closed { error: Option<Error> },
}

/// A confirmed session.
#[derive(Debug)]
pub(super) struct Open {
    ready: Ready,
    pub(super) requests: Requests,
    heard: Time,
    pinged: Option<Time>,
}

impl Open {
    pub(super) const fn new(now: Time, ready: Ready, requests: Requests) -> Self {
        Self {
            ready,
            requests,
            heard: now,
            pinged: None,
        }
    }

    /// The server is alive.
    pub(super) const fn heard(&mut self, now: Time) {
        self.heard = now;
        self.pinged = None;
    }

    pub(super) fn deadline(&self, settings: &Settings) -> Time {
        self.pinged.unwrap_or(self.heard) + settings.ping_interval
    }

    /// Pings a silent server; the error once that brought no answer.
    pub(super) fn tick(
        &mut self,
        now: Time,
        settings: &Settings,
        out: &mut Vec<Output>,
    ) -> Option<Parts> {
        if now < self.deadline(settings) {
            return None;
        }
        if self.pinged.is_none() {
            self.pinged = Some(now);
            out.push(Output::Ping);
            return None;
        }
        let silent_s = (now - self.heard).as_secs();
        let message = format!("the server has been silent for {silent_s} s and answers no ping");
        Some(Parts::new(Code::ConnectionClosed, Phase::WebsocketRuntime, message))
    }

    pub(super) fn playback(&self, hold: bool, out: &mut Vec<Output>) {
        let verb = if hold { "pause" } else { "resume" };
        if !self.ready.capabilities.iter().any(|name| name == "playback_control") {
            let message = format!("this server cannot {verb}: it lacks the capability playback_control");
            out.push(Output::Refused(Error::misuse(message)));
            return;
        }
        let Some(req_id) = self.requests.last().map(str::to_owned) else {
            out.push(nothing(verb));
            return;
        };
        out.push(Output::Send(if hold {
            encode(proto::ClientPause { req_id: req_id.clone() })
        } else {
            encode(proto::ClientResume { req_id: req_id.clone() })
        }));
        out.push(Output::Accepted(Some(req_id)));
    }

    /// The error with the ids of this session.
    pub(super) fn named(&self, mut parts: Parts) -> Parts {
        parts.connection_id.get_or_insert_with(|| self.ready.connection_id.clone());
        parts.req_id = parts.req_id.or_else(|| self.requests.last().map(str::to_owned));
        parts
    }
}

/// A session that failed and waits for the close frame.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) until: Time,
    failure: Failure,
}

#[derive(Debug)]
enum Failure {
    Said(proto::ServerError, Phase),
    Unsent(Box<Parts>),
}

impl Ending {
    /// The server reported an error.
    pub(super) fn said(now: Time, said: proto::ServerError, phase: Phase) -> Self {
        Self {
            until: now + CLOSE_AFTER_ERROR,
            failure: Failure::Said(said, phase),
        }
    }

    /// Sending failed; the server's reason may be among what was not read yet.
    pub(super) fn unsent(now: Time, parts: Parts) -> Self {
        Self {
            until: now + CLOSE_AFTER_ERROR,
            failure: Failure::Unsent(Box::new(parts)),
        }
    }

    pub(super) fn handle(mut self, now: Time, input: Input, out: &mut Vec<Output>) -> State {
        match input {
            Input::Binary(frame) => {
                if let (Failure::Unsent(_), Said::Error(said)) = (&self.failure, read(frame)) {
                    self.failure = Failure::Said(said, Phase::WebsocketRuntime);
                }
            }
            Input::PeerClosed { code, reason } => {
                let error = match self.failure {
                    Failure::Unsent(_) if matches!(code, 1000 | 1001) => None,
                    failure => Some(failure.error(Some((code, &reason)))),
                };
                return finish(error, Some(code), reason, out);
            }
            Input::Dropped(_) | Input::Malformed(_) => {
                return finish(Some(self.failure.error(None)), None, String::new(), out);
            }
            Input::Tick if now >= self.until => {
                out.push(Output::Close(1000));
                return finish(Some(self.failure.error(None)), None, String::new(), out);
            }
            Input::Close => {
                return finish(Some(self.failure.error(None)), None, String::new(), out);
            }
            Input::Audio(_) | Input::End | Input::Interrupt | Input::Pause | Input::Resume => {
                out.push(Output::Refused(self.failure.clone_error()));
            }
            Input::Text | Input::Pong | Input::Unread | Input::SendFailed(_) | Input::Tick => {}
        }
        State::Ending(self)
    }
}

impl Failure {
    fn error(self, closed: Option<(u16, &str)>) -> Error {
        match (self, closed) {
            (Self::Said(said, phase), closed) => classify::server_error(&said, phase, closed).into(),
            (Self::Unsent(parts), Some((code, reason))) => {
                let mut closed = classify::closed(code, reason, Phase::WebsocketSend);
                closed.connection_id = parts.connection_id;
                closed.req_id = parts.req_id;
                closed.into()
            }
            (Self::Unsent(parts), None) => (*parts).into(),
        }
    }

    fn clone_error(&self) -> Error {
        match self {
            Self::Said(said, phase) => classify::server_error(said, *phase, None).into(),
            Self::Unsent(parts) => Parts::clone(parts).into(),
        }
    }
}

/// Waits for the server's close frame; nothing that still comes matters.
pub(super) fn closing(now: Time, until: Time, input: Input, out: &mut Vec<Output>) -> State {
    match input {
        Input::PeerClosed { code, reason } => finish(None, Some(code), reason, out),
        Input::Dropped(_) | Input::Malformed(_) | Input::SendFailed(_) => {
            finish(None, None, String::new(), out)
        }
        Input::Tick if now >= until => finish(None, None, String::new(), out),
        Input::Audio(_) | Input::End | Input::Interrupt | Input::Pause | Input::Resume => {
            out.push(Output::Refused(over()));
            State::Closing { until }
        }
        Input::Binary(_) | Input::Text | Input::Pong | Input::Unread | Input::Tick | Input::Close => {
            State::Closing { until }
        }
    }
}

/// Refuses every call.
pub(super) fn closed(error: Option<Error>, input: Input, out: &mut Vec<Output>) -> State {
    if let Input::Audio(_) | Input::End | Input::Interrupt | Input::Pause | Input::Resume = input {
        out.push(Output::Refused(error.clone().unwrap_or_else(over)));
    }
    State::Closed { error }
}

/// Begins a normal end.
pub(super) fn close(now: Time, settings: &Settings, out: &mut Vec<Output>) -> State {
    out.push(Output::Close(1000));
    State::Closing {
        until: now + settings.close_timeout,
    }
}

/// Ends the session from our side, because of this error.
pub(super) fn fail(code: u16, parts: Parts, out: &mut Vec<Output>) -> State {
    out.push(Output::Close(code));
    finish(Some(parts.into()), None, String::new(), out)
}

/// Ends the session: the error if there is one, then the last event.
pub(super) fn finish(
    error: Option<Error>,
    code: Option<u16>,
    reason: String,
    out: &mut Vec<Output>,
) -> State {
    out.extend(error.clone().map(Event::Error).map(Output::Event));
    out.push(Output::Event(Event::Closed(Closed {
        code,
        reason,
        error: error.clone(),
    })));
    out.push(Output::Drop);
    State::Closed { error }
}

/// The error of a call on a session that ended without one.
pub(crate) fn over() -> Error {
    Parts::new(
        Code::ConnectionClosed,
        Phase::WebsocketSend,
        "the session is over",
    )
    .into()
}

/// What a frame of the server is.
pub(super) enum Said {
    Confirm(proto::ServerConfirmSession),
    Error(proto::ServerError),
    Animation(proto::ServerResponseAnimation),
    Playback(proto::ServerPlaybackState),
    /// A message that servers do not send, or one that this version does not know.
    Other,
    Undecodable(prost::DecodeError),
}

pub(super) fn read(frame: Bytes) -> Said {
    let message = match proto::Message::decode(frame) {
        Ok(message) => message,
        Err(error) => return Said::Undecodable(error),
    };
    match message.data {
        Some(Data::ServerConfirmSession(said)) => Said::Confirm(said),
        Some(Data::ServerError(said)) => Said::Error(said),
        Some(Data::ServerResponseAnimation(said)) => Said::Animation(said),
        Some(Data::ServerPlaybackState(said)) => Said::Playback(said),
        None if message.r#type == i32::from(MessageType::MessageServerError) => {
            Said::Error(proto::ServerError::default())
        }
        _ => Said::Other,
    }
}

/// The event in a frame of a running session, or the error that ends it.
pub(super) fn event(frame: Bytes, open: &Open) -> Result<Option<Event>, Box<proto::ServerError>> {
    Ok(match read(frame.clone()) {
        Said::Animation(said) => Some(Event::Animation(Animation::new(said, frame))),
        Said::Playback(said) => Some(Event::Playback(Playback::new(said))),
        Said::Error(mut said) => {
            if said.connection_id.is_empty() {
                said.connection_id.clone_from(&open.ready.connection_id);
            }
            return Err(Box::new(said));
        }
        Said::Confirm(_) | Said::Other => None,
        Said::Undecodable(error) => {
            let parts = classify::protocol(
                Phase::WebsocketRuntime,
                "a frame of the server could not be decoded and was passed over",
            );
            Some(Event::Skipped(open.named(parts.caused_by(error)).into()))
        }
    })
}
