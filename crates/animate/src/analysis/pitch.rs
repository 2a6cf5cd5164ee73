//! Fundamental frequency and voicing, for brows, nods and the difference between buzz and hiss.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8};

use crate::math::{dot, ln, sum};

/// Shortest and longest period, at 4 kHz: 444 Hz and 70 Hz.
const SHORTEST: usize = 9;
const LONGEST: usize = 57;
const SPAN: usize = 104;
const HELD: usize = SPAN + LONGEST;
/// One in four samples is enough below 500 Hz.
const DECIMATION: usize = 4;
/// Periods that are tried, the longest first, and room for them in whole registers.
const TRIED: usize = LONGEST - SHORTEST + 1;
const ROOM: usize = TRIED.next_multiple_of(8);

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

    pub(super) fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            self.sum += sample;
            self.count += 1;
            if self.count == DECIMATION {
                self.held[self.next] = self.sum * (1.0 / DECIMATION as f32);
                self.next += 1;
                if self.next == HELD {
                    self.next = 0;
                }
                (self.sum, self.count) = (0.0, 0);
            }
        }
    }

    /// Periodicity from 0 to 1, and the fundamental in semitones above 55 Hz.
    #[inline(always)]
    pub(super) fn measure<S: Simd>(&self, simd: S) -> (f32, f32) {
        let mut line = [0.0f32; HELD + ROOM - TRIED];
        let (newer, older) = self.held.split_at(self.next);
        line[..older.len()].copy_from_slice(older);
        line[older.len()..HELD].copy_from_slice(newer);
        let mean = sum(simd, &line) / HELD as f32;
        line[..HELD].iter_mut().for_each(|sample| *sample -= mean);

        // By place in the line: the period of place 0 is the longest.
        let mut sums = [f32x8::splat(simd, 0.0); ROOM / 8];
        for (n, now) in line[LONGEST..HELD].iter().enumerate() {
            let (shifted, _) = line[n..n + ROOM].as_chunks::<8>();
            for (sum, samples) in sums.iter_mut().zip(shifted) {
                *sum += f32x8::simd_from(simd, *samples) * *now;
            }
        }
        let mut products = [0.0f32; ROOM];
        for (product, sum) in products.as_chunks_mut().0.iter_mut().zip(sums) {
            *product = <[f32; 8]>::from(sum);
        }
        let energy = dot(simd, &line[LONGEST..HELD], &line[LONGEST..HELD]) + 1e-9;
        let mut energies = [1.0f32; ROOM];
        let mut shifted = dot(simd, &line[..SPAN], &line[..SPAN]);
        for (place, energy) in energies[..TRIED].iter_mut().enumerate() {
            *energy = shifted.max(0.0) + 1e-9;
            let (leaves, enters) = (line[place], line[place + SPAN]);
            shifted += enters * enters - leaves * leaves;
        }
        let mut scores = [0.0f32; ROOM];
        for n in 0..ROOM {
            scores[n] = products[n] / (energy * energies[n]).sqrt();
        }
        let scores = &scores[..TRIED];
        let best = scores.iter().fold(0.0f32, |best, s| best.max(*s));
        // Twice the period scores as well as the period: the shortest near the best is meant.
        let place = (0..TRIED)
            .rev()
            .find(|&n| scores[n] > 0.88 * best && (n == 0 || scores[n] >= scores[n - 1]))
            .unwrap_or(0);
        let hertz = 4000.0 / (LONGEST - place) as f32;
        (
            best.clamp(0.0, 1.0),
            12.0 / std::f32::consts::LN_2 * ln(hertz / 55.0),
        )
    }
}
