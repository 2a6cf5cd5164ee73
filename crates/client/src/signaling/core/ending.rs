//! How connections and logins end.

use std::collections::BTreeSet;

use visavis_codes::signaling::{Cause, Code, Family};
use visavis_wire::signaling::Refusal;

use super::calls::{Calls, What};
use super::dial::{Dial, State};
use super::online::Phase;
use super::{Core, Network, Output, Reply, Ticket, Time, backoff, tell};
use crate::signaling::{Error, Event};

/// WebSocket statuses of a server of ours say the code: 4000 more.
const STATUS_OF_CODES: u16 = 4000;

impl Core {
    pub(super) fn logout(&mut self, now: Time, ticket: Ticket, out: &mut Vec<Output>) {
        match &mut self.state {
            State::LoggedOut => {
                let error = Error::new("logout", Code::LogoutAlreadyLogout, "not logged in", false);
                self.refuse(ticket, error, out);
            }
            State::LoggingIn { .. } => {
                out.push(Output::Disconnect(1000));
                let error = Error::new("login", Code::LoginCancel, "logout", false);
                self.login_failed(error, out);
                out.push(Output::Reply(ticket, Ok(Reply::Done)));
            }
            State::Online(online) => match online.phase {
                Phase::Leaving(_) => {
                    let error =
                        Error::new("logout", Code::LogoutAlreadyLogout, "logging out", false);
                    self.refuse(ticket, error, out);
                }
                Phase::Restoring(_) | Phase::Ready => {
                    self.flush(now, out);
                    self.say_goodbye(now, ticket, out);
                }
            },
            State::Reconnecting { .. } => {
                self.end_login(logged_out(), out);
                out.push(Output::Reply(ticket, Ok(Reply::Done)));
            }
        }
    }

    /// The logout is answered, or will never be.
    pub(super) fn finish_logout(&mut self, out: &mut Vec<Output>) {
        if let State::Online(online) = &self.state
            && let Phase::Leaving(ticket) = online.phase
        {
            self.end_login(logged_out(), out);
            out.push(Output::Reply(ticket, Ok(Reply::Done)));
        }
    }

    const fn is_leaving(&self) -> bool {
        match &self.state {
            State::Online(online) => matches!(online.phase, Phase::Leaving(_)),
            State::LoggedOut | State::LoggingIn { .. } | State::Reconnecting { .. } => false,
        }
    }

    /// The connection is gone.
    pub(super) fn lost(&mut self, now: Time, status: Option<u16>, out: &mut Vec<Output>) {
        if let Some(number) = status.and_then(|status| status.checked_sub(STATUS_OF_CODES))
            && let Some(code) = Code::from_number(number)
            && number != 0
            && let State::Online(_) = self.state
        {
            // The close frame came without the word that goes before it.
            let refusal = Refusal {
                number: Some(number),
                reason: code.title().into(),
                retryable: None,
            };
            return self.closed(now, &refusal, out);
        }
        self.dropped(now, out);
    }

    /// The server ends the login, and says why.
    pub(super) fn closed(&mut self, now: Time, refusal: &Refusal, out: &mut Vec<Output>) {
        match self.state {
            State::LoggedOut => {}
            State::LoggingIn { .. } | State::Reconnecting { .. } => {
                self.login_refused(now, refusal, out);
            }
            State::Online(_) => {
                let error = Error::refused("logout", Family::Logout, refusal);
                match error.code() {
                    // Too slow, or silent for too long: that may be better on a new connection.
                    Code::LogoutNet => {
                        out.push(Output::Disconnect(1000));
                        self.dropped(now, out);
                    }
                    _ if self.is_leaving() => self.finish_logout(out),
                    _ => self.end_login(error, out),
                }
            }
        }
    }

    /// The connection is gone without a word, or must be given up.
    pub(super) fn dropped(&mut self, now: Time, out: &mut Vec<Output>) {
        match self.state {
            State::LoggedOut => {}
            State::LoggingIn { .. } | State::Reconnecting { .. } => {
                let error = Error::new("login", Code::LoginNet, "connection lost", true);
                self.dial_failed(now, error, out);
            }
            State::Online(_) if self.is_leaving() => self.finish_logout(out),
            State::Online(_) => self.reconnect(now, out),
        }
    }

    fn reconnect(&mut self, now: Time, out: &mut Vec<Output>) {
        let State::Online(online) = std::mem::replace(&mut self.state, State::LoggedOut) else {
            return;
        };
        let mut wanted: BTreeSet<String> = online.rejoining;
        for (channel, _) in std::mem::take(&mut self.channels) {
            let error = Error::of("channel_leave", Cause::LeftByDisconnect, Family::Leave);
            wanted.insert(channel.clone());
            tell(out, Event::ChannelLeaved { channel, error });
        }
        if !self.settings.rejoin {
            wanted.clear();
        }
        let dial = match self.network {
            Network::Up => Dial::after(now, now + backoff::wait(0, &mut self.random)),
            Network::Down => Dial::paused(now),
        };
        self.state = State::Reconnecting {
            login: online.login,
            dial,
            wanted,
        };
        self.calls.ground();
        for call in self.calls.extract(|what| {
            matches!(
                what,
                What::Poll | What::Rejoin { .. } | What::Invite { .. } | What::Logout
            )
        }) {
            let error = call.what.unanswered("connection lost", true);
            self.settle(now, call, Err(error), out);
        }
        tell(out, Event::Reconnecting { nretry: 1 });
    }

    /// The login is over: everything that belonged to it ends, and this is the last that is told of it.
    pub(super) fn end_login(&mut self, why: Error, out: &mut Vec<Output>) {
        self.state = State::LoggedOut;
        out.push(Output::Disconnect(1000));
        for (channel, _) in std::mem::take(&mut self.channels) {
            let error = Error::of("channel_leave", Cause::LeftByLogout, Family::Leave);
            tell(out, Event::ChannelLeaved { channel, error });
        }
        self.calls.ground();
        for call in self.calls.extract(|_| true) {
            let error = call.what.unanswered(why.reason(), false);
            self.settle(Time::ZERO, call, Err(error), out);
        }
        self.end_invitations(&why, out);
        // What the session would still say by itself has nobody to hear it.
        self.calls = Calls::default();
        tell(out, Event::Logout { error: why });
    }
}

fn logged_out() -> Error {
    Error::of("logout", Cause::LoggedOut, Family::Logout)
}
