//! Who does not speak has a mouth at rest; what is not speech does not make it chatter.

use super::script::*;
use crate::hearing::{Hearing, Moment};
use crate::{Fps, Frame, Options, Phone, Viseme};

fn fast() -> Options {
    Options {
        fps: Fps::F50,
        ..Options::default()
    }
}

/// Mean absolute second difference of the lips' distance: the jitter of the report.
fn jitter(frames: &[Frame]) -> f32 {
    let bend = |w: &[Frame]| (gap(&w[2]) - 2.0 * gap(&w[1]) + gap(&w[0])).abs();
    frames.windows(3).map(bend).sum::<f32>() / frames.len() as f32
}

fn widest(frames: &[Frame]) -> f32 {
    frames.iter().map(gap).fold(0.0, f32::max)
}

/// Sound that a network makes nothing of: flat, with a new favourite in every window.
fn noise(seconds: usize, peak: f32, loudness: impl Fn(usize) -> f32) -> Vec<Hearing> {
    let mut dice = Dice(5);
    (0..100 * seconds)
        .map(|window| {
            let mut head = || {
                let mut weights = [(1.0 - peak) / 44.0; Phone::COUNT];
                weights[(dice.roll() * 43.99) as usize] += peak;
                weights
            };
            let loudness_db = loudness(window);
            Hearing {
                heads: [head(), head(), head()],
                moment: Moment {
                    level_db: loudness_db - 25.0,
                    loudness_db,
                    presence: crate::math::ramp(-48.0, -36.0, loudness_db),
                    voicing: 0.3,
                    pitch_semitones: 14.0,
                    brightness: 0.5,
                },
            }
        })
        .collect()
}

#[test]
fn silence_is_rest_before_between_and_after() {
    let text = sentence();
    let (frames, insights) = perform(&hear(&labels(&text), 0.2, 1), &fast());
    for (phone, begin, end) in segments(&text) {
        if phone == Phone::Sil {
            let from = if begin == 0 { 0 } else { begin + 240_000 };
            let still = between(&frames, from, end - 50_000);
            assert!(widest(still) < 0.03, "{} at {begin}", widest(still));
            let middle = &insights[((begin + end) / 20_000) as usize];
            assert_eq!((middle.viseme, middle.closed), (Viseme::Sil, false));
        }
    }
}

#[test]
fn the_end_eases() {
    let text = script("sil 200 aa 300 sil 600");
    let options = Options {
        fps: Fps::F100,
        ..Options::default()
    };
    let (frames, _) = perform(&hear(&labels(&text), 0.0, 1), &options);
    let end = between(&frames, 460_000, 1_050_000);
    let falls = end.windows(2).map(|w| gap(&w[0]) - gap(&w[1]));
    assert!(
        falls.fold(0.0, f32::max) < 0.09,
        "no step of 10 ms slams it"
    );
    assert!(end.windows(2).all(|w| gap(&w[1]) <= gap(&w[0]) + 1e-4));
    assert!(gap(&end[end.len() - 1]) < 0.005);
}

#[test]
fn a_stop_is_not_a_pause() {
    let stopped = |length: u32| {
        let text = script(&format!("sil 200 iy 200 sil {length} iy 200 sil 300"));
        let (frames, _) = perform(&hear(&labels(&text), 0.0, 1), &fast());
        let (_, begin, end) = segments(&text)[2];
        let here = between(&frames, begin, end);
        here.iter()
            .map(|f| weight(f, "mouthStretchLeft"))
            .fold(1.0, f32::min)
    };
    assert!(stopped(80) > 0.05, "{}", stopped(80));
    assert!(stopped(400) < 0.005, "{}", stopped(400));
}

#[test]
fn noise_that_means_nothing_moves_little_and_closes_nothing() {
    let steady = noise(8, 0.2, |_| -12.0);
    let music = noise(8, 0.2, |n| -8.0 + 8.0 * (n as f32 * 0.12).sin());
    let sure = noise(8, 0.5, |_| -12.0);
    for (name, hearings, most) in [
        ("noise", steady, 0.002),
        ("music", music, 0.006),
        ("speechlike", sure, 0.01),
    ] {
        let (frames, insights) = perform(&hearings, &fast());
        let closed = insights.iter().filter(|insight| insight.closed).count();
        assert_eq!(closed, 0, "{name}");
        let settled = &frames[50..];
        assert!(jitter(settled) < most, "{name}: {}", jitter(settled));
        assert!(widest(settled) < 0.4, "{name}: {}", widest(settled));
    }
}

#[test]
fn music_moves_the_mouth_with_its_loudness() {
    let music = noise(6, 0.15, |n| if n / 100 % 2 == 0 { 0.0 } else { -24.0 });
    let (frames, _) = perform(&music, &fast());
    let loud = widest(between(&frames, 4_400_000, 4_900_000));
    let soft = widest(between(&frames, 5_400_000, 5_900_000));
    assert!(loud > soft + 0.08, "{loud} {soft}");
}

#[test]
fn a_breath_is_not_speech() {
    let text = script("sil 300 hh 350 sil 600");
    let mut hearings = hear(&labels(&text), 0.0, 1);
    for hearing in &mut hearings {
        hearing.moment.loudness_db = hearing.moment.loudness_db.min(-30.0);
    }
    let (frames, insights) = perform(&hearings, &fast());
    assert!(widest(&frames) < 0.2, "{}", widest(&frames));
    assert!(jitter(&frames) < 0.004, "{}", jitter(&frames));
    assert!(insights.iter().all(|insight| !insight.closed));
}

#[test]
fn speech_itself_moves_smoothly() {
    for lookahead in [
        crate::Lookahead::Ms20,
        crate::Lookahead::Ms40,
        crate::Lookahead::Ms80,
    ] {
        let options = Options {
            lookahead,
            ..fast()
        };
        let (frames, _) = perform(&hear(&labels(&sentence()), 0.2, 1), &options);
        let jitter = jitter(&frames);
        assert!((0.005..0.06).contains(&jitter), "{jitter} {lookahead:?}");
    }
}
