use visavis_codes::{Code, Phase};
use visavis_wire::proto;

use super::requests::{Requests, encode, nothing};
use super::{Output, Ready, Settings, Time};
use crate::Error;
use crate::error::Parts;

/// A confirmed session.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) ready: Ready,
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
        Some(Parts::new(
            Code::ConnectionClosed,
            Phase::WebsocketRuntime,
            message,
        ))
    }

    pub(super) fn playback(&self, hold: bool, out: &mut Vec<Output>) {
        let verb = if hold { "pause" } else { "resume" };
        if !self
            .ready
            .capabilities
            .iter()
            .any(|name| name == "playback_control")
        {
            let message =
                format!("this server cannot {verb}: it lacks the capability playback_control");
            out.push(Output::Refused(Error::misuse(message)));
            return;
        }
        let Some(req_id) = self.requests.last().map(str::to_owned) else {
            out.push(nothing(verb));
            return;
        };
        out.push(Output::Send(if hold {
            encode(proto::ClientPause {
                req_id: req_id.clone(),
            })
        } else {
            encode(proto::ClientResume {
                req_id: req_id.clone(),
            })
        }));
        out.push(Output::Accepted(Some(req_id)));
    }

    /// The error with the ids of this session.
    pub(super) fn named(&self, mut parts: Parts) -> Parts {
        parts
            .connection_id
            .get_or_insert_with(|| self.ready.connection_id.clone());
        parts.req_id = parts
            .req_id
            .or_else(|| self.requests.last().map(str::to_owned));
        parts
    }
}
