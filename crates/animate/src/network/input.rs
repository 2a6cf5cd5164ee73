//! What the network is given of a window.

use super::layer::INPUT_SCALE;
use super::{INPUTS, quantise};
use crate::analysis::{BANDS, Sound};

/// The running reference never sinks below this.
const REFERENCE_MIN_DB: f32 = -90.0;
/// A window this far below the reference tells nothing of the voice.
const VOICE_DB: f32 = -20.0;
/// How many windows the training mean is worth, and how many are remembered.
const COUNT_START: f32 = 50.0;
const COUNT_MAX: f32 = 400.0;
/// Decibels per unit of input.
const UNIT_DB: f32 = 12.0;

/// Takes a voice's own loudness and colour out of its spectra.
#[derive(Clone)]
pub(crate) struct Normaliser {
    reference_db: f32,
    count: f32,
    /// Running mean of each band, against the reference.
    mean: [f32; BANDS],
}

impl Normaliser {
    /// Begins with the mean of training.
    pub(super) fn new(prior: &[f32; BANDS]) -> Self {
        Self {
            reference_db: -30.0,
            count: COUNT_START,
            mean: *prior,
        }
    }

    /// Takes the next window and gives the network's input for it.
    pub(crate) fn push(&mut self, sound: &Sound) -> [i16; INPUTS] {
        let above = sound.loud_db - self.reference_db;
        if above > 0.0 {
            self.reference_db += 0.1 * above;
        } else {
            self.reference_db = (self.reference_db - 0.01).max(REFERENCE_MIN_DB);
        }
        let above = sound.loud_db - self.reference_db;
        if above > VOICE_DB {
            self.count = (self.count + 1.0).min(COUNT_MAX);
            for (mean, mel_db) in self.mean.iter_mut().zip(&sound.mel_db) {
                *mean += (mel_db - self.reference_db - *mean) / self.count;
            }
        }
        let mut inputs = [0; INPUTS];
        for (band, input) in inputs[..BANDS].iter_mut().enumerate() {
            let unusual = sound.mel_db[band] - self.reference_db - self.mean[band];
            *input = quantise((unusual / UNIT_DB).clamp(-5.0, 4.0), INPUT_SCALE);
        }
        inputs[BANDS] = quantise((above / UNIT_DB).clamp(-5.0, 2.0), INPUT_SCALE);
        inputs
    }
}
