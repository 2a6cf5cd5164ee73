use crate::Fps;
use crate::motion::Fraction;
use crate::options::MEDIA_CLOCK;

/// Ticks of the media clock per step.
const STEP_TICKS: u64 = MEDIA_CLOCK / 100;

/// Tells which frames lie in which step, in whole ticks: exact after any time.
#[derive(Clone)]
pub(super) struct Clock {
    fps: Fps,
    /// Frames given out.
    frames: u64,
}

/// When a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) index: u64,
    pub(super) ticks: u64,
    /// How far into its step.
    pub(super) fraction: Fraction,
}

impl Clock {
    pub(super) const fn new(fps: Fps) -> Self {
        Self { fps, frames: 0 }
    }

    /// Frames given out so far.
    pub(super) const fn frames(&self) -> u64 {
        self.frames
    }

    /// The next frame that lies in the step that ends at `step` times 10 ms, or before it.
    pub(super) fn next(&mut self, step: u64) -> Option<Due> {
        let (index, end) = (self.frames, step * STEP_TICKS);
        let ticks = index * self.fps.ticks();
        if ticks > end {
            return None;
        }
        self.frames += 1;
        let fraction = match (end, (ticks + STEP_TICKS).saturating_sub(end)) {
            // The first step ends at time zero and has nothing before it: the face is at rest.
            (0, _) => Fraction::None,
            (_, 160) => Fraction::Third,
            (_, 320) => Fraction::TwoThirds,
            (_, _) => Fraction::Whole,
        };
        Some(Due {
            index,
            ticks,
            fraction,
        })
    }
}

impl Due {
    /// Media time in microseconds, rounded down.
    pub(super) const fn time_us(&self) -> u64 {
        micros(self.ticks)
    }

    /// Place among samples at `rate`, rounded down.
    pub(super) const fn sample(&self, rate: u32) -> u64 {
        (self.ticks as u128 * rate as u128 / MEDIA_CLOCK as u128) as u64
    }
}

/// When a step ends, in microseconds.
pub(super) const fn step_us(step: u64) -> u64 {
    micros(step * STEP_TICKS)
}

const fn micros(ticks: u64) -> u64 {
    (ticks as u128 * 1_000_000 / MEDIA_CLOCK as u128) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_exactly_their_frames() {
        for fps in Fps::ALL {
            let (mut clock, hertz) = (Clock::new(fps), u64::from(fps.hertz()));
            for step in 0..3 * 360_000 {
                while let Some(due) = clock.next(step) {
                    assert_eq!(due.time_us(), due.index * 1_000_000 / hertz);
                    assert_eq!(due.sample(44_100), due.index * 44_100 / hertz);
                    assert!(due.time_us() <= step_us(step));
                    // What is shown of a step is where the frame is in it, to a microsecond.
                    let into = 10_000.0 * due.fraction.share();
                    let at = due.time_us() as f32 + 10_000.0 - step_us(step) as f32;
                    assert!(step == 0 || step > 1000 || (into - at).abs() < 1.5);
                }
            }
            assert_eq!(clock.frames(), 3 * 3600 * hertz);
        }
    }
}
