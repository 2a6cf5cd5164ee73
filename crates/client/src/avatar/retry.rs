//! When to try again, and how long to wait before.

use std::time::Duration;

use crate::Error;

/// Longest time that is waited because a server asks for it; beyond it the caller gets the error, with the time.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(600);

/// When and how fast to retry.
///
/// The wait before retry n is a random share of `base` × 2ⁿ⁻¹, at most `cap` ("full jitter"), so that many clients do
/// not come back at once. A server that names a time is given that time first.
/// What the [advice](Error::advice) does not allow is never retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Most attempts in a row that may fail, the first included.
    pub attempts_max: u32,
    /// Longest wait before the first retry.
    pub base: Duration,
    /// Longest wait before any retry.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    /// Four attempts, waits of up to 0.25 s, 0.5 s and 1 s; never longer than 20 s.
    fn default() -> Self {
        Self {
            attempts_max: 4,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(20),
        }
    }
}

impl RetryPolicy {
    /// One attempt, no retry.
    #[must_use]
    pub fn never() -> Self {
        Self {
            attempts_max: 1,
            ..Self::default()
        }
    }

    /// A policy with this many attempts in a row.
    #[must_use]
    pub const fn attempts_max(mut self, attempts_max: u32) -> Self {
        self.attempts_max = attempts_max;
        self
    }

    /// A policy with this longest first wait.
    #[must_use]
    pub const fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// A policy with this longest wait.
    #[must_use]
    pub const fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// How long to wait after so many failures in a row; `None` when to give up.
    ///
    /// `random` chooses within the jitter: 0 is no wait, `u32::MAX` the longest.
    #[must_use]
    pub fn delay(&self, error: &Error, failures: u32, random: u32) -> Option<Duration> {
        error
            .is_retryable()
            .then(|| self.backoff(error, failures, random))
            .flatten()
    }

    /// The same for a failure that the caller has remedied, such as a token that was refreshed.
    pub(super) fn backoff(&self, error: &Error, failures: u32, random: u32) -> Option<Duration> {
        let asked = error.retry_after().unwrap_or_default();
        if failures >= self.attempts_max || asked > RETRY_AFTER_MAX {
            return None;
        }
        let doublings = failures.saturating_sub(1).min(30);
        let longest = self.base.saturating_mul(1 << doublings).min(self.cap);
        let jitter = longest.mul_f64(f64::from(random) / f64::from(u32::MAX));
        Some(asked + jitter)
    }
}

/// A token bucket that all retries of a client draw from.
///
/// It keeps a service that is down from being hit harder by everyone who retries: each retry takes a whole token,
/// each success gives a tenth back, and one token comes back every `refill`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryBudget {
    tokens: f64,
    tokens_max: f64,
    refill: Duration,
    since: Option<Duration>,
}

/// What a success gives back.
const SUCCESS_TOKENS: f64 = 0.1;

impl Default for RetryBudget {
    /// Ten retries at once, and one more every ten seconds.
    fn default() -> Self {
        Self::new(10, Duration::from_secs(10))
    }
}

impl RetryBudget {
    /// A full bucket of so many retries; `refill` brings one back.
    #[must_use]
    pub const fn new(retries: u32, refill: Duration) -> Self {
        Self {
            tokens: retries as f64,
            tokens_max: retries as f64,
            refill,
            since: None,
        }
    }

    /// Takes one retry; false when there is none. `now` counts from any fixed point.
    pub fn take(&mut self, now: Duration) -> bool {
        self.refill(now);
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }

    /// Gives a share back for a success.
    pub fn succeeded(&mut self, now: Duration) {
        self.refill(now);
        self.tokens = (self.tokens + SUCCESS_TOKENS).min(self.tokens_max);
    }

    fn refill(&mut self, now: Duration) {
        let since = self.since.replace(now).unwrap_or(now);
        let elapsed = now.saturating_sub(since).as_secs_f64();
        if !self.refill.is_zero() {
            self.tokens = (self.tokens + elapsed / self.refill.as_secs_f64()).min(self.tokens_max);
        }
    }
}

#[cfg(test)]
mod tests {
    use visavis_codes::{Code, Phase};

    use super::*;
    use crate::error::Parts;

    fn error(code: Code, retry_after_ms: u64) -> Error {
        let mut parts = Parts::new(code, Phase::WebsocketRuntime, "");
        parts.retry_after = (retry_after_ms > 0).then(|| Duration::from_millis(retry_after_ms));
        parts.into()
    }

    #[test]
    fn waits_double_up_to_the_cap_and_are_jittered_in_full() {
        let policy = RetryPolicy::default()
            .attempts_max(9)
            .cap(Duration::from_secs(1));
        let error = error(Code::ConnectionClosed, 0);
        let longest = |failures| {
            policy
                .delay(&error, failures, u32::MAX)
                .map(|d| d.as_millis())
        };
        let waits: Vec<_> = (1..=9).map(longest).collect();
        let expected = [250, 500, 1000, 1000, 1000, 1000, 1000, 1000].map(Some);
        assert_eq!(waits[..8], expected);
        assert_eq!(waits[8], None);
        assert_eq!(policy.delay(&error, 3, 0), Some(Duration::ZERO));
    }

    #[test]
    fn the_server_s_time_goes_first_and_forbidden_retries_never_happen() {
        let policy = RetryPolicy::default();
        let wait = policy.delay(&error(Code::UpstreamError, 3000), 1, 0);
        assert_eq!(wait, Some(Duration::from_secs(3)));
        assert_eq!(
            policy.delay(&error(Code::UpstreamError, 601_000), 1, 0),
            None
        );
        for code in Code::ALL {
            let wait = policy.delay(&error(code, 3000), 1, 0);
            assert_eq!(wait.is_some(), code.retryable(), "{code}");
        }
        assert_eq!(
            RetryPolicy::never().delay(&error(Code::UpstreamError, 0), 1, 0),
            None
        );
    }

    #[test]
    fn a_budget_runs_dry_and_fills_again() {
        let mut budget = RetryBudget::new(2, Duration::from_secs(10));
        let at = Duration::from_secs;
        assert!(budget.take(at(0)) && budget.take(at(0)) && !budget.take(at(9)));
        assert!(budget.take(at(10)) && !budget.take(at(10)));
        for _ in 0..10 {
            budget.succeeded(at(10));
        }
        assert!(budget.take(at(10)) || budget.take(at(11)));
        assert!(budget.take(at(1000)) && budget.take(at(1000)) && !budget.take(at(1000)));
    }
}
