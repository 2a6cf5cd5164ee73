use std::fmt;

use crate::Character;
use crate::performance::Thresholds;

/// How an [`Animator`](crate::Animator) works: fixed for its whole life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Frames per second of the animation. Default: [`Fps::F25`].
    pub fps: Fps,
    /// How far the engine hears ahead of the face it shows. Default: [`Lookahead::Ms40`].
    pub lookahead: Lookahead,
    /// Decides blinks, gaze and head motion: equal seeds move equally. Default: 0.
    pub seed: u64,
    /// Whose manner the face has. Default: [`Character::VERA`].
    pub character: Character,
    /// Whether the face blinks, looks about, nods, raises its brows and breathes. Default: yes.
    ///
    /// Without it only the mouth moves, and head and eyes look straight ahead.
    pub secondary: bool,
    /// Where the decoder draws its lines: for programs that tune it.
    #[doc(hidden)]
    pub thresholds: Thresholds,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fps: Fps::default(),
            lookahead: Lookahead::default(),
            seed: 0,
            character: Character::VERA,
            secondary: true,
            thresholds: Thresholds::default(),
        }
    }
}

/// What the face attends to while nobody hears it speak; that it speaks, it hears itself.
///
/// The sound cannot tell it: the caller does, through [`Animator::attend`](crate::Animator::attend).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Attention {
    /// Nothing in particular: gaze wanders, the head drifts a little.
    #[default]
    Idle,
    /// Somebody else speaks: eyes stay on them, head tilted and forward, brows slightly up.
    Listening,
    /// An answer is on its way: eyes up and aside, brows slightly down.
    Thinking,
}

/// Frames per second. Every rate divides the 48 kHz media clock exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fps {
    /// 25 frames per second, one every 40 ms: the rate of FLAME keyframes.
    #[default]
    F25,
    /// 30 frames per second.
    F30,
    /// 50 frames per second.
    F50,
    /// 60 frames per second.
    F60,
    /// 100 frames per second: one frame per analysis step.
    F100,
}

impl Fps {
    /// Every rate, slowest first.
    pub const ALL: [Self; 5] = [Self::F25, Self::F30, Self::F50, Self::F60, Self::F100];

    /// Frames per second as a number.
    #[must_use]
    pub const fn hertz(self) -> u32 {
        match self {
            Self::F25 => 25,
            Self::F30 => 30,
            Self::F50 => 50,
            Self::F60 => 60,
            Self::F100 => 100,
        }
    }

    /// Length of one frame in ticks of the 48 kHz media clock: 1920, 1600, 960, 800 or 480.
    #[must_use]
    pub const fn ticks(self) -> u64 {
        MEDIA_CLOCK / self.hertz() as u64
    }
}

impl TryFrom<u32> for Fps {
    type Error = UnsupportedFps;

    /// # Errors
    ///
    /// [`UnsupportedFps`] unless `hertz` is 25, 30, 50, 60 or 100.
    fn try_from(hertz: u32) -> Result<Self, UnsupportedFps> {
        let known = Self::ALL.into_iter().find(|fps| fps.hertz() == hertz);
        known.ok_or(UnsupportedFps(hertz))
    }
}

/// How much audio after a frame's own time the engine hears before it decides the frame.
///
/// More lookahead means closures and rounding that begin in better time, and a later first frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lookahead {
    /// 20 ms: lowest latency, and lips that trail the sound a little.
    Ms20,
    /// 40 ms.
    #[default]
    Ms40,
    /// 80 ms: quality; rounding is anticipated.
    Ms80,
}

impl Lookahead {
    /// The lookahead in milliseconds.
    #[must_use]
    pub const fn millis(self) -> u32 {
        match self {
            Self::Ms20 => 20,
            Self::Ms40 => 40,
            Self::Ms80 => 80,
        }
    }

    /// The most audio, in microseconds after a frame's time, that the frame waits for.
    ///
    /// Lookahead, one 10 ms analysis step, half a 25 ms window and 0.75 ms of resampling (none at
    /// 16 kHz): 43.25, 63.25 or 103.25 ms. Frames on a multiple of 10 ms, among them the first one
    /// and all of [`Fps::F25`], [`Fps::F50`] and [`Fps::F100`], wait 10 ms less. See
    /// [`Animator::first_frame_samples`](crate::Animator::first_frame_samples) for the exact figure.
    #[must_use]
    pub const fn reach_us(self) -> u64 {
        self.millis() as u64 * 1000 + 10_000 + 12_500 + 750
    }

    /// The lookahead in analysis steps of 10 ms.
    pub(crate) const fn steps(self) -> usize {
        self.millis() as usize / 10
    }
}

/// A sample rate outside what the resampler can do exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsupportedRate(pub u32);

impl fmt::Display for UnsupportedRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(rate) = self;
        write!(f, "unsupported sample rate: {rate}")
    }
}

impl std::error::Error for UnsupportedRate {}

/// A frame rate that is not one of [`Fps::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsupportedFps(pub u32);

impl fmt::Display for UnsupportedFps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(hertz) = self;
        write!(f, "unsupported frame rate: {hertz} (25, 30, 50, 60 or 100)")
    }
}

impl std::error::Error for UnsupportedFps {}

/// Ticks per second of the media clock that frames are counted on.
pub(crate) const MEDIA_CLOCK: u64 = 48_000;
