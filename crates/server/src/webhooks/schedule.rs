use std::time::Duration;

/// Times of the deliveries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    /// How long a receiver may take to answer.
    pub(super) timeout: Duration,
    /// How often the store is asked without being woken.
    pub(super) poll: Duration,
    /// How long to wait after each failed attempt; one that fails after the last is given up.
    pub(super) delays: &'static [Duration],
    /// How long a receiver that fails is left alone first; doubles while it goes on.
    pub(super) pause_min: Duration,
    pub(super) pause_max: Duration,
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What Standard Webhooks recommends: the last attempt is three days after the first.
const DELAYS: [Duration; 9] = [
    Duration::from_secs(5),
    MINUTE.saturating_mul(5),
    MINUTE.saturating_mul(30),
    HOUR.saturating_mul(2),
    HOUR.saturating_mul(5),
    HOUR.saturating_mul(10),
    HOUR.saturating_mul(14),
    HOUR.saturating_mul(20),
    HOUR.saturating_mul(24),
];

/// The longest that a receiver can make us wait.
const RETRY_AFTER_MAX: Duration = HOUR;

impl Default for Schedule {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            delays: &DELAYS,
            pause_min: Duration::from_secs(1),
            pause_max: Duration::from_secs(30),
        }
    }
}

impl Schedule {
    /// When to try again after this many failed attempts; `None` to give up.
    ///
    /// `random` stretches it by up to a fifth, so that what failed together does not come back together.
    pub(super) fn delay(
        &self,
        failed: u32,
        random: u32,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        let at = usize::try_from(failed.checked_sub(1)?).ok()?;
        let delay = *self.delays.get(at)?;
        let stretched = delay + delay.mul_f64(f64::from(random) / f64::from(u32::MAX) / 5.0);
        Some(stretched.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX)))
    }

    /// How long a receiver is left alone that failed this many times in a row.
    pub(super) fn pause(&self, failures: u32, retry_after: Option<Duration>) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.pause_min
            .saturating_mul(doubled)
            .min(self.pause_max)
            .max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_spread_over_three_days_and_then_end() {
        let schedule = Schedule::default();
        let secs = |failed, random| {
            let delay = schedule.delay(failed, random, None);
            delay.map(|delay| delay.as_secs())
        };
        assert_eq!((secs(1, 0), secs(1, u32::MAX)), (Some(5), Some(6)));
        assert_eq!((secs(2, 0), secs(9, 0)), (Some(300), Some(86_400)));
        assert_eq!((secs(0, 0), secs(10, 0)), (None, None));
        let all: u64 = (1..=9).filter_map(|failed| secs(failed, 0)).sum();
        assert_eq!(all, 272_105, "75 h 35 min 5 s");
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_ever() {
        let schedule = Schedule::default();
        let asks = |secs| Some(Duration::from_secs(secs));
        assert_eq!(schedule.delay(1, 0, asks(60)), asks(60));
        assert_eq!(schedule.delay(2, 0, asks(60)), asks(300));
        assert_eq!(schedule.delay(1, 0, asks(999_999)), asks(3600));
        assert_eq!(Some(schedule.pause(1, None)), asks(1));
        assert_eq!(Some(schedule.pause(4, None)), asks(8));
        assert_eq!(Some(schedule.pause(u32::MAX, None)), asks(30));
        assert_eq!(Some(schedule.pause(1, asks(100))), asks(100));
    }
}
