use crate::Time;
use crate::limits::{IDLE_FRAMES_BURST, IDLE_FRAMES_PER_S};

/// A token bucket for frames that mean nothing.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: f64,
    at: Time,
}

impl Allowance {
    pub(crate) fn new(now: Time) -> Self {
        Self {
            left: f64::from(IDLE_FRAMES_BURST),
            at: now,
        }
    }

    /// Takes one; false when there is none left.
    pub(crate) fn take(&mut self, now: Time) -> bool {
        let earned = now.saturating_sub(self.at).as_secs_f64() * f64::from(IDLE_FRAMES_PER_S);
        self.at = now;
        self.left = (self.left + earned).min(f64::from(IDLE_FRAMES_BURST)) - 1.0;
        self.left >= 0.0
    }
}
