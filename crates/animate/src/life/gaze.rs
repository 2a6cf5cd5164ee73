use super::chance::{Purpose, chance};
use super::{DEGREE, STEP_US};

const SACCADE_US: u64 = 50_000;
/// A shift of gaze beyond this asks for a blink, in radians.
const LARGE: f32 = 4.5 * DEGREE;
/// One shift in each slot of this length, somewhere in its first half: 1 to 3 s apart.
const SLOT_US: u64 = 2_000_000;

/// Looks that jump from place to place, most of them back at the viewer.
#[derive(Clone)]
pub(super) struct Gaze {
    seed: u64,
    gain: f32,
    from: [f32; 2],
    to: [f32; 2],
    start_us: u64,
    slot: u64,
    next_us: u64,
    /// When eyes that turned away to begin a turn come back.
    back_us: u64,
}

/// Where eyes like to be.
#[derive(Clone, Copy)]
pub(super) struct Habit {
    /// How likely they look away from the viewer.
    pub(super) away: f32,
    /// Where they look instead of at the viewer, pitch and yaw in radians.
    pub(super) place: [f32; 2],
}

/// What makes eyes move out of their turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    None,
    /// Looking away helps to begin.
    TurnStarts,
    /// Looking back hands over.
    TurnEnds,
    /// Something else is attended to now.
    Attention,
}

impl Gaze {
    pub(super) fn new(seed: u64, gain: f32) -> Self {
        let mut gaze = Self {
            seed,
            gain,
            from: [0.0; 2],
            to: [0.0; 2],
            start_us: 0,
            slot: 0,
            next_us: 0,
            back_us: u64::MAX,
        };
        gaze.next_us = gaze.shift_us(0) + 300_000;
        gaze
    }

    /// Completes the step that ends at `time_us`; says whether a large shift began.
    pub(super) fn advance(&mut self, time_us: u64, habit: Habit, prompt: Prompt) -> bool {
        let draw = |n: u64| chance(self.seed, Purpose::Gaze, 8 * (time_us / STEP_US) + n);
        let due = time_us >= self.next_us;
        if due {
            self.slot += 1;
            self.next_us = self.shift_us(self.slot);
        }
        let away = match prompt {
            Prompt::TurnStarts => {
                self.back_us = time_us + 600_000 + (600_000.0 * draw(4)) as u64;
                true
            }
            Prompt::TurnEnds => false,
            Prompt::Attention => false,
            Prompt::None if time_us >= self.back_us => false,
            Prompt::None if due && self.back_us == u64::MAX => draw(0) < habit.away,
            Prompt::None => return false,
        };
        if prompt != Prompt::TurnStarts {
            self.back_us = u64::MAX;
        }
        let side = if draw(1) < 0.5 { -1.0 } else { 1.0 };
        let size = DEGREE * self.gain * (1.0 + 3.0 * draw(2));
        let offset = if away {
            [(draw(3) - 0.45) * size, side * size]
        } else {
            [0.0, side * 0.2 * size]
        };
        self.from = self.sample(time_us);
        self.to = std::array::from_fn(|axis| habit.place[axis] + offset[axis]);
        self.start_us = time_us;
        (self.to[1] - self.from[1]).abs() > LARGE
    }

    /// Pitch and yaw in radians.
    pub(super) fn sample(&self, time_us: u64) -> [f32; 2] {
        let part = (time_us.saturating_sub(self.start_us) as f32 / SACCADE_US as f32).min(1.0);
        let part = part * part * (3.0 - 2.0 * part);
        std::array::from_fn(|axis| self.from[axis] + part * (self.to[axis] - self.from[axis]))
    }

    /// When the shift of a slot is due.
    fn shift_us(&self, slot: u64) -> u64 {
        let part = 0.5 * chance(self.seed, Purpose::Turn, slot);
        slot * SLOT_US + (part * SLOT_US as f32) as u64
    }
}
