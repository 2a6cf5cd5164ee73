use super::STEP_US;
use super::chance::{Purpose, chance};

const CLOSES_US: u64 = 100_000;
const OPENS_US: u64 = 150_000;
/// Never two blinks closer than this.
const APART_US: u64 = 800_000;
/// The first blink comes as if the last had been so long before the start: even a short clip looks alive.
const BEFORE_US: u64 = 1_500_000;

/// Blinks by chance, and after phrases and large shifts of gaze.
#[derive(Clone)]
pub(super) struct Blink {
    seed: u64,
    /// Mean seconds between the earliest next blink and the next blink, at rest.
    mean: f32,
    /// Start of the latest blink, counted from [`BEFORE_US`] before the start.
    latest_us: u64,
}

impl Blink {
    pub(super) fn new(seed: u64, per_minute: f32) -> Self {
        Self {
            seed,
            mean: 60.0 / per_minute - APART_US as f32 * 1e-6,
            latest_us: 0,
        }
    }

    /// Completes the step that ends at `time_us`; talk makes blinks more frequent by a quarter.
    pub(super) fn advance(&mut self, time_us: u64, speaking: f32, prompted: bool) {
        let now = time_us + BEFORE_US;
        let Some(waited) = now.checked_sub(self.latest_us + APART_US) else {
            return;
        };
        // The longer ago the last, the likelier the next: Rayleigh's distribution of the wait.
        let mean = self.mean / (1.0 + 0.25 * speaking);
        let rate = std::f32::consts::FRAC_PI_2 * waited as f32 * 1e-6 / (mean * mean);
        let drawn = chance(self.seed, Purpose::Blink, time_us / STEP_US);
        if prompted || drawn < rate * STEP_US as f32 * 1e-6 {
            self.latest_us = now;
        }
    }

    /// 0 open to 1 closed.
    pub(super) fn sample(&self, time_us: u64) -> f32 {
        let since = (time_us + BEFORE_US).saturating_sub(self.latest_us);
        let part = if since < CLOSES_US {
            since as f32 / CLOSES_US as f32
        } else {
            1.0 - ((since - CLOSES_US) as f32 / OPENS_US as f32).min(1.0)
        };
        part * part * (3.0 - 2.0 * part)
    }
}
