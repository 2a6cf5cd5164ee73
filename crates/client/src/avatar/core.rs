//! One session as a state machine, for those who bring their own sockets and clocks.
//!
//! [`Core::handle`] takes the time and one [`Input`] and appends every [`Output`] that follows from it;
//! [`Core::deadline`] says when it wants [`Input::Tick`] at the latest. That is the whole interface.
//! The tokio facade, [`Session`](super::Session), is a driver of it that decides nothing.
//!
//! ```
//! use std::time::Duration;
//! use visavis_client::avatar::core::{Core, Input, Output, Settings};
//! use visavis_wire::{proto, server_message};
//!
//! let now = Duration::from_secs(1_800_000_000);
//! let mut outputs = vec![];
//! let mut core = Core::open(now, Settings::pcm(16_000), &mut outputs);
//! assert!(matches!(&outputs[..], [Output::Send(_)]), "the configuration goes out at once");
//!
//! outputs.clear();
//! let confirm = proto::ServerConfirmSession { connection_id: "c-1".into(), capabilities: vec![] };
//! core.handle(now, Input::Binary(server_message(confirm)), &mut outputs);
//! assert!(matches!(&outputs[..], [Output::Ready(ready)] if ready.connection_id == "c-1"));
//! ```

mod ending;
mod io;
mod open;
mod requests;
mod said;
mod settings;
mod states;

#[cfg(test)]
mod tests;

use visavis_codes::Phase;

pub use io::{Cause, Input, Output, Ready, Time};
pub use settings::Settings;

use super::classify;
use crate::Error;
use crate::error::Parts;
use ending::Ending;
use open::Open;
pub(crate) use requests::AUDIO_BYTES_MAX;
use requests::Requests;
use said::Said;
use states::State;
pub(crate) use states::over;

/// Close code for a peer that breaks the protocol (RFC 6455 §7.4.1).
const PROTOCOL_ERROR: u16 = 1002;

/// A session, from the open WebSocket to its close.
#[derive(Debug)]
pub struct Core {
    settings: Settings,
    state: State,
}

impl Core {
    /// A session on a WebSocket that is open as of `now`.
    #[must_use]
    pub fn open(now: Time, settings: Settings, out: &mut Vec<Output>) -> Self {
        out.push(Output::Send(requests::encode(settings.configure.clone())));
        Self {
            state: State::Handshake {
                until: now + settings.handshake_timeout,
            },
            settings,
        }
    }

    /// Takes one input and appends all that follows from it.
    ///
    /// Each of [`Input::Audio`], [`Input::End`], [`Input::Interrupt`], [`Input::Pause`] and [`Input::Resume`] is
    /// answered with exactly one [`Output::Accepted`] or [`Output::Refused`].
    pub fn handle(&mut self, now: Time, input: Input, out: &mut Vec<Output>) {
        let state = std::mem::replace(&mut self.state, State::Closed { error: None });
        self.state = match state {
            State::Handshake { until } => self.handshake(now, until, input, out),
            State::Open(open) => self.runtime(now, open, input, out),
            State::Ending(ending) => ending.handle(now, input, out),
            State::Closing { until } => states::closing(now, until, input, out),
            State::Closed { error } => states::closed(error, &input, out),
        };
    }

    /// When [`Input::Tick`] is due at the latest; `None` when the session is over.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        match &self.state {
            State::Handshake { until } | State::Closing { until } => Some(*until),
            State::Open(open) => Some(open.deadline(&self.settings)),
            State::Ending(ending) => Some(ending.until),
            State::Closed { .. } => None,
        }
    }

    /// True from the first sign of the end: what is still read makes no further event but the last ones.
    #[must_use]
    pub const fn is_ending(&self) -> bool {
        match self.state {
            State::Handshake { .. } | State::Open(_) => false,
            State::Ending(_) | State::Closing { .. } | State::Closed { .. } => true,
        }
    }

    fn handshake(&self, now: Time, until: Time, input: Input, out: &mut Vec<Output>) -> State {
        const PHASE: Phase = Phase::WebsocketHandshake;
        match input {
            Input::Binary(frame) => match said::read(frame) {
                Said::Confirm(said) if !said.connection_id.is_empty() => {
                    let ready = Ready {
                        connection_id: said.connection_id,
                        capabilities: said.capabilities,
                    };
                    out.push(Output::Ready(ready.clone()));
                    State::Open(Open::new(now, ready, Requests::new(&self.settings)))
                }
                Said::Error(said) => State::Ending(Ending::said(now, Box::new(said), PHASE)),
                Said::Confirm(_) => abort(
                    "the server confirmed the session without a connection id",
                    out,
                ),
                _ => abort(
                    "the first frame from the server is neither a confirmation nor an error",
                    out,
                ),
            },
            Input::Text => abort("the first frame from the server is a text frame", out),
            Input::Malformed(source) => states::fail(
                PROTOCOL_ERROR,
                classify::protocol(PHASE, "the server broke the WebSocket protocol")
                    .caused_by(source),
                out,
            ),
            Input::PeerClosed { code, reason } => {
                let error = classify::closed(code, &reason, PHASE);
                states::finish(Some(error.into()), Some(code), reason, out)
            }
            Input::Dropped(source) => {
                let error = classify::dropped(PHASE).caused_by(source);
                states::finish(Some(error.into()), None, String::new(), out)
            }
            Input::SendFailed(source) => {
                let parts = classify::dropped(PHASE).caused_by(source);
                State::Ending(Ending::unsent(now, parts))
            }
            Input::Tick if now >= until => {
                let timeout_s = self.settings.handshake_timeout.as_secs_f32();
                let message =
                    format!("the server did not answer the handshake within {timeout_s} s");
                states::fail(1000, classify::unreachable(PHASE, message), out)
            }
            Input::Close => states::close(now, &self.settings, out),
            Input::Audio(_) | Input::End | Input::Interrupt | Input::Pause | Input::Resume => {
                out.push(Output::Refused(Error::misuse(
                    "the session is not confirmed yet",
                )));
                State::Handshake { until }
            }
            Input::Tick | Input::Pong | Input::Unread => State::Handshake { until },
        }
    }

    fn runtime(&self, now: Time, mut open: Open, input: Input, out: &mut Vec<Output>) -> State {
        const PHASE: Phase = Phase::WebsocketRuntime;
        match input {
            Input::Binary(frame) => {
                open.heard(now);
                match said::event(frame, &open) {
                    Ok(event) => out.extend(event.map(Output::Event)),
                    Err(said) => return State::Ending(Ending::said(now, said, PHASE)),
                }
            }
            Input::Text | Input::Pong | Input::Unread => open.heard(now),
            Input::Malformed(source) => {
                let parts = classify::protocol(PHASE, "the server broke the WebSocket protocol");
                return states::fail(PROTOCOL_ERROR, open.named(parts.caused_by(source)), out);
            }
            Input::PeerClosed { code, reason } => {
                let normal = matches!(code, 1000 | 1001);
                let parts = (!normal).then(|| open.named(classify::closed(code, &reason, PHASE)));
                return states::finish(parts.map(Parts::into), Some(code), reason, out);
            }
            Input::Dropped(source) => {
                let parts = open.named(classify::dropped(PHASE).caused_by(source));
                return states::finish(Some(parts.into()), None, String::new(), out);
            }
            Input::SendFailed(source) => {
                let parts = classify::dropped(Phase::WebsocketSend).caused_by(source);
                return State::Ending(Ending::unsent(now, open.named(parts)));
            }
            Input::Tick => {
                if let Some(parts) = open.tick(now, &self.settings, out) {
                    return states::fail(1000, open.named(parts), out);
                }
            }
            Input::Close => return states::close(now, &self.settings, out),
            Input::Audio(audio) => open.requests.audio(now, audio, out),
            Input::End => open.requests.end(out),
            Input::Interrupt => open.requests.interrupt(out),
            Input::Pause => open.playback(true, out),
            Input::Resume => open.playback(false, out),
        }
        State::Open(open)
    }
}

fn abort(message: &str, out: &mut Vec<Output>) -> State {
    let parts = classify::protocol(Phase::WebsocketHandshake, message);
    states::fail(PROTOCOL_ERROR, parts, out)
}
