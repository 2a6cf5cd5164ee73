//! Sounds that nobody speaks, eight seconds each at 16 kHz.

use std::f32::consts::TAU;

pub(crate) const RATE: u32 = 16_000;
const SAMPLES: usize = 8 * RATE as usize;

/// Every one with its name.
pub(crate) fn all() -> [(&'static str, Vec<i16>); 5] {
    [
        ("noise", noise().map(|it| (it * 4096.0) as i16).collect()),
        ("hum", hum()),
        ("buzz", buzz()),
        ("music", music()),
        ("breath", breath()),
    ]
}

/// White, from -1 to 1.
fn noise() -> impl Iterator<Item = f32> {
    let mut state = 7u32;
    (0..SAMPLES).map(move |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as f32 / 32_768.0 - 1.0
    })
}

fn hum() -> Vec<i16> {
    (0..SAMPLES)
        .map(|n| (6000.0 * wave(n, 100.0)) as i16)
        .collect()
}

/// Mains with all its harmonics, as a bad cable has it.
fn buzz() -> Vec<i16> {
    (0..SAMPLES)
        .map(|n| {
            let sum: f32 = (1..40).map(|k| wave(n, 50.0 * k as f32) / k as f32).sum();
            (3000.0 * sum) as i16
        })
        .collect()
}

/// Four chords of plucked strings, each struck twice, and round again.
fn music() -> Vec<i16> {
    const CHORDS: [[f32; 3]; 4] = [
        [261.6, 329.6, 392.0],
        [220.0, 261.6, 329.6],
        [174.6, 220.0, 261.6],
        [196.0, 246.9, 293.7],
    ];
    const STRIKE: usize = RATE as usize / 4;
    (0..SAMPLES)
        .map(|n| {
            let chord = CHORDS[n / (2 * STRIKE) % CHORDS.len()];
            let since = (n % STRIKE) as f32 / RATE as f32;
            let loudness = (1.0 - (-since / 0.004).exp()) * (-since / 0.25).exp();
            let strings: f32 = chord
                .iter()
                .flat_map(|hertz| (1..6).map(move |k| wave(n, hertz * k as f32) / (k * k) as f32))
                .sum();
            (3000.0 * loudness * strings) as i16
        })
        .collect()
}

/// Somebody breathes out at the microphone every two seconds: soft noise without its highest part.
fn breath() -> Vec<i16> {
    let mut low = 0.0f32;
    noise()
        .enumerate()
        .map(|(n, white)| {
            low += 0.35 * (white - low);
            let phase = (n as f32 / RATE as f32 / 2.0).fract();
            let swell = if phase < 0.5 {
                (phase * TAU).sin()
            } else {
                0.0
            };
            (1800.0 * swell * low) as i16
        })
        .collect()
}

fn wave(n: usize, hertz: f32) -> f32 {
    // The phase in whole samples first, so that it stays exact.
    ((n as f64 * f64::from(hertz) / f64::from(RATE)).fract() as f32 * TAU).sin()
}
