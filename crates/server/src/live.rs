//! The sessions that are open, and the faults that wait for one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use visavis_avatar::Disruption;

/// Faults that may wait at the same time.
const ARMED_MAX: usize = 1000;
/// Disruptions that one session may have on the way.
const DISRUPTIONS_MAX: usize = 16;

/// What the operator API sees of the sessions.
#[derive(Debug, Default)]
pub(crate) struct Live(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    sessions: HashMap<String, Session>,
    armed: Vec<Armed>,
    next_fault: u64,
}

/// An open session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) app_id: String,
    pub(crate) avatar_id: String,
    /// Faults are possible.
    pub(crate) test: bool,
    pub(crate) since: SystemTime,
    disrupt: mpsc::Sender<(Duration, Disruption)>,
}

/// A fault that waits for sessions.
#[derive(Debug, Clone)]
pub(crate) struct Armed {
    pub(crate) id: u64,
    pub(crate) target: Target,
    pub(crate) disruption: Disruption,
    pub(crate) after: Duration,
    /// Sessions that it still strikes.
    pub(crate) times: u32,
}

/// Whom a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Connection(String),
    App(String),
    Avatar(String),
}

/// Why a fault was not armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotArmed {
    NoSuchSession,
    NotATestApp,
    TooMany,
}

impl Live {
    /// Takes a session in; what is sent to the receiver is to go wrong in it after the delay.
    pub(crate) fn open(
        &self,
        connection_id: &str,
        app_id: &str,
        avatar_id: &str,
        test: bool,
    ) -> mpsc::Receiver<(Duration, Disruption)> {
        let (disrupt, disruptions) = mpsc::channel(DISRUPTIONS_MAX);
        let session = Session {
            app_id: app_id.into(),
            avatar_id: avatar_id.into(),
            test,
            since: SystemTime::now(),
            disrupt,
        };
        let mut state = self.lock();
        state
            .armed
            .retain_mut(|armed| armed.strike(connection_id, &session));
        state.sessions.insert(connection_id.into(), session);
        disruptions
    }

    pub(crate) fn close(&self, connection_id: &str) {
        self.lock().sessions.remove(connection_id);
    }

    pub(crate) fn sessions(&self) -> Vec<(String, Session)> {
        let sessions = &self.lock().sessions;
        let mut sessions: Vec<_> = sessions
            .iter()
            .map(|(id, session)| (id.clone(), session.clone()))
            .collect();
        sessions.sort_by(|a, b| (a.1.since, &a.0).cmp(&(b.1.since, &b.0)));
        sessions
    }

    pub(crate) fn armed(&self) -> Vec<Armed> {
        self.lock().armed.clone()
    }

    /// Strikes open sessions at once and keeps the rest for those to come; gives the fault's id.
    pub(crate) fn arm(
        &self,
        target: Target,
        disruption: Disruption,
        after: Duration,
        times: u32,
    ) -> Result<(u64, u32), NotArmed> {
        let mut state = self.lock();
        if state.armed.len() >= ARMED_MAX {
            return Err(NotArmed::TooMany);
        }
        state.next_fault += 1;
        let mut armed = Armed {
            id: state.next_fault,
            target,
            disruption,
            after,
            times,
        };
        if let Target::Connection(id) = &armed.target {
            match state.sessions.get(id) {
                None => return Err(NotArmed::NoSuchSession),
                Some(session) if !session.test => return Err(NotArmed::NotATestApp),
                Some(_) => {}
            }
        }
        for (id, session) in &state.sessions {
            armed.strike(id, session);
        }
        let answer = (armed.id, times - armed.times);
        if armed.times > 0 && !matches!(armed.target, Target::Connection(_)) {
            state.armed.push(armed);
        }
        Ok(answer)
    }

    /// False when there is no such fault any more.
    pub(crate) fn disarm(&self, id: u64) -> bool {
        let mut state = self.lock();
        let before = state.armed.len();
        state.armed.retain(|armed| armed.id != id);
        state.armed.len() < before
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    /// Strikes a session if it is meant; false when the fault is used up.
    fn strike(&mut self, connection_id: &str, session: &Session) -> bool {
        let meant = session.test
            && match &self.target {
                Target::Connection(id) => id == connection_id,
                Target::App(id) => *id == session.app_id,
                Target::Avatar(id) => *id == session.avatar_id,
            };
        if meant
            && self.times > 0
            && session
                .disrupt
                .try_send((self.after, self.disruption.clone()))
                .is_ok()
        {
            self.times -= 1;
        }
        self.times > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    fn app(id: &str) -> Target {
        Target::App(id.into())
    }

    #[test]
    fn a_fault_strikes_as_often_as_it_should_and_only_test_apps() {
        let live = Live::default();
        let mut open = live.open("c1", "a", "vera", true);
        let mut other = live.open("c2", "b", "vera", true);
        let mut production = live.open("c3", "a", "vera", false);
        let (id, struck) = live.arm(app("a"), Disruption::Stall, NOW, 2).unwrap();
        assert_eq!((struck, live.armed().len()), (1, 1));
        assert!(
            open.try_recv().is_ok() && other.try_recv().is_err() && production.try_recv().is_err()
        );
        let mut later = live.open("c4", "a", "otto", true);
        assert!(later.try_recv().is_ok());
        assert!(live.armed().is_empty() && !live.disarm(id));
    }

    #[test]
    fn a_connection_that_is_not_there_is_not_waited_for() {
        let live = Live::default();
        let at = |id: &str| live.arm(Target::Connection(id.into()), Disruption::Garbage, NOW, 1);
        assert_eq!(at("c1"), Err(NotArmed::NoSuchSession));
        let _open = live.open("c1", "a", "vera", false);
        assert_eq!(at("c1"), Err(NotArmed::NotATestApp));
        live.close("c1");
        assert!(live.sessions().is_empty());
    }
}
