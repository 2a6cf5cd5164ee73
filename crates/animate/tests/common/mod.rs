//! Sound for the tests: here speech synthesised from resonances, with the time of every sound known.

#![allow(dead_code, reason = "every test uses its own part")]

pub(crate) mod noises;
pub(crate) mod recorded;

use std::f32::consts::{PI, TAU};

use visavis_animate::{ARKIT, Animator, Frame, Options};

/// A kind of sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sound {
    /// Nothing.
    Pause,
    /// A vowel with these first two resonances in hertz.
    Vowel(f32, f32),
    /// The silence of p.
    Closure,
    /// The murmur of m.
    Murmur,
    /// The hiss of s.
    Hiss,
}

pub(crate) const AH: Sound = Sound::Vowel(750.0, 1250.0);
pub(crate) const EE: Sound = Sound::Vowel(300.0, 2300.0);
pub(crate) const OO: Sound = Sound::Vowel(330.0, 850.0);

/// Sounds with their lengths in milliseconds.
pub(crate) type Script = [(Sound, u32)];

/// "Ah, papa; see, moo": three seconds with every kind of sound.
pub(crate) const UTTERANCE: [(Sound, u32); 15] = [
    (Sound::Pause, 300),
    (AH, 250),
    (Sound::Closure, 110),
    (AH, 180),
    (Sound::Closure, 110),
    (AH, 260),
    (Sound::Pause, 400),
    (Sound::Hiss, 130),
    (EE, 260),
    (Sound::Pause, 120),
    (Sound::Murmur, 110),
    (OO, 240),
    (Sound::Murmur, 110),
    (AH, 220),
    (Sound::Pause, 300),
];

/// Renders a script at `rate`; the pitch falls from 130 to 100 Hz.
pub(crate) fn speak(script: &Script, rate: u32) -> Vec<i16> {
    let total: u32 = script.iter().map(|(_, millis)| millis).sum();
    let length = (u64::from(total) * u64::from(rate) / 1000) as usize;
    let mut resonators = [Resonator::default(); 4];
    let (mut phase, mut noise, mut hiss_before) = (0.0f32, 1u32, 0.0f32);
    let mut gains = [0.0f32; 2];
    (0..length)
        .map(|n| {
            let time = n as f32 / rate as f32;
            let sound = sound_at(script, time * 1000.0);
            let (voice, hiss, formants) = match sound {
                Sound::Pause => (0.0, 0.0, [500.0, 1500.0]),
                Sound::Closure => (0.0, 0.0, [400.0, 1000.0]),
                Sound::Vowel(first, second) => (1.0, 0.0, [first, second]),
                Sound::Murmur => (0.45, 0.0, [250.0, 1000.0]),
                Sound::Hiss => (0.0, 0.25, [300.0, 1700.0]),
            };
            // Sounds take some 6 ms to begin and end, as they do in a mouth.
            let glide = 1.0 - (-1.0 / (0.004 * rate as f32)).exp();
            gains[0] += glide * (voice - gains[0]);
            gains[1] += glide * (hiss - gains[1]);

            phase += (130.0 - 30.0 * n as f32 / length as f32) / rate as f32;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase = phase.fract();
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let white = (noise >> 16) as f32 / 32_768.0 - 1.0;

            let damped = if sound == Sound::Murmur { 0.08 } else { 0.6 };
            let bands = [
                (formants[0], 80.0, 1.0),
                (formants[1], 110.0, damped),
                (2600.0, 160.0, 0.3 * damped),
                (3500.0, 220.0, 0.15 * damped),
            ];
            let source = gains[0] * pulse;
            let voiced: f32 = resonators
                .iter_mut()
                .zip(bands)
                .map(|(it, (hertz, width, gain))| gain * it.step(source, hertz, width, rate))
                .sum();
            let high = white - hiss_before;
            hiss_before = white;
            (16_000.0 * (0.9 * voiced + 0.5 * gains[1] * high)).clamp(-32_768.0, 32_767.0) as i16
        })
        .collect()
}

fn sound_at(script: &Script, millis: f32) -> Sound {
    let mut end = 0.0;
    for (sound, length) in script {
        end += *length as f32;
        if millis < end {
            return *sound;
        }
    }
    Sound::Pause
}

/// Second-order resonator with the gain of its peak held constant.
#[derive(Clone, Copy, Default)]
struct Resonator {
    y: [f32; 2],
}

impl Resonator {
    fn step(&mut self, input: f32, hertz: f32, width: f32, rate: u32) -> f32 {
        let rate = rate as f32;
        let radius = (-PI * width / rate).exp();
        let turn = 2.0 * radius * (TAU * hertz / rate).cos();
        let [y1, y2] = self.y;
        let y = input + turn * y1 - radius * radius * y2;
        self.y = [y, y1];
        // An impulse rings with about this height.
        y * (TAU * hertz / rate).sin()
    }
}

/// All frames of an utterance, pushed at once.
pub(crate) fn animate(samples: &[i16], rate: u32, options: &Options) -> Vec<Frame> {
    let mut animator = Animator::new(rate, options).expect("rate is supported");
    let mut frames = Vec::new();
    animator.push(samples, &mut frames);
    animator.finish(&mut frames);
    frames
}

/// Weight of one blendshape.
pub(crate) fn weight(frame: &Frame, name: &str) -> f32 {
    frame.blendshapes[ARKIT
        .iter()
        .position(|known| *known == name)
        .expect("a blendshape")]
}

/// How far the lips are apart: what of the jaw the lips do not make up for.
pub(crate) fn gap(frame: &Frame) -> f32 {
    weight(frame, "jawOpen") - weight(frame, "mouthClose")
}
