//! One signaling session as a state machine, for those who bring their own sockets and clocks.
//!
//! [`Core::handle`] takes the time and one [`Input`] and appends every [`Output`] that follows from it;
//! [`Core::deadline`] says when it wants [`Input::Tick`] at the latest. That is the whole interface.
//! The tokio facade, [`Session`](super::Session), is a driver of it that decides nothing.
//!
//! ```
//! use std::time::Duration;
//! use visavis_client::signaling::core::{Core, Input, Output, Request, Settings, Ticket};
//! use visavis_client::signaling::{Event, LoginOptions};
//!
//! let now = Duration::from_secs(1_800_000_000);
//! let mut outputs = vec![];
//! let mut core = Core::new(Settings::new("dev-app"));
//! let login = Request::Login(LoginOptions::new("alice", "_no_need_token"));
//! core.handle(now, Input::Call(Ticket(1), login), &mut outputs);
//! assert!(matches!(&outputs[..], [Output::Connect]));
//!
//! outputs.clear();
//! core.handle(now, Input::Opened, &mut outputs);
//! assert!(matches!(&outputs[..], [Output::Send(login)] if login.starts_with("[\"login\"")));
//!
//! outputs.clear();
//! let welcome = r#"["login_ret",["","{\"result\":\"ok\",\"uid\":7,\"line\":\"ab\"}"]]"#;
//! core.handle(now, Input::Text(welcome.into()), &mut outputs);
//! assert!(outputs.iter().any(|output| matches!(output, Output::Event(Event::LoginSuccess { uid: 7 }))));
//! ```

mod answers;
mod backoff;
mod calls;
mod deprecated;
mod dial;
mod ending;
mod invitations;
mod io;
mod mailbox;
mod notices;
mod online;
mod requests;
mod ringing;
mod seen;
mod settings;
mod users;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use io::{
    Deprecated, Input, InvitationChange, InvitationId, Output, Reply, Request, Ticket, Time,
};
pub use settings::Settings;

use super::{Event, Status};
use backoff::Random;
use calls::Calls;
use dial::State;
use invitations::Invitations;
use seen::Seen;

/// One session: logged in or not, over as many connections as it takes.
#[derive(Debug)]
pub struct Core {
    settings: Settings,
    state: State,
    network: Network,
    calls: Calls,
    /// The channels that the session is in, with the last event of each.
    channels: BTreeMap<String, u64>,
    invitations: Invitations,
    seen: Seen,
    /// The same for messages into channels, where the server says their ids.
    heard: Seen,
    random: Random,
    /// Messages that the session named by itself.
    named: u64,
}

/// Whether connections are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    Up,
    Down,
}

impl Core {
    /// A session that is not logged in.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            random: Random::new(settings.seed),
            settings,
            state: State::LoggedOut,
            network: Network::Up,
            calls: Calls::default(),
            channels: BTreeMap::new(),
            invitations: Invitations::default(),
            seen: Seen::default(),
            heard: Seen::default(),
            named: 0,
        }
    }

    /// Takes one input and appends all that follows from it. Each [`Input::Call`] ends in one [`Output::Reply`].
    pub fn handle(&mut self, now: Time, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Call(ticket, request) => self.request(now, ticket, request, out),
            Input::Opened => self.opened(now, out),
            Input::Unreachable(cause) => self.unreachable(now, cause, out),
            Input::Text(text) => self.text(now, &text, out),
            Input::Lost(status) => self.lost(now, status, out),
            Input::Unread => {
                if let State::Online(online) = &mut self.state {
                    online.pings.heard();
                }
            }
            Input::Tick => self.tick(now, out),
        }
        self.pump(now, out);
    }

    /// When [`Input::Tick`] is due at the latest; `None` while nothing is waited for.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        match &self.state {
            State::LoggedOut => None,
            State::LoggingIn { dial, .. } | State::Reconnecting { dial, .. } => dial.deadline(),
            State::Online(online) => online.deadline(&self.calls),
        }
    }

    /// How the session is logged in.
    #[must_use]
    pub const fn status(&self) -> Status {
        match &self.state {
            State::LoggedOut => Status::LoggedOut,
            State::LoggingIn { .. } => Status::LoggingIn,
            State::Online(_) => Status::LoggedIn,
            State::Reconnecting { .. } => Status::Reconnecting,
        }
    }
}

/// Appends an event.
fn tell(out: &mut Vec<Output>, event: Event) {
    out.push(Output::Event(event));
}
