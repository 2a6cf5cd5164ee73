use bytes::Bytes;
use visavis_codes::{Cause, Failure};
use visavis_wire::{ClientFrame, ReqId, proto, server_message};

use crate::allowance::Allowance;
use crate::failures::{draining, engine_failed, flooding, in_session, too_large, undecodable};
use crate::meter::Meter;
use crate::streaming::Streaming;
use crate::timer::{Timer, Timers};
use crate::{Configuration, Input, Output, Report, Settings, Time};

/// One avatar session, from the upgrade to the last second charged.
#[derive(Debug)]
pub struct Session {
    opened: Time,
    pub(crate) settings: Settings,
    pub(crate) timers: Timers,
    pub(crate) meter: Meter,
    allowance: Allowance,
    pub(crate) state: State,
}

#[derive(Debug)]
pub(crate) enum State {
    /// Waiting for ClientConfigureSession.
    Handshake,
    Streaming(Box<Streaming>),
    /// The close frame is out; the peer's is awaited.
    Draining,
    Closed,
}

impl Session {
    /// A session whose WebSocket was upgraded at `now`.
    #[must_use]
    pub fn new(now: Time, mut settings: Settings) -> Self {
        settings.refusal = settings.refusal.map(in_session);
        let mut timers = Timers::default();
        timers.set(
            Timer::Handshake,
            Some(now.saturating_add(settings.handshake_timeout)),
        );
        let meter = Meter::new(settings.credits_reserved, settings.credits_block);
        Self {
            opened: now,
            settings,
            timers,
            meter,
            allowance: Allowance::new(now),
            state: State::Handshake,
        }
    }

    /// Takes one input and appends all that follows from it.
    pub fn handle(&mut self, now: Time, input: Input, out: &mut Vec<Output>) {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Handshake => self.handshake(now, input, out),
            State::Streaming(streaming) => self.stream(now, streaming, input, out),
            State::Draining => self.drain(now, &input, out),
            State::Closed => self.settle_late(&input, out),
        }
        self.tick(now, out);
    }

    /// When [`Input::Tick`] is due at the latest; `None` when only other inputs matter.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        self.timers.next()
    }

    /// False while the engine should catch up before more is read from the client.
    #[must_use]
    pub fn has_room(&self) -> bool {
        match &self.state {
            State::Streaming(streaming) => streaming.requests.has_room(),
            State::Handshake | State::Draining | State::Closed => true,
        }
    }

    /// The request that takes audio now, for the log.
    #[must_use]
    pub fn req_id(&self) -> Option<&str> {
        match &self.state {
            State::Streaming(streaming) => {
                streaming.requests.open().map(|request| request.id.as_str())
            }
            State::Handshake | State::Draining | State::Closed => None,
        }
    }

    /// True once nothing is left to do but the ledger's late answers.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    fn handshake(&mut self, now: Time, input: Input, out: &mut Vec<Output>) {
        let failure = match input {
            Input::Binary(_) | Input::Text if self.settings.refusal.is_some() => {
                self.settings.refusal.take()
            }
            Input::Binary(frame) => match self.configure(frame) {
                Ok(configuration) => return self.confirm(now, configuration, out),
                Err(failure) => Some(failure),
            },
            Input::Text => Some(Cause::ConfigureExpected.into()),
            Input::TooLarge(limit) => Some(too_large(limit)),
            Input::Malformed => Some(Cause::InitialFrameUndecodable.into()),
            Input::Drain => Some(draining()),
            Input::PeerClosed => return self.finish(now, out),
            Input::Ping if !self.allowance.take(now) => Some(flooding()),
            Input::Ping | Input::Tick | Input::Animated { .. } | Input::EngineFailed { .. } => None,
            Input::Reserved { .. } | Input::LedgerFailed => None,
            Input::Disrupt(disruption) => {
                self.state = State::Handshake;
                return self.disrupt(now, disruption, out);
            }
        };
        self.state = State::Handshake;
        if let Some(failure) = failure {
            self.fail(now, failure, None, out);
        }
    }

    fn configure(&self, frame: Bytes) -> Result<Configuration, Failure> {
        match ClientFrame::decode(frame) {
            Ok(ClientFrame::Configure(message)) => {
                Configuration::check(&message, self.settings.opened_unix)
            }
            Ok(_) => Err(Cause::ConfigureExpected.into()),
            Err(_) => Err(Cause::InitialFrameUndecodable.into()),
        }
    }

    fn confirm(&mut self, now: Time, configuration: Configuration, out: &mut Vec<Output>) {
        let settings = &self.settings;
        out.push(Output::Send(server_message(proto::ServerConfirmSession {
            connection_id: settings.connection_id.to_string(),
            capabilities: vec![],
        })));
        out.push(Output::Report(Report::Confirmed(configuration)));
        self.timers.set(Timer::Handshake, None);
        self.timers.set(
            Timer::Duration,
            Some(now.saturating_add(settings.duration_max)),
        );
        self.timers.set(
            Timer::TokenExpiry,
            Some(self.opened.saturating_add(settings.token_left)),
        );
        let fault_at = settings
            .fault
            .as_ref()
            .map(|(after, _)| now.saturating_add(*after));
        self.timers.set(Timer::Fault, fault_at);
        self.idle_from(now);
        self.meter.start(now);
        self.state = State::Streaming(Box::new(Streaming::new(configuration)));
    }

    fn stream(
        &mut self,
        now: Time,
        mut streaming: Box<Streaming>,
        input: Input,
        out: &mut Vec<Output>,
    ) {
        let outcome = match input {
            Input::Binary(frame) => match ClientFrame::decode(frame) {
                Ok(frame) => streaming.frame(now, frame, self, out),
                Err(_) => Err(undecodable()),
            },
            Input::Text | Input::Ping => self.nothing(now),
            Input::TooLarge(limit) => Err(too_large(limit)),
            Input::Malformed => Err(undecodable()),
            Input::Drain => Err(draining()),
            Input::PeerClosed => {
                streaming.abandon(out);
                return self.finish(now, out);
            }
            Input::Animated {
                key,
                audio_bytes,
                animation,
                done,
            } => {
                streaming.animated(now, key, audio_bytes, animation, done, self, out);
                Ok(())
            }
            Input::EngineFailed { key, fault } => match streaming.requests.remove(key) {
                None => Ok(()),
                Some(request) => {
                    let failure = engine_failed(&fault);
                    return self.fail_streaming(now, streaming, failure, Some(request.id), out);
                }
            },
            Input::Reserved { block, credits } => {
                self.meter.reserved(block, credits, out);
                Ok(())
            }
            Input::LedgerFailed => Err(Cause::Internal.into()),
            Input::Disrupt(disruption) => {
                self.state = State::Streaming(streaming);
                return self.disrupt(now, disruption, out);
            }
            Input::Tick => Ok(()),
        };
        match outcome {
            Ok(()) => self.state = State::Streaming(streaming),
            Err(failure) => {
                let open = streaming.requests.open().map(|request| request.id.clone());
                self.fail_streaming(now, streaming, failure, open, out);
            }
        }
    }

    /// Counts a frame that means nothing.
    pub(crate) fn nothing(&mut self, now: Time) -> Result<(), Failure> {
        if self.allowance.take(now) {
            Ok(())
        } else {
            Err(flooding())
        }
    }

    fn tick(&mut self, now: Time, out: &mut Vec<Output>) {
        self.schedule_credits();
        while let Some(timer) = self.timers.expire(now) {
            match std::mem::replace(&mut self.state, State::Closed) {
                State::Handshake => {
                    self.state = State::Handshake;
                    let failure = self
                        .settings
                        .refusal
                        .take()
                        .unwrap_or_else(|| Cause::ConfigureExpected.into());
                    self.fail(now, failure, None, out);
                }
                State::Streaming(streaming) => self.streaming_timer(now, timer, streaming, out),
                State::Draining => self.end(out),
                State::Closed => {}
            }
            self.schedule_credits();
        }
    }

    fn streaming_timer(
        &mut self,
        now: Time,
        timer: Timer,
        mut streaming: Box<Streaming>,
        out: &mut Vec<Output>,
    ) {
        let failure = match timer {
            Timer::Idle => Failure::about(
                Cause::NoAudio,
                &self.settings.idle_timeout.as_secs().to_string(),
            ),
            Timer::Duration => Cause::DurationReached.into(),
            Timer::TokenExpiry => Cause::TokenExpiredInSession.into(),
            Timer::Credits if self.meter.advance(now, out) => {
                self.state = State::Streaming(streaming);
                return;
            }
            Timer::Credits => Cause::CreditsRanOut.into(),
            Timer::Pause => {
                streaming.pause_timed_out(now, self, out);
                self.state = State::Streaming(streaming);
                return;
            }
            Timer::Fault => self
                .settings
                .fault
                .take()
                .map_or_else(|| Cause::Internal.into(), |(_, failure)| failure),
            Timer::Handshake | Timer::Linger => Cause::Internal.into(),
        };
        let open = streaming.requests.open().map(|request| request.id.clone());
        self.fail_streaming(now, streaming, failure, open, out);
    }

    fn schedule_credits(&mut self) {
        if matches!(self.state, State::Streaming(_)) {
            self.timers.set(Timer::Credits, self.meter.deadline());
        }
    }

    fn fail_streaming(
        &mut self,
        now: Time,
        mut streaming: Box<Streaming>,
        failure: Failure,
        req_id: Option<ReqId>,
        out: &mut Vec<Output>,
    ) {
        streaming.abandon(out);
        self.state = State::Streaming(streaming);
        self.fail(now, failure, req_id, out);
    }

    /// Starts the idle time over; while a request is held, it begins at the end of the hold.
    pub(crate) fn idle_from(&mut self, now: Time) {
        let from = self.timers.at(Timer::Pause).unwrap_or(now).max(now);
        let at = from.saturating_add(self.settings.idle_timeout);
        self.timers.set(Timer::Idle, Some(at));
    }

    pub(crate) fn pause_until(&mut self, now: Time, held_since: Option<Time>) {
        let until = held_since.map(|since| since.saturating_add(self.settings.pause_max));
        if until != self.timers.at(Timer::Pause) {
            self.timers.set(Timer::Pause, until);
            self.idle_from(now);
        }
    }
}
