//! Fundamental frequency and voicing, for brows, nods and the difference between buzz and hiss.

use crate::math::{dot, ln};

/// Shortest and longest period, at 4 kHz: 444 Hz and 70 Hz.
const SHORTEST: usize = 9;
const LONGEST: usize = 57;
const SPAN: usize = 104;
const HELD: usize = SPAN + LONGEST;
/// One in four samples is enough below 500 Hz.
const DECIMATION: usize = 4;

#[derive(Clone)]
pub(super) struct Pitch {
    held: [f32; HELD],
    /// Sum of the samples of the next one at 4 kHz.
    sum: f32,
    count: usize,
    next: usize,
}

impl Pitch {
    pub(super) fn new() -> Self {
        Self {
            held: [0.0; HELD],
            sum: 0.0,
            count: 0,
            next: 0,
        }
    }

    pub(super) fn push(&mut self, sample: f32) {
        self.sum += sample;
        self.count += 1;
        if self.count == DECIMATION {
            self.held[self.next] = self.sum * (1.0 / DECIMATION as f32);
            self.next = (self.next + 1) % HELD;
            (self.sum, self.count) = (0.0, 0);
        }
    }

    /// Periodicity from 0 to 1, and the fundamental in semitones above 55 Hz.
    pub(super) fn measure(&self) -> (f32, f32) {
        let mut line = [0.0f32; HELD];
        let (newer, older) = self.held.split_at(self.next);
        line[..older.len()].copy_from_slice(older);
        line[older.len()..].copy_from_slice(newer);
        let mean = line.iter().sum::<f32>() / HELD as f32;
        line.iter_mut().for_each(|sample| *sample -= mean);

        let now = &line[LONGEST..];
        let energy = dot(now, now) + 1e-9;
        let mut shifted_energy = dot(
            &line[LONGEST - SHORTEST..HELD - SHORTEST],
            &line[LONGEST - SHORTEST..HELD - SHORTEST],
        );
        let mut score = [0.0f32; LONGEST + 1];
        for lag in SHORTEST..=LONGEST {
            let shifted = &line[LONGEST - lag..HELD - lag];
            let product = dot(now, shifted);
            score[lag] = product / (energy * (shifted_energy.max(0.0) + 1e-9)).sqrt();
            if lag < LONGEST {
                let (enters, leaves) = (line[LONGEST - lag - 1], line[HELD - lag - 1]);
                shifted_energy += enters * enters - leaves * leaves;
            }
        }
        let best = score[SHORTEST..]
            .iter()
            .fold(0.0f32, |best, s| best.max(*s));
        // Twice the period scores as well as the period: the first near the best is meant.
        let period = (SHORTEST..=LONGEST)
            .find(|&lag| {
                score[lag] > 0.88 * best && (lag == LONGEST || score[lag] >= score[lag + 1])
            })
            .unwrap_or(LONGEST);
        let hertz = 4000.0 / period as f32;
        (
            best.clamp(0.0, 1.0),
            12.0 / std::f32::consts::LN_2 * ln(hertz / 55.0),
        )
    }
}
