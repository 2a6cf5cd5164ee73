use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Counts what happens in a second: a token bucket that holds one second's worth.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rate {
    /// When the bucket is full again.
    full_at: Duration,
}

impl Rate {
    /// Takes one token if there is one, with `per_s` new ones a second.
    pub(crate) fn allows(&mut self, now: Duration, per_s: u32) -> bool {
        let Some(price) = SECOND.checked_div(per_s) else {
            return false;
        };
        let full_at = self.full_at.max(now) + price;
        let allowed = full_at <= now + SECOND;
        if allowed {
            self.full_at = full_at;
        }
        allowed
    }

    /// True when nothing is left to remember.
    pub(crate) fn is_idle(&self, now: Duration) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_exactly_its_number() {
        for per_s in [1, 3, 7, 60, 200, 1000] {
            let (mut rate, now) = (Rate::default(), Duration::from_secs(1_700_000_000));
            let passed = (0..5000).filter(|_| rate.allows(now, per_s)).count();
            assert_eq!(passed, per_s as usize);
            let passed = (0..5000).filter(|_| rate.allows(now + SECOND, per_s));
            assert_eq!(passed.count(), per_s as usize);
        }
        assert!(!Rate::default().allows(SECOND, 0));
    }
}
