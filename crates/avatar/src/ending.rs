//! How a session ends: what is said, what is charged, how long it lingers.

use visavis_codes::{Dialect, Emission, Failure, close};
use visavis_wire::{ReqId, limits::CLOSE_REASON_BYTES_MAX, server_error, server_message};

use crate::session::{Session, State};
use crate::timer::Timer;
use crate::{Input, Output, Report, Time};

impl Session {
    /// Says what went wrong, then closes.
    pub(crate) fn fail(
        &mut self,
        now: Time,
        failure: Failure,
        req_id: Option<ReqId>,
        out: &mut Vec<Output>,
    ) {
        let phase = self.phase();
        // After the upgrade both dialects say the same; what is refused over HTTP never gets here.
        let server_code = match failure.emission(Dialect::CloseCode) {
            Emission::ServerError { server_code } => server_code,
            Emission::Http { .. } => 13,
            Emission::Observed => {
                out.push(Output::Report(Report::Failed {
                    failure,
                    phase,
                    req_id,
                }));
                return self.finish(now, out);
            }
        };
        let request = req_id.as_ref().map_or("", |id| id.as_str());
        let connection = self.settings.connection_id.as_str();
        let error = server_error(
            &failure,
            server_code,
            phase,
            connection,
            request,
            &self.settings.docs,
        );
        let own_code =
            close::of_server_code(server_code).filter(|_| self.settings.reads_close_codes);
        let mut reason = format!("{}: {}", failure.code(), failure.detail());
        reason.truncate(reason.floor_char_boundary(CLOSE_REASON_BYTES_MAX));
        out.push(Output::Send(server_message(error)));
        out.push(Output::Close {
            code: own_code.unwrap_or(close::NORMAL),
            reason,
        });
        out.push(Output::Report(Report::Failed {
            failure,
            phase,
            req_id,
        }));
        self.linger(now, out);
    }

    /// Nothing more is said; the peer's close frame is awaited.
    pub(crate) fn linger(&mut self, now: Time, out: &mut Vec<Output>) {
        self.charge(now, out);
        self.timers.clear_all();
        self.timers.set(
            Timer::Linger,
            Some(now.saturating_add(self.settings.linger)),
        );
        self.state = State::Draining;
    }

    pub(crate) fn drain(&mut self, _now: Time, input: &Input, out: &mut Vec<Output>) {
        self.settle_late(input, out);
        match input {
            Input::PeerClosed => self.end(out),
            _ => self.state = State::Draining,
        }
    }

    /// The client closed of its own accord.
    pub(crate) fn finish(&mut self, now: Time, out: &mut Vec<Output>) {
        self.charge(now, out);
        self.end(out);
    }

    pub(crate) fn end(&mut self, out: &mut Vec<Output>) {
        self.timers.clear_all();
        self.state = State::Closed;
        out.push(Output::Drop);
    }

    fn charge(&mut self, now: Time, out: &mut Vec<Output>) {
        let connected_s = self.meter.close(now, out);
        out.push(Output::Report(Report::Ended { connected_s }));
    }

    pub(crate) fn settle_late(&mut self, input: &Input, out: &mut Vec<Output>) {
        if let Input::Reserved { block, credits } = *input {
            self.meter.reserved(block, credits, out);
        }
    }
}
