use super::chance::{Purpose, chance};
use crate::Pose;
use crate::math::sin;

const DEGREE: f32 = std::f32::consts::PI / 180.0;
const BREATH_HERTZ: f64 = 0.25;

/// The head at an instant: drift, breath and nods on accents.
pub(super) fn pose(seed: u64, time_us: u64, speaking: f32, nod: f32, gain: f32) -> Pose {
    // In silence the head rests, but never stands still.
    let amount = gain * (0.35 + 0.65 * speaking);
    let sway = [0, 1, 2].map(|axis| drift(seed, axis, time_us));
    let breath = sin(std::f64::consts::TAU * BREATH_HERTZ * time_us as f64 * 1e-6) as f32;
    Pose {
        rotation: [
            DEGREE * (amount * 1.4 * sway[0] + gain * 3.2 * nod + 0.25 * breath),
            DEGREE * amount * 3.2 * sway[1],
            DEGREE * amount * 2.2 * sway[2],
        ],
        translation: [
            0.0015 * amount * sway[1],
            0.0008 * breath - 0.001 * gain * nod,
            0.0006 * breath + 0.0015 * amount * sway[0],
        ],
    }
}

/// Smooth noise of one channel within -1 to 1: three waves between 0.1 and 0.5 Hz.
pub(super) fn drift(seed: u64, channel: u64, time_us: u64) -> f32 {
    let seconds = time_us as f64 * 1e-6;
    let mut sum = 0.0;
    for (wave, (low, high, share)) in [(0.10, 0.17, 0.5), (0.19, 0.31, 0.3), (0.34, 0.5, 0.2)]
        .into_iter()
        .enumerate()
    {
        let draw = |n: u64| {
            f64::from(chance(
                seed,
                Purpose::Head,
                channel * 16 + wave as u64 * 2 + n,
            ))
        };
        let hertz = low + (high - low) * draw(0);
        sum += share * sin(std::f64::consts::TAU * (hertz * seconds + draw(1)));
    }
    sum as f32
}
