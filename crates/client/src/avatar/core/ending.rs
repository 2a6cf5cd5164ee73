use std::time::Duration;

use visavis_codes::Phase;
use visavis_wire::proto;

use super::said::{Said, read};
use super::states::{State, finish};
use super::{Input, Output, Time};
use crate::Error;
use crate::avatar::classify;
use crate::error::Parts;

/// How long the close frame may lag behind the error that it follows.
const CLOSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// A session that failed and waits for the close frame.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) until: Time,
    failure: Failure,
}

#[derive(Debug)]
enum Failure {
    Said(Box<proto::ServerError>, Phase),
    Unsent(Box<Parts>),
}

impl Ending {
    /// The server reported an error.
    pub(super) fn said(now: Time, said: Box<proto::ServerError>, phase: Phase) -> Self {
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
                if let (Failure::Unsent(parts), Said::Error(mut said)) =
                    (&self.failure, read(frame))
                {
                    if let (true, Some(id)) = (said.connection_id.is_empty(), &parts.connection_id)
                    {
                        said.connection_id.clone_from(id);
                    }
                    let phase = match parts.phase {
                        Phase::WebsocketHandshake => Phase::WebsocketHandshake,
                        _ => Phase::WebsocketRuntime,
                    };
                    self.failure = Failure::Said(Box::new(said), phase);
                }
            }
            Input::PeerClosed { code, reason } => {
                let error = match self.failure {
                    Failure::Unsent(parts)
                        if matches!(code, 1000 | 1001)
                            && parts.phase != Phase::WebsocketHandshake =>
                    {
                        None
                    }
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
            (Self::Said(said, phase), closed) => {
                classify::server_error(&said, phase, closed).into()
            }
            (Self::Unsent(parts), Some((code, reason))) => {
                let mut closed = classify::closed(code, reason, parts.phase);
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
