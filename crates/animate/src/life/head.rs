use super::DEGREE;
use super::chance::{Purpose, chance};
use crate::Pose;
use crate::math::wave;

const BREATH_HERTZ: f64 = 0.25;
/// What drifts: pitch, yaw and roll of the head, and the corners of the mouth.
const DRIFTS: usize = 4;
/// Bands of the waves of a drift: least and greatest hertz, and share.
const BANDS: [(f64, f64, f32); 3] = [(0.10, 0.17, 0.5), (0.19, 0.31, 0.3), (0.34, 0.5, 0.2)];

/// Slow smooth noise between 0.1 and 0.5 Hz: a function of seed and media time.
#[derive(Clone)]
pub(super) struct Drift {
    /// Hertz and phase in turns of each wave.
    waves: [[(f64, f64); BANDS.len()]; DRIFTS],
}

/// What the head does of its own at an instant.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Share of talk in the last moments, 0 to 1.
    pub(super) speaking: f32,
    /// How far a nod is down, 0 to 1.
    pub(super) nod: f32,
    /// Factor on all of it.
    pub(super) gain: f32,
    /// Where the head likes to be: pitch, yaw, roll in radians, and forward in metres.
    pub(super) bias: [f32; 4],
}

impl Drift {
    pub(super) fn new(seed: u64) -> Self {
        let draw = |place: usize| f64::from(chance(seed, Purpose::Head, place as u64));
        let waves = std::array::from_fn(|drift| {
            std::array::from_fn(|band| {
                let place = drift * 16 + band * 2;
                let (low, high, _) = BANDS[band];
                (low + (high - low) * draw(place), draw(place + 1))
            })
        });
        Self { waves }
    }

    /// A drift at an instant, -1 to 1.
    pub(super) fn at(&self, drift: usize, time_us: u64) -> f32 {
        let seconds = time_us as f64 * 1e-6;
        let mut sum = 0.0;
        for ((hertz, phase), (_, _, share)) in self.waves[drift].into_iter().zip(BANDS) {
            sum += share * wave(hertz * seconds + phase);
        }
        sum
    }

    /// The head at an instant: drift, breath and nods.
    pub(super) fn pose(&self, time_us: u64, manner: &Manner) -> Pose {
        // In silence the head rests, but never stands still.
        let amount = manner.gain * (0.35 + 0.65 * manner.speaking);
        let sway = [0, 1, 2].map(|drift| self.at(drift, time_us));
        let breath = wave(BREATH_HERTZ * time_us as f64 * 1e-6);
        let [pitch, yaw, roll, forward] = manner.bias;
        Pose {
            rotation: [
                pitch + DEGREE * (amount * 1.4 * sway[0] + 3.4 * manner.nod + 0.25 * breath),
                yaw + DEGREE * amount * 3.2 * sway[1],
                roll + DEGREE * amount * 2.2 * sway[2],
            ],
            translation: [
                0.0015 * amount * sway[1],
                0.0008 * breath - 0.001 * manner.nod,
                forward + 0.0006 * breath + 0.0015 * amount * sway[0],
            ],
        }
    }
}
