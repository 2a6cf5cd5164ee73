//! What can be measured in 25 ms of sound.

mod mel;
mod pitch;
mod spectrum;

use fearless_simd::{Simd, dispatch};

use crate::math::{db, dot, sum};
use crate::processor;

use pitch::Pitch;

/// Samples of one window: 25 ms at 16 kHz.
pub(crate) const WINDOW: usize = 400;
/// Samples from one window to the next: 10 ms.
pub(crate) const HOP: usize = 160;
/// Log-mel bands, 60 to 7600 Hz.
pub(crate) const BANDS: usize = 40;

/// One window, measured. Windows are centred on multiples of 10 ms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sound {
    /// Mean power in decibels below a full-scale square wave, -100 to 0.
    pub(crate) level_db: f32,
    /// Power in each mel band, decibels.
    pub(crate) mel_db: [f32; BANDS],
    /// Mean power over the bands, decibels.
    pub(crate) loud_db: f32,
    /// Centre of gravity of the bands, 0 (60 Hz) to 1 (7600 Hz).
    pub(crate) brightness: f32,
    /// Periodicity, 0 (noise) to 1 (a pure period).
    pub(crate) voicing: f32,
    /// Fundamental frequency in semitones above 55 Hz; meaningless without voicing.
    pub(crate) pitch_semitones: f32,
}

impl Sound {
    pub(crate) const SILENCE: Self = Self {
        level_db: -100.0,
        mel_db: [-100.0; BANDS],
        loud_db: -100.0,
        brightness: 0.0,
        voicing: 0.0,
        pitch_semitones: 12.0,
    };
}

/// Cuts 16 kHz audio into windows and measures each.
#[derive(Clone)]
pub(crate) struct Analyzer {
    window: [f32; WINDOW],
    filled: usize,
    pitch: Pitch,
}

impl Analyzer {
    pub(crate) fn new() -> Self {
        // Half a window of silence before the start centres the first window on time zero.
        Self {
            window: [0.0; WINDOW],
            filled: WINDOW / 2,
            pitch: Pitch::new(),
        }
    }

    /// Takes any number of samples and hands each window that they complete to `sink`.
    pub(crate) fn push(&mut self, mut samples: &[f32], mut sink: impl FnMut(&Sound)) {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(WINDOW - self.filled));
            self.window[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            self.pitch.push(now);
            samples = later;
            if self.filled == WINDOW {
                let level = processor::level();
                // The processor's widest registers change no bit: nothing is fused, and sums have a fixed order.
                sink(&dispatch!(level, simd => self.measure(simd)));
                self.window.copy_within(HOP.., 0);
                self.filled = WINDOW - HOP;
            }
        }
    }

    #[inline(always)]
    fn measure<S: Simd>(&self, simd: S) -> Sound {
        let mean = sum(simd, &self.window) / WINDOW as f32;
        let power = dot(simd, &self.window, &self.window) / WINDOW as f32 - mean * mean;
        let level_db = db(power.max(1e-10));
        if level_db < -95.0 {
            return Sound::SILENCE;
        }
        let spectrum = spectrum::power(&self.window, mean);
        let (voicing, pitch_semitones) = self.pitch.measure(simd);
        let bands = mel::bands(simd, &spectrum);
        let mut mel_db = bands;
        for power in &mut mel_db {
            *power = db(power.max(1e-10));
        }
        Sound {
            level_db,
            mel_db,
            loud_db: db((sum(simd, &bands) / BANDS as f32).max(1e-10)),
            brightness: mel::brightness(&bands),
            voicing,
            pitch_semitones,
        }
    }
}
