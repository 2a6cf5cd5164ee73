//! Hum, noise, music and breath do not chatter the mouth, and speech after them moves it.

mod common;

use common::noises::{self, RATE};
use common::recorded::{CHARACTERS, LOOKAHEADS, RECORDINGS};
use common::{animate, gap, weight};
use visavis_animate::{Fps, Frame, Options, Viseme};

/// Every noise as every lookahead and character performs it.
fn each(fps: Fps, check: impl Fn(&str, &str, &[Frame])) {
    for (noise, samples) in noises::all() {
        for lookahead in LOOKAHEADS {
            for (name, character) in CHARACTERS {
                let options = Options {
                    fps,
                    lookahead,
                    character,
                    ..Options::default()
                };
                let who = format!("{noise}, {name}, {} ms", lookahead.millis());
                check(noise, &who, &animate(&samples, RATE, &options));
            }
        }
    }
}

#[test]
fn the_jaw_is_calm() {
    each(Fps::F100, |noise, who, frames| {
        // Music has a beat that a mouth may follow, as slowly as it likes.
        let (jitter_most, open_most) = match noise {
            "music" => (0.008, 0.35),
            _ => (0.003, 0.2),
        };
        let jolts = frames
            .windows(3)
            .map(|w| (gap(&w[2]) - 2.0 * gap(&w[1]) + gap(&w[0])).abs());
        let jitter = jolts.sum::<f32>() / frames.len() as f32;
        assert!(jitter < jitter_most, "{who}: {jitter}");
        let open = frames.iter().map(gap).sum::<f32>() / frames.len() as f32;
        assert!(open < open_most, "{who}: {open}");
    });
}

#[test]
fn lips_do_not_flicker() {
    each(Fps::F100, |_, who, frames| {
        let closes = |w: &&[Frame]| w[0].viseme != Viseme::Pp && w[1].viseme == Viseme::Pp;
        let closures = frames.windows(2).filter(closes).count();
        // Eight seconds of speech have some twenty.
        assert!(closures <= 4, "{who}: {closures}");
    });
}

#[test]
fn steady_sound_is_background_after_a_while() {
    each(Fps::F50, |noise, who, frames| {
        if matches!(noise, "noise" | "hum" | "buzz") {
            let settled = &frames[5 * 50..];
            let widest = settled.iter().map(|it| weight(it, "jawOpen"));
            let widest = widest.fold(0.0, f32::max);
            assert!(widest < 0.05, "{who}: {widest}");
        }
    });
}

#[test]
fn speech_after_noise_is_heard() {
    for (noise, mut samples) in noises::all() {
        let recording = &RECORDINGS[0];
        let begin = samples.len() / RATE as usize * 25;
        // From 48 to 16 kHz without a filter: coarse, and clear enough.
        let thirds = recording.samples.chunks_exact(3);
        samples.extend(
            thirds.map(|it| ((i32::from(it[0]) + i32::from(it[1]) + i32::from(it[2])) / 3) as i16),
        );
        let frames = animate(&samples, RATE, &Options::default());
        let spoken = &frames[begin + 15..];
        let widest = spoken.iter().map(gap).fold(0.0, f32::max);
        assert!(widest > 0.25, "{noise}: {widest}");
        // After loud tones the sounds are told apart only once the spectrum's running mean has let go of them.
        if matches!(noise, "noise" | "breath") {
            let closed = spoken.iter().filter(|it| it.viseme == Viseme::Pp);
            let closed = closed.count();
            assert!(closed >= 10, "{noise}: {closed} frames");
        }
    }
}
