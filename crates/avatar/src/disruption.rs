use bytes::Bytes;
use visavis_codes::{Cause, Failure, Phase};
use visavis_wire::ReqId;

use crate::session::{Session, State};
use crate::{Output, Report, Time};

/// Something that goes wrong on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disruption {
    /// The session fails as it would by nature; [`Cause::Dropped`] cuts the connection without a word.
    Fail(Failure),
    /// Nothing is read or written any more.
    Stall,
    /// A close frame with this code, and no error before it.
    Close(u16),
    /// A frame that is no message; the session goes on.
    Garbage,
}

impl Session {
    /// Lets something go wrong, in a session that is not over.
    pub(crate) fn disrupt(&mut self, now: Time, disruption: Disruption, out: &mut Vec<Output>) {
        match disruption {
            Disruption::Fail(failure) => {
                let req_id = self.abandon(out);
                self.fail(now, failure, req_id, out);
            }
            Disruption::Stall => out.push(Output::Stall),
            Disruption::Close(code) => {
                let req_id = self.abandon(out);
                let failure =
                    Failure::about(Cause::Dropped, &format!("close code {code}")).on_purpose();
                out.push(Output::Close {
                    code,
                    reason: String::new(),
                });
                out.push(Output::Report(Report::Failed {
                    failure,
                    phase: self.phase(),
                    req_id,
                }));
                self.linger(now, out);
            }
            Disruption::Garbage => out.push(Output::Send(Bytes::from_static(b"\xffnot a message"))),
        }
    }

    /// Forgets every request; gives the one that took audio.
    fn abandon(&mut self, out: &mut Vec<Output>) -> Option<ReqId> {
        let State::Streaming(streaming) = &mut self.state else {
            return None;
        };
        let open = streaming.requests.open().map(|request| request.id.clone());
        streaming.abandon(out);
        open
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.state {
            State::Handshake => Phase::WebsocketHandshake,
            State::Streaming(_) | State::Draining | State::Closed => Phase::WebsocketRuntime,
        }
    }
}
