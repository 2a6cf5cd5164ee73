//! The acoustic cues that are weighed: loudness, coarse spectrum and resonances, now and around now.

use super::Measured;
use crate::analysis::BANDS;

/// Windows looked at together, the newest last.
pub(super) const CONTEXT: usize = 8;
/// The window that is recognised.
pub(super) const NOW: usize = CONTEXT - 1 - super::DELAY;

/// Cues per window.
pub(super) const CUES: usize =
    SPECTRA.len() * COARSE + (LOUDNESS.len() * LEVELS.len()) + 1 + FIRST.len() + SECOND.len() + 1;

/// Coarse bands: two mel bands each.
pub(super) const COARSE: usize = BANDS / 2;

/// Windows whose spectrum is looked at, and those whose loudness is, as places in the context.
const SPECTRA: [usize; 5] = [NOW - 5, NOW - 3, NOW - 1, NOW, NOW + 1];
const LOUDNESS: [usize; 4] = [NOW - 6, NOW - 3, NOW, NOW + 1];

/// Centres of overlapping classes: loudness in decibels, resonances in hertz.
const LEVELS: [f32; 7] = [-45.0, -35.0, -28.0, -21.0, -14.0, -7.0, 0.0];
const FIRST: [f32; 7] = [250.0, 350.0, 450.0, 550.0, 650.0, 800.0, 1000.0];
const SECOND: [f32; 7] = [700.0, 1000.0, 1300.0, 1600.0, 1900.0, 2300.0, 2800.0];

/// Collects the cues for [`NOW`].
pub(super) fn collect(recent: &[Measured; CONTEXT]) -> [f32; CUES] {
    let mut cues = [0.0f32; CUES];
    let mut rest = &mut cues[..];
    let mut take = |count: usize| {
        let (head, tail) = std::mem::take(&mut rest).split_at_mut(count);
        rest = tail;
        head
    };
    for place in SPECTRA {
        take(COARSE).copy_from_slice(&recent[place].coarse);
    }
    for place in LOUDNESS {
        classify(recent[place].loudness_db, &LEVELS, take(LEVELS.len()));
    }
    let now = &recent[NOW];
    take(1)[0] = now.voicing;
    classify(now.formants[0], &FIRST, take(FIRST.len()));
    classify(now.formants[1], &SECOND, take(SECOND.len()));
    take(1)[0] = now.presence;
    cues
}

/// Shares a value between the two classes it lies between.
fn classify(value: f32, centres: &[f32], out: &mut [f32]) {
    let last = centres.len() - 1;
    let value = value.clamp(centres[0], centres[last]);
    let upper = centres
        .iter()
        .position(|&centre| value <= centre)
        .unwrap_or(last)
        .max(1);
    let share = (value - centres[upper - 1]) / (centres[upper] - centres[upper - 1]);
    out[upper - 1] = 1.0 - share;
    out[upper] = share;
}
