use std::sync::Arc;
use std::time::Duration;

use visavis_wire::signaling::Login;

use crate::ConnId;
use crate::mailbox::{Inbox, MailboxState};
use crate::rate::Rate;
use crate::session::Session;
use crate::tenant::TenantId;

/// More connections than one hub can have; a driver that counts further is wrong.
const CONNS_MAX: usize = 1 << 24;

/// One connection.
#[derive(Debug)]
pub(crate) struct Conn {
    /// Tells it from others that had the same id.
    pub(crate) serial: u64,
    pub(crate) last_seen: Duration,
    /// When its timer fires.
    pub(crate) armed: Option<Duration>,
    pub(crate) frames: Rate,
    pub(crate) state: State,
}

/// How far a connection is.
#[derive(Debug)]
pub(crate) enum State {
    /// No login yet.
    Greeting {
        /// It is closed then.
        until: Duration,
    },
    /// The app of its login is being loaded.
    Waiting {
        /// It is closed then.
        until: Duration,
        login: Box<Login>,
    },
    /// It has a login.
    LoggedIn(Box<Session>),
}

/// A connection that may be gone by the time it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConnKey {
    pub(crate) conn: ConnId,
    pub(crate) serial: u64,
}

/// Whose login it is.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) tenant: TenantId,
    pub(crate) account: Arc<str>,
}

/// Every connection, by its id.
#[derive(Debug, Default)]
pub(crate) struct Conns {
    slots: Vec<Option<Box<Conn>>>,
    opened: u64,
}

impl Conns {
    /// Puts a new connection in; false when the id is no good.
    pub(crate) fn open(&mut self, id: ConnId, now: Duration, until: Duration) -> bool {
        let Some(at) = index(id) else {
            return false;
        };
        if self.slots.len() <= at {
            self.slots.resize_with(at + 1, || None);
        }
        self.opened += 1;
        self.slots[at] = Some(Box::new(Conn {
            serial: self.opened,
            last_seen: now,
            armed: None,
            frames: Rate::default(),
            state: State::Greeting { until },
        }));
        true
    }

    pub(crate) fn find(&mut self, id: ConnId) -> Option<&mut Conn> {
        self.slots.get_mut(index(id)?)?.as_deref_mut()
    }

    pub(crate) fn remove(&mut self, id: ConnId) -> Option<Box<Conn>> {
        self.slots.get_mut(index(id)?)?.take()
    }

    /// The login on a connection.
    pub(crate) fn session(&mut self, id: ConnId) -> Option<&mut Session> {
        match &mut self.find(id)?.state {
            State::LoggedIn(session) => Some(session),
            State::Greeting { .. } | State::Waiting { .. } => None,
        }
    }

    /// The login on a connection, if that is still the same.
    pub(crate) fn session_of(&mut self, key: ConnKey) -> Option<&mut Session> {
        self.find(key.conn)
            .filter(|conn| conn.serial == key.serial)?;
        self.session(key.conn)
    }

    /// The login on a connection and its mailbox, if that is here.
    pub(crate) fn inbox(&mut self, key: ConnKey) -> Option<(Who, &mut Inbox)> {
        let session = self.session_of(key)?;
        let who = Who {
            tenant: session.tenant,
            account: Arc::clone(&session.account),
        };
        match &mut session.mailbox {
            MailboxState::Ready(inbox) => Some((who, inbox)),
            MailboxState::Loading(_) | MailboxState::Absent => None,
        }
    }

    /// Every connection.
    pub(crate) fn ids(&self) -> Vec<ConnId> {
        let open = self.slots.iter().enumerate();
        open.filter(|(_, slot)| slot.is_some())
            .map(|(at, _)| ConnId(at as u64))
            .collect()
    }
}

fn index(id: ConnId) -> Option<usize> {
    usize::try_from(id.0).ok().filter(|at| *at < CONNS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_that_does_nothing_is_small() {
        assert!(size_of::<Conn>() <= 128, "{}", size_of::<Conn>());
        assert!(size_of::<Session>() <= 320, "{}", size_of::<Session>());
        assert!(size_of::<Inbox>() <= 80, "{}", size_of::<Inbox>());
    }
}
