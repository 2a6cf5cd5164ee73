//! The jaw follows vowels, lips meet at closures, and pauses rest.

mod common;

use common::{UTTERANCE, animate, gap, speak, weight};
use visavis_animate::{Character, Fps, Frame, Options};

/// Frames between two times in milliseconds.
fn between(frames: &[Frame], from: u32, to: u32) -> &[Frame] {
    let at = |millis: u32| frames.partition_point(|frame| frame.time_us < u64::from(millis) * 1000);
    &frames[at(from)..at(to)]
}

fn highest(frames: &[Frame], value: impl Fn(&Frame) -> f32) -> f32 {
    frames.iter().map(value).fold(0.0, f32::max)
}

#[test]
fn a_loud_hum_and_noise_do_not_chatter() {
    let mut state = 7u32;
    let noise: Vec<i16> = (0..16_000 * 8)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16 / 8
        })
        .collect();
    let hum: Vec<i16> = (0..16_000 * 8)
        .map(|n| ((n as f32 * 100.0 * std::f32::consts::TAU / 16_000.0).sin() * 6000.0) as i16)
        .collect();
    for audio in [noise, hum] {
        let frames = animate(
            &audio,
            16_000,
            &Options {
                fps: Fps::F50,
                ..Options::default()
            },
        );
        let jerk: f32 = frames
            .windows(3)
            .map(|w| (gap(&w[2]) - 2.0 * gap(&w[1]) + gap(&w[0])).abs())
            .sum::<f32>()
            / frames.len() as f32;
        assert!(jerk < 0.012, "{jerk}");
        let settled = between(&frames, 5000, 8000);
        assert!(
            highest(settled, |frame| weight(frame, "jawOpen")) < 0.05,
            "steady sound is taken for background"
        );
    }
}

#[test]
fn characters_differ() {
    let samples = speak(&UTTERANCE, 16_000);
    let [vera, otto] = [Character::VERA, Character::OTTO].map(|character| {
        animate(
            &samples,
            16_000,
            &Options {
                character,
                ..Options::default()
            },
        )
    });
    let sum =
        |frames: &[Frame], name: &str| frames.iter().map(|frame| weight(frame, name)).sum::<f32>();
    assert!(sum(&vera, "jawOpen") > 1.15 * sum(&otto, "jawOpen"));
    assert!(sum(&vera, "mouthSmileLeft") > 1.5 * sum(&otto, "mouthSmileLeft"));
    assert!(sum(&otto, "eyeBlinkLeft") > sum(&vera, "eyeBlinkLeft"));
    assert_eq!(Character::named("Vera"), Some(Character::VERA));
    assert_eq!(Character::named("nobody"), None);
}
