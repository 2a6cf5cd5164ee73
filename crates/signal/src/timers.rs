use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::ConnId;
use crate::tenant::TenantId;

/// Something that waits for a time; each has one deadline at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Silence, the end of a token, faults. A frame does not move it: when it fires, it sees what is due.
    Conn(ConnId),
    /// The end of an empty channel, counts of members to push.
    Channel(TenantId, Arc<str>),
    /// Invitations.
    Tenant(TenantId),
}

/// Deadlines in their order. Whoever arms a timer remembers for when.
#[derive(Debug, Default)]
pub(crate) struct Timers(BTreeSet<(Duration, Timer)>);

impl Timers {
    /// Moves a timer that stands at `armed` to `at`.
    pub(crate) fn set(&mut self, timer: Timer, armed: &mut Option<Duration>, at: Option<Duration>) {
        if *armed == at {
            return;
        }
        let mut entry = (Duration::ZERO, timer);
        if let Some(armed) = *armed {
            entry.0 = armed;
            self.0.remove(&entry);
        }
        if let Some(at) = at {
            entry.0 = at;
            self.0.insert(entry);
        }
        *armed = at;
    }

    pub(crate) fn next(&self) -> Option<Duration> {
        self.0.first().map(|(at, _)| *at)
    }

    /// Takes the first timer if its time has come.
    pub(crate) fn due(&mut self, now: Duration) -> Option<Timer> {
        self.next().filter(|at| *at <= now)?;
        self.0.pop_first().map(|(_, timer)| timer)
    }
}
