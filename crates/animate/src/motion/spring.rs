use crate::math::exp;

/// A critically damped spring: the fastest way to a target that never overshoots from rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spring {
    pub(crate) position: f32,
    pub(crate) velocity: f32,
}

/// How a spring moves in a fixed time: all that is costly about it, worked out beforehand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    omega: f32,
    seconds: f32,
    decay: f32,
}

impl Pace {
    /// Angular frequency `omega`, per second, over `seconds`: 90 % of the way takes 3.89 / `omega` seconds.
    pub(crate) const fn new(omega: f32, seconds: f32) -> Self {
        Self {
            omega,
            seconds,
            decay: exp(-omega * seconds),
        }
    }

    /// One step of 10 ms.
    pub(crate) const fn step(omega: f32) -> Self {
        Self::new(omega, super::STEP)
    }
}

impl Spring {
    pub(crate) const REST: Self = Self {
        position: 0.0,
        velocity: 0.0,
    };

    /// The state after the time of `pace`, pulled to `target`, in closed form.
    pub(crate) fn after(&self, target: f32, pace: &Pace) -> Self {
        let y = self.position - target;
        let k = self.velocity + pace.omega * y;
        Self {
            position: target + (y + k * pace.seconds) * pace.decay,
            velocity: (self.velocity - pace.omega * k * pace.seconds) * pace.decay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_percent_takes_the_stated_time() {
        let there = Spring::REST.after(1.0, &Pace::new(100.0, 0.0389));
        assert!((there.position - 0.9).abs() < 1e-3);
    }

    #[test]
    fn many_small_steps_equal_one_large_one() {
        let once = Spring::REST.after(0.7, &Pace::new(80.0, 0.05));
        let mut often = Spring::REST;
        for _ in 0..50 {
            often = often.after(0.7, &Pace::new(80.0, 0.001));
        }
        assert!((once.position - often.position).abs() < 1e-5);
    }
}
