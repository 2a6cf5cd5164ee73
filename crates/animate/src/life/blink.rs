use super::chance::{Purpose, chance};

const CLOSES_US: u64 = 100_000;
const OPENS_US: u64 = 150_000;
/// Never two blinks closer than this.
const APART_US: u64 = 800_000;

/// Blinks by chance, and after phrases and large shifts of gaze.
#[derive(Clone)]
pub(super) struct Blink {
    seed: u64,
    per_minute: f32,
    index: u64,
    /// Start of the latest blink.
    latest_us: Option<u64>,
    /// Progress to the next blink by chance; due at 1.
    progress: f32,
    /// Length of the wait for it, as a multiple of the mean.
    wait: f32,
}

impl Blink {
    pub(super) fn new(seed: u64, per_minute: f32) -> Self {
        // The first one comes early, so that even a short clip looks alive.
        Self {
            seed,
            per_minute,
            index: 0,
            latest_us: None,
            progress: 0.0,
            wait: 0.25 + 0.5 * chance(seed, Purpose::Blink, 0),
        }
    }

    /// Completes the step that ends at `time_us`.
    pub(super) fn advance(&mut self, time_us: u64, speaking: f32, prompted: bool) {
        let per_step = self.per_minute * (1.0 + speaking / 3.0) / 6000.0;
        self.progress += per_step / self.wait;
        let apart = self
            .latest_us
            .is_none_or(|latest| time_us >= latest + APART_US);
        if apart && (prompted || self.progress >= 1.0) {
            self.latest_us = Some(time_us);
            self.index += 1;
            self.progress = 0.0;
            self.wait = 0.35 + 1.3 * chance(self.seed, Purpose::Blink, self.index);
        }
    }

    /// 0 open to 1 closed.
    pub(super) fn sample(&self, time_us: u64) -> f32 {
        let Some(since) = self
            .latest_us
            .and_then(|latest| time_us.checked_sub(latest))
        else {
            return 0.0;
        };
        let part = if since < CLOSES_US {
            since as f32 / CLOSES_US as f32
        } else {
            1.0 - ((since - CLOSES_US) as f32 / OPENS_US as f32).min(1.0)
        };
        part * part * (3.0 - 2.0 * part)
    }
}
