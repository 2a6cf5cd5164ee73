//! When to connect again.

use std::time::Duration;

/// The waits before the first ten tries, in milliseconds, as published SDKs have them.
const WAITS_MS: [u64; 10] = [200, 400, 800, 1600, 2000, 2000, 2000, 2000, 2000, 2000];

/// The wait before every later try.
const WAIT_LATER: Duration = Duration::from_secs(30);

/// The wait before the next try after so many failures: a random share, half of it or more.
pub(super) fn wait(failures: u32, random: &mut Random) -> Duration {
    let whole = WAITS_MS
        .get(failures as usize)
        .map_or(WAIT_LATER, |ms| Duration::from_millis(*ms));
    let share = f64::from(random.next()) / f64::from(u32::MAX);
    whole.mul_f64(0.5 + share / 2.0)
}

/// Numbers under a seed (PCG's multiplier, the high bits).
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(super) fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_minute_and_differ() {
        let mut random = Random::new(7);
        for (failures, most_ms) in [(0, 200), (1, 400), (4, 2000), (9, 2000), (10, 30_000)] {
            let waits: Vec<_> = (0..100).map(|_| wait(failures, &mut random)).collect();
            let most = Duration::from_millis(most_ms);
            assert!(waits.iter().all(|wait| (most / 2..=most).contains(wait)));
            assert!(waits.iter().any(|wait| *wait > most * 9 / 10));
            assert!(waits.iter().any(|wait| *wait < most * 6 / 10));
        }
    }
}
