//! Any supported rate to 16 kHz, without shifting anything in time.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use fearless_simd::{Simd, dispatch};

use crate::UnsupportedRate;
use crate::math::{dot, sin};
use crate::processor;

/// The rate all analysis runs at.
pub(crate) const RATE: u32 = 16_000;

/// Reach of the filter to either side, in microseconds: the delay of the streaming form.
const REACH_US: u64 = 750;
/// A finer ratio would need a filter table of megabytes.
const PHASES_MAX: u32 = 640;
/// Input taken in at once; any value gives the same output.
const BLOCK: usize = 256;
/// Output handed on at once.
const OUT: usize = 192;

/// A windowed-sinc polyphase filter.
///
/// Output `m` is the signal at exactly `m / 16000` seconds: the filter is centred there and waits
/// for [`REACH_US`] of audio after it, so there is no delay left to subtract from timestamps.
#[derive(Clone)]
pub(crate) struct Resampler {
    filter: Option<Arc<Filter>>,
    /// Input from the first sample that the next output needs.
    held: Vec<f32>,
    phase: usize,
}

impl Resampler {
    pub(crate) fn new(rate: u32) -> Result<Self, UnsupportedRate> {
        let filter = match rate {
            RATE => None,
            8_000..=192_000 if phases(rate) <= PHASES_MAX => Some(Filter::shared(rate)),
            _ => return Err(UnsupportedRate(rate)),
        };
        let capacity = filter.as_ref().map_or(0, |filter| filter.taps + BLOCK + 16);
        let mut it = Self {
            filter,
            held: Vec::with_capacity(capacity),
            phase: 0,
        };
        it.reset();
        Ok(it)
    }

    pub(crate) fn reset(&mut self) {
        self.phase = 0;
        self.held.clear();
        if let Some(filter) = &self.filter {
            self.held.resize(filter.taps - filter.half - 1, 0.0);
        }
    }

    /// Samples that must follow an instant before the output at that instant exists.
    pub(crate) fn delay(&self) -> u64 {
        self.filter.as_ref().map_or(0, |filter| filter.half as u64)
    }

    /// Bytes on the heap that belong to this instance alone.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.held.capacity() * size_of::<f32>()
    }

    /// Takes any number of samples; hands the finished 16 kHz samples to `sink`, some at a time.
    pub(crate) fn push(&mut self, samples: &[f32], mut sink: impl FnMut(&[f32])) {
        let Some(filter) = &self.filter else {
            return sink(samples);
        };
        let level = processor::level();
        let mut out = [0.0; OUT];
        for block in samples.chunks(BLOCK) {
            self.held.extend_from_slice(block);
            let mut start = 0;
            loop {
                let (held, phase) = (&self.held, &mut self.phase);
                let count =
                    dispatch!(level, simd => filter.run(simd, held, &mut start, phase, &mut out));
                sink(&out[..count]);
                if count < OUT {
                    break;
                }
            }
            // A long step may reach past what is held: what remains to skip has not arrived yet.
            let gone = start.min(self.held.len());
            self.held.copy_within(gone.., 0);
            self.held.truncate(self.held.len() - gone);
            debug_assert_eq!(gone, start, "a step is shorter than the filter");
        }
    }
}

struct Filter {
    phases: usize,
    /// From one output to the next: whole input samples, and phases.
    step: [usize; 2],
    /// Input samples used after the instant of the output.
    half: usize,
    /// Length of one phase, a multiple of 8; the first few may be zeros that only fill it up.
    taps: usize,
    coefficients: Vec<f32>,
}

impl Filter {
    /// The filter of a rate, built once for all that use it at the same time.
    fn shared(rate: u32) -> Arc<Self> {
        static CACHE: Mutex<Vec<(u32, Weak<Filter>)>> = Mutex::new(Vec::new());
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        let known = cache
            .iter()
            .find(|(known, _)| *known == rate)
            .and_then(|(_, it)| it.upgrade());
        known.unwrap_or_else(|| {
            let filter = Arc::new(Self::new(rate));
            cache.retain(|(_, it)| it.strong_count() > 0);
            cache.push((rate, Arc::downgrade(&filter)));
            filter
        })
    }

    fn new(rate: u32) -> Self {
        let phases = phases(rate) as usize;
        let half = (u64::from(rate) * REACH_US).div_ceil(1_000_000) as usize;
        let taps = (2 * half).next_multiple_of(8);
        // Nothing above 7.6 kHz is used, so the transition may lie across the Nyquist frequency.
        let cutoff = 0.475 * f64::from(rate.min(RATE)) / f64::from(rate);
        let mut coefficients = Vec::with_capacity(phases * taps);
        for phase in 0..phases {
            let fraction = phase as f64 / phases as f64;
            let row: Vec<f64> = (0..taps)
                .map(|tap| tap as f64 - (taps - half - 1) as f64 - fraction)
                .map(|x| if x.abs() > half as f64 { 0.0 } else { kaiser(x / half as f64) } * sinc(2.0 * cutoff * x))
                .collect();
            // Every phase passes a constant unchanged, so no ripple at the phase rate appears.
            let sum: f64 = row.iter().sum();
            coefficients.extend(row.iter().map(|c| (c / sum) as f32));
        }
        // One output takes rate / 16000 input samples; in phases that is a whole number.
        let step = (u64::from(rate) * phases as u64 / u64::from(RATE)) as usize;
        Self {
            phases,
            step: [step / phases, step % phases],
            half,
            taps,
            coefficients,
        }
    }

    /// Fills `out` from `held`, of which what is before `start` is done with; says how far.
    #[inline(always)]
    fn run<S: Simd>(
        &self,
        simd: S,
        held: &[f32],
        start: &mut usize,
        phase: &mut usize,
        out: &mut [f32; OUT],
    ) -> usize {
        for (count, out) in out.iter_mut().enumerate() {
            let Some(window) = held.get(*start..*start + self.taps) else {
                return count;
            };
            *out = dot(simd, window, self.phase(*phase));
            *start += self.step[0];
            *phase += self.step[1];
            if *phase >= self.phases {
                *phase -= self.phases;
                *start += 1;
            }
        }
        OUT
    }

    #[inline(always)]
    fn phase(&self, phase: usize) -> &[f32] {
        &self.coefficients[phase * self.taps..(phase + 1) * self.taps]
    }
}

/// Phases of the reduced ratio 16000 / rate.
fn phases(rate: u32) -> u32 {
    let (mut a, mut b) = (RATE, rate);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    RATE / a
}

fn sinc(x: f64) -> f64 {
    let angle = std::f64::consts::PI * x;
    if angle.abs() < 1e-9 {
        1.0
    } else {
        sin(angle) / angle
    }
}

/// Kaiser window with beta 6 over -1..=1: side lobes about 60 dB down.
fn kaiser(x: f64) -> f64 {
    let inside = (1.0 - x * x).max(0.0);
    bessel(6.0 * inside.sqrt()) / bessel(6.0)
}

/// Modified Bessel function of the first kind, order zero, by its series.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..32 {
        term *= quarter / f64::from(n * n);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resample(rate: u32, hertz: f64) -> Vec<f32> {
        let input: Vec<f32> = (0..rate / 5)
            .map(|n| sin(std::f64::consts::TAU * hertz * f64::from(n) / f64::from(rate)) as f32)
            .collect();
        let mut resampler = Resampler::new(rate).expect("supported");
        let mut output = Vec::new();
        resampler.push(&input, |samples| output.extend_from_slice(samples));
        output
    }

    #[test]
    fn a_tone_keeps_its_phase_at_every_rate() {
        for rate in [
            8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 176_400,
            192_000,
        ] {
            for (n, sample) in resample(rate, 440.0).into_iter().enumerate().skip(50) {
                let expected = sin(std::f64::consts::TAU * 440.0 * n as f64 / 16_000.0) as f32;
                assert!(
                    (sample - expected).abs() < 4e-3,
                    "{rate} Hz, sample {n}: {sample} {expected}"
                );
            }
        }
    }

    #[test]
    fn what_cannot_be_represented_is_removed() {
        let loudest = resample(48_000, 12_000.0)
            .into_iter()
            .skip(50)
            .map(f32::abs)
            .fold(0.0, f32::max);
        assert!(loudest < 0.01, "{loudest}");
    }

    #[test]
    fn odd_rates_are_refused() {
        for rate in [0, 7999, 44_101, 192_001, u32::MAX] {
            assert_eq!(Resampler::new(rate).err(), Some(UnsupportedRate(rate)));
        }
    }
}
