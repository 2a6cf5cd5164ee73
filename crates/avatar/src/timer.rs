use crate::Time;

/// A named deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    Handshake,
    Idle,
    Duration,
    TokenExpiry,
    Credits,
    Pause,
    Fault,
    Linger,
}

/// The deadlines of a session.
#[derive(Debug, Default)]
pub(crate) struct Timers([Option<Time>; 8]);

impl Timers {
    const ALL: [Timer; 8] = [
        Timer::Handshake,
        Timer::Idle,
        Timer::Duration,
        Timer::TokenExpiry,
        Timer::Credits,
        Timer::Pause,
        Timer::Fault,
        Timer::Linger,
    ];

    pub(crate) fn set(&mut self, timer: Timer, at: Option<Time>) {
        self.0[timer as usize] = at;
    }

    pub(crate) fn at(&self, timer: Timer) -> Option<Time> {
        self.0[timer as usize]
    }

    pub(crate) fn clear_all(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn next(&self) -> Option<Time> {
        self.0.iter().flatten().min().copied()
    }

    /// Takes the timer that is due for the longest, if any.
    pub(crate) fn expire(&mut self, now: Time) -> Option<Timer> {
        let due = |timer: &Timer| self.at(*timer).is_some_and(|at| at <= now);
        let timer = Self::ALL
            .into_iter()
            .filter(due)
            .min_by_key(|timer| self.at(*timer))?;
        self.set(timer, None);
        Some(timer)
    }
}
