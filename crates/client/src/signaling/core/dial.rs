//! From a login that is wanted to one that is there: connecting, logging in, trying again.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use visavis_codes::signaling::{Cause, Code, Family};
use visavis_wire::signaling::client_encode::{self, Login};
use visavis_wire::signaling::{Body, Refusal};

use super::online::{Granted, Online};
use super::{Core, Network, Output, Reply, Settings, Ticket, Time, backoff, tell};
use crate::signaling::{Error, Event, LoginOptions};

/// How this SDK names itself.
const SDK: &str = concat!("visavis/", env!("CARGO_PKG_VERSION"));

/// Whether the session is logged in, and what belongs to that.
#[derive(Debug)]
pub(super) enum State {
    LoggedOut,
    LoggingIn {
        login: LoginOptions,
        ticket: Ticket,
        dial: Dial,
    },
    Online(Box<Online>),
    Reconnecting {
        login: LoginOptions,
        dial: Dial,
        /// Channels to join again.
        wanted: BTreeSet<String>,
    },
}

/// The tries to get one connection.
#[derive(Debug)]
pub(super) struct Dial {
    began: Time,
    failures: u32,
    step: Step,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Until the next try.
    Waiting(Time),
    /// Connecting, until this time.
    Connecting(Time),
    /// The login is sent; until the same time.
    Asking(Time),
    /// The network is down.
    Paused,
}

impl Dial {
    pub(super) const fn deadline(&self) -> Option<Time> {
        match self.step {
            Step::Waiting(at) | Step::Connecting(at) | Step::Asking(at) => Some(at),
            Step::Paused => None,
        }
    }

    /// The first try comes at once.
    pub(super) fn at_once(now: Time, settings: &Settings, out: &mut Vec<Output>) -> Self {
        let mut dial = Self::after(now, now);
        dial.connect(now, settings, out);
        dial
    }

    /// The first try comes at this time.
    pub(super) const fn after(now: Time, at: Time) -> Self {
        Self {
            began: now,
            failures: 0,
            step: Step::Waiting(at),
        }
    }

    /// No try comes for now.
    pub(super) const fn paused(now: Time) -> Self {
        Self {
            began: now,
            failures: 0,
            step: Step::Paused,
        }
    }

    fn connect(&mut self, now: Time, settings: &Settings, out: &mut Vec<Output>) {
        self.step = Step::Connecting(now + settings.login_timeout);
        out.push(Output::Connect);
    }

    /// The connection that is being made is given up.
    fn pause(&mut self, out: &mut Vec<Output>) {
        if let Step::Connecting(_) | Step::Asking(_) = self.step {
            out.push(Output::Disconnect(1000));
        }
        self.step = Step::Paused;
    }
}

impl Core {
    pub(super) fn login(
        &mut self,
        now: Time,
        ticket: Ticket,
        login: LoginOptions,
        out: &mut Vec<Output>,
    ) {
        if self.settings.app_id.is_empty() {
            let error = Error::wrong_param("login", "app id");
            return self.refuse(ticket, error, out);
        }
        // Who logged out need not wait for the server's answer to log in again.
        self.finish_logout(out);
        if !matches!(self.state, State::LoggedOut) {
            let error = Error::of("login", Cause::AlreadyLogin, Family::Login);
            return self.refuse(ticket, error, out);
        }
        self.seen.of_account(&login.account);
        self.heard.of_account(&login.account);
        let dial = match self.network {
            Network::Up => Dial::at_once(now, &self.settings, out),
            Network::Down => Dial::paused(now),
        };
        self.state = State::LoggingIn {
            login,
            ticket,
            dial,
        };
    }

    pub(super) fn opened(&mut self, _now: Time, out: &mut Vec<Output>) {
        let (State::LoggingIn { login, dial, .. } | State::Reconnecting { login, dial, .. }) =
            &mut self.state
        else {
            return;
        };
        let Step::Connecting(until) = dial.step else {
            return;
        };
        dial.step = Step::Asking(until);
        let caps: &[&str] = match self.settings.multi_channel {
            true => &["multi_channel"],
            false => &[],
        };
        out.push(Output::Send(client_encode::login(&Login {
            app_id: &self.settings.app_id,
            account: &login.account,
            token: login.token.expose(),
            device: &login.device,
            sdk: SDK,
            caps,
        })));
    }

    pub(super) fn unreachable(
        &mut self,
        now: Time,
        cause: Box<dyn std::error::Error + Send + Sync>,
        out: &mut Vec<Output>,
    ) {
        let error = Error::new("login", Code::LoginNet, &cause.to_string(), true);
        self.dial_failed(now, error.caused_by(cause), out);
    }

    /// The wait for the next try is over, or that for the server.
    pub(super) fn dial_due(&mut self, now: Time, out: &mut Vec<Output>) {
        let (State::LoggingIn { dial, .. } | State::Reconnecting { dial, .. }) = &mut self.state
        else {
            return;
        };
        match dial.step {
            Step::Waiting(at) if at <= now => dial.connect(now, &self.settings, out),
            Step::Connecting(until) | Step::Asking(until) if until <= now => {
                out.push(Output::Disconnect(1000));
                let error = Error::new("login", Code::LoginNet, "timeout", true);
                self.dial_failed(now, error, out);
            }
            Step::Waiting(_) | Step::Connecting(_) | Step::Asking(_) | Step::Paused => {}
        }
    }

    /// One try failed in a way that another may not.
    pub(super) fn dial_failed(&mut self, now: Time, error: Error, out: &mut Vec<Output>) {
        match &mut self.state {
            State::LoggingIn { login, dial, .. } => {
                let wait = backoff::wait(dial.failures, &mut self.random);
                dial.failures += 1;
                let at = now + wait;
                if dial.failures > login.retry_count || at > dial.began + login.retry_time {
                    return self.login_failed(error, out);
                }
                dial.step = Step::Waiting(at);
                let text = format!("login: {}; trying again", error.reason());
                tell(out, Event::Log { text });
            }
            State::Reconnecting { dial, .. } => {
                let wait = backoff::wait(dial.failures + 1, &mut self.random);
                dial.failures += 1;
                let at = now + wait;
                if at > dial.began + self.settings.reconnect_max {
                    let error = Error::new("relogin", Code::LogoutNet, error.reason(), true);
                    return self.end_login(error, out);
                }
                dial.step = Step::Waiting(at);
                let nretry = dial.failures + 1;
                tell(out, Event::Reconnecting { nretry });
            }
            State::LoggedOut | State::Online(_) => {}
        }
    }

    /// The server answered the login.
    pub(super) fn login_ret(&mut self, now: Time, body: Body, out: &mut Vec<Output>) {
        let (State::LoggingIn { dial, .. } | State::Reconnecting { dial, .. }) = &self.state else {
            return;
        };
        let Step::Asking(_) = dial.step else {
            return;
        };
        match body {
            Body::Done(members) => self.logged_in(now, &members, out),
            Body::Refused(refusal) => self.login_refused(now, &refusal, out),
            Body::Garbled => {
                let refusal = Refusal {
                    number: Some(Code::LoginNet.number()),
                    reason: "answer not understood".into(),
                    retryable: Some(true),
                };
                self.login_refused(now, &refusal, out);
            }
        }
    }

    /// The server refused the login, or ended the connection with a word instead of answering.
    pub(super) fn login_refused(&mut self, now: Time, refusal: &Refusal, out: &mut Vec<Output>) {
        out.push(Output::Disconnect(1000));
        let error = Error::refused("login", Family::Login, refusal);
        if error.is_retryable() {
            return self.dial_failed(now, error, out);
        }
        if let State::LoggingIn { .. } = self.state {
            return self.login_failed(error, out);
        }
        let code = match error.code() {
            Code::LoginTokenExpired => Code::LogoutTokenExpired,
            Code::LoginTokenKicked => Code::LogoutKicked,
            _ => Code::LogoutOther,
        };
        self.end_login(Error::new("relogin", code, error.reason(), false), out);
    }

    pub(super) fn login_failed(&mut self, error: Error, out: &mut Vec<Output>) {
        let State::LoggingIn { ticket, .. } = std::mem::replace(&mut self.state, State::LoggedOut)
        else {
            return;
        };
        out.push(Output::Reply(ticket, Err(error.clone())));
        tell(out, Event::LoginFailed { error });
    }

    fn logged_in(&mut self, now: Time, members: &Map<String, Value>, out: &mut Vec<Output>) {
        let uid = members.get("uid").and_then(Value::as_u64);
        let uid = uid.and_then(|uid| uid.try_into().ok()).unwrap_or_default();
        let line = members.get("line").and_then(Value::as_str);
        let line = line.unwrap_or_default().to_owned();
        let caps = members.get("caps").and_then(Value::as_array);
        let mode = members.get("config_msg_set").and_then(Value::as_u64);
        let granted = Granted {
            multi_channel: caps.is_some_and(|caps| caps.iter().any(|cap| cap == "multi_channel")),
            ack_by_id: mode == Some(1),
        };
        match std::mem::replace(&mut self.state, State::LoggedOut) {
            State::LoggingIn { login, ticket, .. } => {
                let online = Online::new(now, login, line, granted);
                self.state = State::Online(Box::new(online));
                out.push(Output::Reply(ticket, Ok(Reply::LoggedIn(uid))));
                tell(out, Event::LoginSuccess { uid });
            }
            State::Reconnecting {
                login,
                dial,
                wanted,
            } => {
                let online = Online::new(now, login, line, granted);
                self.state = State::Online(Box::new(online));
                tell(out, Event::Reconnected { uid });
                self.restore(now, now.saturating_sub(dial.began), wanted, out);
            }
            state @ (State::LoggedOut | State::Online(_)) => self.state = state,
        }
    }

    /// The app says whether there is a network.
    pub(super) fn set_network(&mut self, now: Time, network: Network, out: &mut Vec<Output>) {
        self.network = network;
        let (State::LoggingIn { dial, .. } | State::Reconnecting { dial, .. }) = &mut self.state
        else {
            return;
        };
        match (network, dial.step) {
            (Network::Down, _) => dial.pause(out),
            (Network::Up, Step::Paused | Step::Waiting(_)) => {
                if let Step::Paused = dial.step {
                    dial.began = now;
                }
                dial.connect(now, &self.settings, out);
            }
            (Network::Up, Step::Connecting(_) | Step::Asking(_)) => {}
        }
    }
}
