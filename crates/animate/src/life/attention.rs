use super::DEGREE;
use crate::motion::{Pace, Spring};
use crate::options::Attention;

/// Changes that may wait for their time.
const WAITING: usize = 4;
/// One state fades into another in two thirds of a second.
const FADE: Pace = Pace::step(6.0);

/// What the face attends to, and how far each state shows.
#[derive(Clone)]
pub(super) struct Attending {
    now: Attention,
    waiting: [Option<(u64, Attention)>; WAITING],
    listening: Spring,
    thinking: Spring,
    speaking: Spring,
    /// Which side the head goes to, -1 or 1.
    side: f32,
}

/// How a state holds the face.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bearing {
    /// Head: pitch, yaw, roll in radians, forward in metres.
    pub(super) head: [f32; 4],
    /// Where eyes like to be: pitch and yaw in radians.
    pub(super) eyes: [f32; 2],
    /// How likely eyes look away.
    pub(super) away: f32,
    pub(super) brows: f32,
    pub(super) frown: f32,
    pub(super) smile: f32,
    /// Mouth drawn to one side, -1 (the subject's right) to 1.
    pub(super) aside: f32,
}

const IDLE: Bearing = bearing([0.0, 0.0, 0.0], 0.0, [0.0, 0.0], 0.55, [0.0, 0.0, 0.0, 0.0]);
const LISTENING: Bearing = bearing(
    [1.5, 0.0, 2.6],
    0.006,
    [0.0, 0.0],
    0.12,
    [0.10, 0.0, 0.05, 0.0],
);
const THINKING: Bearing = bearing(
    [-2.5, 4.0, -1.5],
    -0.002,
    [-7.0, 8.0],
    0.7,
    [0.04, 0.14, -0.03, 0.12],
);
const SPEAKING: Bearing = bearing(
    [-0.4, 0.0, 0.0],
    0.003,
    [0.0, 0.0],
    0.45,
    [0.02, 0.0, 0.01, 0.0],
);

impl Attending {
    pub(super) const fn new(side: f32) -> Self {
        Self {
            now: Attention::Idle,
            waiting: [None; WAITING],
            listening: Spring::REST,
            thinking: Spring::REST,
            speaking: Spring::REST,
            side,
        }
    }

    /// Notes a change at a media time; where too many wait, the last gives way.
    pub(super) fn change(&mut self, attention: Attention, time_us: u64) {
        let free = self.waiting.iter().position(Option::is_none);
        self.waiting[free.unwrap_or(WAITING - 1)] = Some((time_us, attention));
    }

    /// Completes the step that ends at `time_us`; says whether something else is attended to now.
    pub(super) fn advance(&mut self, time_us: u64, speaks: bool) -> bool {
        let before = self.now;
        while let Some((due, attention)) = self.waiting[0]
            && due <= time_us
        {
            self.now = attention;
            self.waiting.rotate_left(1);
            self.waiting[WAITING - 1] = None;
        }
        let on = |wanted: bool| if wanted { 1.0 } else { 0.0 };
        let listens = self.now == Attention::Listening && !speaks;
        let thinks = self.now == Attention::Thinking && !speaks;
        self.listening = self.listening.after(on(listens), &FADE);
        self.thinking = self.thinking.after(on(thinks), &FADE);
        self.speaking = self.speaking.after(on(speaks), &FADE);
        before != self.now
    }

    /// How much of it is listening, 0 to 1.
    pub(super) const fn listening(&self) -> f32 {
        self.listening.position.clamp(0.0, 1.0)
    }

    /// How much of it is talk, 0 to 1.
    pub(super) const fn speaking(&self) -> f32 {
        self.speaking.position.clamp(0.0, 1.0)
    }

    /// How likely eyes look away now, and where they like to be: at once, as eyes are quick.
    pub(super) fn eyes(&self, speaks: bool) -> (f32, [f32; 2]) {
        let state = match self.now {
            _ if speaks => &SPEAKING,
            Attention::Idle => &IDLE,
            Attention::Listening => &LISTENING,
            Attention::Thinking => &THINKING,
        };
        (state.away, [state.eyes[0], self.side * state.eyes[1]])
    }

    /// The states mixed as they show.
    pub(super) fn bearing(&self) -> Bearing {
        let shares = [
            (&LISTENING, self.listening()),
            (&THINKING, self.thinking.position.clamp(0.0, 1.0)),
            (&SPEAKING, self.speaking()),
        ];
        let mut mixed = Bearing::default();
        for (state, share) in shares {
            for (sum, value) in mixed.head.iter_mut().zip(state.head) {
                *sum += share * value;
            }
            mixed.brows += share * state.brows;
            mixed.frown += share * state.frown;
            mixed.smile += share * state.smile;
            mixed.aside += share * state.aside;
        }
        mixed.head[1] *= self.side;
        mixed.head[2] *= self.side;
        mixed.aside *= self.side;
        mixed
    }
}

/// From degrees and metres.
const fn bearing(
    [pitch, yaw, roll]: [f32; 3],
    forward: f32,
    [up, aside]: [f32; 2],
    away: f32,
    [brows, frown, smile, mouth]: [f32; 4],
) -> Bearing {
    Bearing {
        head: [pitch * DEGREE, yaw * DEGREE, roll * DEGREE, forward],
        eyes: [up * DEGREE, aside * DEGREE],
        away,
        brows,
        frown,
        smile,
        aside: mouth,
    }
}
