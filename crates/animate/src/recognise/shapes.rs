//! Which mouth makes such a sound.

use super::{Measured, Weights};
use crate::Viseme;
use crate::math::{exp, ramp};

/// Windows looked at together.
pub(super) const CONTEXT: usize = 9;
/// The window that is weighed.
pub(super) const NOW: usize = CONTEXT - 1 - super::DELAY;

/// Resonances of the vowels in hertz, and their spread in octaves.
const VOWELS: [(Viseme, f32, f32); 7] = [
    (Viseme::Aa, 720.0, 1300.0),
    (Viseme::Aa, 690.0, 1700.0),
    (Viseme::E, 540.0, 1750.0),
    (Viseme::I, 330.0, 2250.0),
    (Viseme::O, 520.0, 900.0),
    (Viseme::U, 350.0, 1000.0),
    (Viseme::Rr, 450.0, 1300.0),
];

/// Weighs the visemes at [`NOW`].
pub(super) fn weigh(recent: &[Measured; CONTEXT]) -> Weights {
    let now = &recent[NOW];
    let sound = &now.sound;
    let mut weights = [0.0f32; Viseme::COUNT];
    let mut add = |viseme: Viseme, weight: f32| weights[viseme as usize] += weight.max(0.0);

    let high = sound.band(33, 40);
    let middle = sound.band(26, 33);
    let low = sound.band(2, 12);
    let hiss = ramp(-4.0, 8.0, high.max(middle) - low);
    let sharp = ramp(-3.0, 5.0, high - middle);
    let strong = ramp(-34.0, -24.0, now.loudness_db);
    add(Viseme::Ss, hiss * sharp * strong);
    add(Viseme::Ch, hiss * (1.0 - sharp) * strong);
    add(Viseme::Ff, hiss * (1.0 - strong));

    let before = recent[..NOW]
        .iter()
        .map(|m| m.loudness_db)
        .fold(-60.0, f32::max);
    let dip = ramp(10.0, 18.0, before - now.loudness_db) * ramp(-14.0, -24.0, now.loudness_db);
    let closed = dip * (1.0 - hiss);
    let murmur =
        ramp(14.0, 22.0, sound.band(2, 7) - sound.band(12, 26)) * ramp(0.5, 0.8, sound.voicing);
    let [first, second] = recent[..NOW]
        .iter()
        .rev()
        .find(|m| m.loudness_db > -14.0)
        .map_or([500.0, 1500.0], |m| m.sound.formants);
    let labial = ramp(1700.0, 1100.0, second) * ramp(900.0, 500.0, first);
    add(Viseme::Pp, closed * (0.35 + 0.65 * labial));
    add(Viseme::Dd, closed * 0.5 * (1.0 - labial));
    add(Viseme::Kk, closed * 0.3 * (1.0 - labial));
    add(Viseme::Pp, murmur * (1.0 - closed) * labial);
    add(Viseme::Nn, murmur * (1.0 - closed) * (1.0 - labial));

    let vowel = (1.0 - hiss) * (1.0 - closed) * (1.0 - murmur);
    let likeness = VOWELS.map(|(viseme, f1, f2)| {
        let (d1, d2) = (
            (sound.formants[0] - f1) / (0.25 * f1),
            (sound.formants[1] - f2) / (0.2 * f2),
        );
        (viseme, exp(-0.5 * (d1 * d1 + d2 * d2)) + 1e-4)
    });
    let sum: f32 = likeness.iter().map(|(_, weight)| weight).sum();
    for (viseme, weight) in likeness {
        add(viseme, vowel * weight / sum);
    }

    let sum = weights.iter().sum::<f32>() + 1e-6;
    weights
        .iter_mut()
        .for_each(|weight| *weight *= now.presence / sum);
    weights[Viseme::Sil as usize] += 1.0 - weights.iter().sum::<f32>();
    weights
}
