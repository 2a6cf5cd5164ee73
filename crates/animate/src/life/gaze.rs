use super::chance::{Purpose, chance};

const DEGREE: f32 = std::f32::consts::PI / 180.0;
const SACCADE_US: u64 = 50_000;
/// A shift of gaze beyond this asks for a blink, in radians.
const LARGE: f32 = 3.5 * DEGREE;

/// Looks that jump from place to place, most of them back at the viewer.
#[derive(Clone)]
pub(super) struct Gaze {
    seed: u64,
    gain: f32,
    index: u64,
    from: [f32; 2],
    to: [f32; 2],
    start_us: u64,
    next_us: u64,
}

impl Gaze {
    pub(super) fn new(seed: u64, gain: f32) -> Self {
        let first = 400_000 + (800_000.0 * chance(seed, Purpose::Gaze, 0)) as u64;
        Self {
            seed,
            gain,
            index: 1,
            from: [0.0; 2],
            to: [0.0; 2],
            start_us: 0,
            next_us: first,
        }
    }

    /// Completes the step that ends at `time_us`; says whether a large shift began.
    ///
    /// A speaker looks away to begin a turn and back to end it.
    pub(super) fn advance(&mut self, time_us: u64, turn_starts: bool, turn_ends: bool) -> bool {
        if time_us < self.next_us && !turn_starts && !turn_ends {
            return false;
        }
        let draw = |n: u64| chance(self.seed, Purpose::Gaze, 4 * self.index + n);
        let away = !turn_ends && (turn_starts || draw(0) < 0.55);
        let side = if draw(1) < 0.5 { -1.0 } else { 1.0 };
        let size = DEGREE * self.gain * (1.0 + 3.0 * draw(2));
        let to = if away {
            [(draw(3) - 0.45) * size, side * size]
        } else {
            [0.0, side * 0.2 * size]
        };
        let wait = 1_000_000
            + (2_000_000.0 * chance(self.seed, Purpose::Gaze, 4 * self.index + 4_000_000_000))
                as u64;
        self.from = self.sample(time_us);
        self.to = to;
        self.start_us = time_us;
        self.next_us = time_us + wait;
        self.index += 1;
        (self.to[1] - self.from[1]).abs() > LARGE
    }

    /// Pitch and yaw in radians.
    pub(super) fn sample(&self, time_us: u64) -> [f32; 2] {
        let part = (time_us.saturating_sub(self.start_us) as f32 / SACCADE_US as f32).min(1.0);
        let part = part * part * (3.0 - 2.0 * part);
        std::array::from_fn(|axis| self.from[axis] + part * (self.to[axis] - self.from[axis]))
    }
}
