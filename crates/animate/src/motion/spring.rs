use crate::math::exp;

/// Fastest spring, for lips that close: 90 % in 26 ms.
pub(super) const CLOSING: f32 = 150.0;

/// A critically damped spring: the fastest way to a target that never overshoots from rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spring {
    pub(crate) position: f32,
    velocity: f32,
}

impl Spring {
    pub(crate) const REST: Self = Self {
        position: 0.0,
        velocity: 0.0,
    };

    /// The state `seconds` later, pulled to `target` with angular frequency `omega`, in closed form.
    ///
    /// 90 % of the way takes 3.89 / `omega` seconds.
    pub(crate) fn after(&self, target: f32, omega: f32, seconds: f32) -> Self {
        let y = self.position - target;
        let k = self.velocity + omega * y;
        let decay = exp(-omega * seconds);
        Self {
            position: target + (y + k * seconds) * decay,
            velocity: (self.velocity - omega * k * seconds) * decay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_percent_takes_the_stated_time() {
        let there = Spring::REST.after(1.0, 100.0, 0.0389);
        assert!((there.position - 0.9).abs() < 1e-3);
    }

    #[test]
    fn many_small_steps_equal_one_large_one() {
        let once = Spring::REST.after(0.7, 80.0, 0.05);
        let mut often = Spring::REST;
        for _ in 0..50 {
            often = often.after(0.7, 80.0, 0.001);
        }
        assert!((once.position - often.position).abs() < 1e-5);
    }
}
