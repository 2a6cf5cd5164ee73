//! The states of a session, and how it ends.

use visavis_codes::{Code, Phase};

use super::ending::Ending;
use super::open::Open;
use super::{Input, Output, Settings, Time};
use crate::Error;
use crate::avatar::{Closed, Event};
use crate::error::Parts;

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
        Input::Binary(_)
        | Input::Text
        | Input::Pong
        | Input::Unread
        | Input::Tick
        | Input::Close => State::Closing { until },
    }
}

/// Refuses every call.
pub(super) fn closed(error: Option<Error>, input: &Input, out: &mut Vec<Output>) -> State {
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
