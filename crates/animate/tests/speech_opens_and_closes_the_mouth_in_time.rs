//! The jaw follows vowels, lips meet at closures, and pauses rest.

mod common;

use common::{Sound, UTTERANCE, animate, gap, speak, weight};
use visavis_animate::{Character, Fps, Frame, Lookahead, Options, Viseme};

/// Frames between two times in milliseconds.
fn between(frames: &[Frame], from: u32, to: u32) -> &[Frame] {
    let at = |millis: u32| frames.partition_point(|frame| frame.time_us < u64::from(millis) * 1000);
    &frames[at(from)..at(to)]
}

fn highest(frames: &[Frame], value: impl Fn(&Frame) -> f32) -> f32 {
    frames.iter().map(value).fold(0.0, f32::max)
}

fn lowest(frames: &[Frame], value: impl Fn(&Frame) -> f32) -> f32 {
    frames.iter().map(value).fold(1.0, f32::min)
}

#[test]
fn every_sound_shapes_the_mouth_while_it_lasts() {
    for character in [Character::VERA, Character::OTTO] {
        for (rate, fps) in [(16_000, Fps::F100), (24_000, Fps::F60), (48_000, Fps::F25)] {
            let options = Options {
                fps,
                character,
                ..Options::default()
            };
            let frames = animate(&speak(&UTTERANCE, rate), rate, &options);
            let mut start = 0;
            for (sound, millis) in UTTERANCE {
                let end = start + millis;
                let here = between(&frames, start, end + 20);
                match sound {
                    Sound::Vowel(first, _) if first > 600.0 => {
                        let open = highest(here, |frame| weight(frame, "jawOpen"));
                        assert!(open > 0.25, "vowel at {start} ms opens {open} ({rate} Hz)");
                    }
                    Sound::Closure | Sound::Murmur => {
                        let closed = lowest(here, gap);
                        assert!(
                            closed < 0.2,
                            "closure at {start} ms leaves {closed} ({rate} Hz)"
                        );
                    }
                    Sound::Pause if millis >= 300 => {
                        let open = highest(between(&frames, start + 160, end - 60), |frame| {
                            weight(frame, "jawOpen")
                        });
                        assert!(open < 0.06, "pause at {start} ms keeps {open} ({rate} Hz)");
                    }
                    Sound::Pause | Sound::Hiss | Sound::Vowel(..) => {}
                }
                start = end;
            }
        }
    }
}

#[test]
fn lips_round_and_spread() {
    let options = Options {
        fps: Fps::F100,
        ..Options::default()
    };
    let frames = animate(
        &speak(
            &[(Sound::Pause, 200), (common::OO, 300), (Sound::Pause, 200)],
            16_000,
        ),
        16_000,
        &options,
    );
    assert!(highest(&frames, |frame| weight(frame, "mouthPucker")) > 0.2);
    let frames = animate(
        &speak(
            &[(Sound::Pause, 200), (common::EE, 300), (Sound::Pause, 200)],
            16_000,
        ),
        16_000,
        &options,
    );
    assert!(highest(&frames, |frame| weight(frame, "mouthStretchLeft")) > 0.12);
}

#[test]
fn a_hiss_is_told_from_a_vowel() {
    let options = Options {
        fps: Fps::F100,
        ..Options::default()
    };
    let frames = animate(
        &speak(
            &[
                (Sound::Pause, 200),
                (common::AH, 200),
                (Sound::Hiss, 200),
                (common::AH, 200),
            ],
            16_000,
        ),
        16_000,
        &options,
    );
    let hiss = between(&frames, 450, 560);
    assert!(
        hiss.iter()
            .all(|frame| matches!(frame.viseme, Viseme::Ss | Viseme::Ch)),
        "{:?}",
        hiss[0].viseme
    );
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
fn more_lookahead_closes_the_lips_no_later() {
    let script = [
        (Sound::Pause, 200),
        (common::AH, 250),
        (Sound::Closure, 110),
        (common::AH, 250),
        (Sound::Pause, 100),
    ];
    let closes = |lookahead| {
        let frames = animate(
            &speak(&script, 16_000),
            16_000,
            &Options {
                fps: Fps::F100,
                lookahead,
                ..Options::default()
            },
        );
        between(&frames, 420, 620)
            .iter()
            .find(|frame| gap(frame) < 0.1)
            .map(|frame| frame.time_us)
    };
    let [fast, usual, best] = [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80]
        .map(|it| closes(it).expect("it closes"));
    assert!(best <= usual && usual <= fast, "{best} {usual} {fast}");
    assert!(usual < 550_000, "closed while the closure lasts: {usual}");
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
