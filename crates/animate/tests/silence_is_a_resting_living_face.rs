//! Nobody speaks: the mouth is shut, and the face blinks, breathes and looks about.

mod common;

use common::{animate, weight};
use visavis_animate::{Character, Fps, Frame, Options, Viseme};

fn minute(seed: u64, character: Character) -> Vec<Frame> {
    animate(
        &vec![0; 60 * 16_000],
        16_000,
        &Options {
            fps: Fps::F50,
            seed,
            character,
            ..Options::default()
        },
    )
}

fn blinks(frames: &[Frame]) -> Vec<u64> {
    let closed = |frame: &Frame| weight(frame, "eyeBlinkLeft") > 0.6;
    frames
        .windows(2)
        .filter(|w| !closed(&w[0]) && closed(&w[1]))
        .map(|w| w[1].time_us)
        .collect()
}

#[test]
fn the_mouth_stays_shut() {
    for frame in minute(1, Character::VERA) {
        assert_eq!(frame.viseme, Viseme::Sil);
        for name in [
            "jawOpen",
            "mouthPucker",
            "mouthFunnel",
            "mouthPressLeft",
            "tongueOut",
            "mouthStretchLeft",
        ] {
            assert_eq!(weight(&frame, name), 0.0, "{name}");
        }
    }
}

#[test]
fn it_blinks_as_often_as_people_do_and_never_twice_at_once() {
    for seed in 0..20 {
        for character in [Character::VERA, Character::OTTO] {
            let blinks = blinks(&minute(seed, character));
            assert!(
                (9..=28).contains(&blinks.len()),
                "{} blinks in a minute",
                blinks.len()
            );
            assert!(blinks.windows(2).all(|w| w[1] - w[0] >= 790_000));
        }
    }
}

#[test]
fn it_breathes_and_looks_about() {
    let frames = minute(3, Character::VERA);
    let range = |value: &dyn Fn(&Frame) -> f32| {
        let (low, high) = frames
            .iter()
            .map(value)
            .fold((f32::MAX, f32::MIN), |(low, high), x| {
                (low.min(x), high.max(x))
            });
        high - low
    };
    assert!(range(&|frame| frame.head.translation[1]) > 0.0008);
    assert!((0.01..0.2).contains(&range(&|frame| frame.left_eye[1])));
    assert!((0.01..0.2).contains(&range(&|frame| frame.head.rotation[1])));
    // The eyes jump; the head never does.
    let steps = frames
        .windows(2)
        .map(|w| (w[1].head.rotation[1] - w[0].head.rotation[1]).abs());
    assert!(steps.fold(0.0, f32::max) < 0.02);
}

#[test]
fn another_seed_is_another_life() {
    assert_ne!(
        blinks(&minute(1, Character::VERA)),
        blinks(&minute(2, Character::VERA))
    );
    assert_eq!(minute(1, Character::OTTO), minute(1, Character::OTTO));
}
