//! Whatever is pushed, weights are weights, nothing grows, and nothing fails.

mod common;

use common::recorded::{self, RECORDINGS};
use common::{noises, speak, weight};
use proptest::prelude::*;
use visavis_animate::{Animator, Fps, Frame, Options, UnsupportedRate};

fn check(frames: &[Frame]) {
    for frame in frames {
        assert!(
            frame
                .blendshapes
                .iter()
                .chain(&frame.visemes)
                .all(|w| (0.0..=1.0).contains(w)),
            "{frame:?}"
        );
        assert!(
            (frame.visemes.iter().sum::<f32>() - 1.0).abs() < 1e-3,
            "{frame:?}"
        );
        let pose = frame
            .head
            .rotation
            .iter()
            .chain(&frame.left_eye)
            .chain(&frame.right_eye);
        assert!(
            pose.into_iter().all(|angle| angle.abs() < 0.35),
            "{frame:?}"
        );
        assert!(
            frame
                .head
                .translation
                .iter()
                .all(|metres| metres.abs() < 0.02),
            "{frame:?}"
        );
        assert!(
            weight(frame, "mouthClose") <= weight(frame, "jawOpen"),
            "{frame:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_integers(samples in prop::collection::vec(any::<i16>(), 0..20_000), seed: u64) {
        check(&common::animate(&samples, 16_000, &Options { fps: Fps::F60, seed, ..Options::default() }));
    }

    #[test]
    fn any_floats(samples in prop::collection::vec(any::<f32>(), 0..8000)) {
        let mut animator = Animator::new(24_000, &Options::default()).unwrap();
        let mut frames = Vec::new();
        animator.push_f32(&samples, &mut frames);
        animator.finish(&mut frames);
        check(&frames);
    }

    #[test]
    fn any_rate_works_or_is_refused(rate: u32) {
        match Animator::new(rate, &Options::default()) {
            Ok(mut animator) => {
                let mut frames = Vec::new();
                animator.push(&vec![1000; rate as usize / 10], &mut frames);
                animator.finish(&mut frames);
                check(&frames);
            }
            Err(UnsupportedRate(refused)) => prop_assert_eq!(refused, rate),
        }
    }
}

#[test]
fn full_scale_squares_constants_and_denormals() {
    let square: Vec<f32> = (0..32_000)
        .map(|n| if n / 40 % 2 == 0 { 1.0 } else { -1.0 })
        .collect();
    let switched: Vec<f32> = (0..32_000)
        .map(|n| if n / 1600 % 2 == 0 { square[n] } else { 0.0 })
        .collect();
    for samples in [
        square,
        switched,
        vec![1.0; 32_000],
        vec![1e-40; 32_000],
        vec![f32::NAN; 32_000],
        vec![f32::INFINITY; 32_000],
    ] {
        let mut animator = Animator::new(
            16_000,
            &Options {
                fps: Fps::F100,
                ..Options::default()
            },
        )
        .unwrap();
        let mut frames = Vec::new();
        animator.push_f32(&samples, &mut frames);
        animator.finish(&mut frames);
        check(&frames);
    }
}

#[test]
fn extremes_in_turn_at_every_rate() {
    for rate in [8000, 16_000, 48_000] {
        for every in [1, 2, 37, 400, rate as usize / 4] {
            let extreme = |n: usize| {
                if (n / every).is_multiple_of(2) {
                    i16::MAX
                } else {
                    i16::MIN
                }
            };
            let samples: Vec<i16> = (0..2 * rate as usize).map(extreme).collect();
            check(&common::animate(&samples, rate, &Options::default()));
        }
    }
}

#[test]
fn speech_that_is_clipped_faint_or_off_centre() {
    for recording in RECORDINGS.iter() {
        for (gain, offset) in [(100.0, 0.0), (0.001, 0.0), (1.0, 20_000.0), (-1.0, 0.0)] {
            let change = |it: &i16| (f32::from(*it) * gain + offset) as i16;
            let samples: Vec<i16> = recording.samples.iter().map(change).collect();
            let options = Options {
                fps: Fps::F60,
                ..Options::default()
            };
            check(&common::animate(&samples, recorded::RATE, &options));
        }
    }
}

#[test]
fn what_nobody_speaks() {
    for (_, samples) in noises::all() {
        check(&common::animate(
            &samples,
            noises::RATE,
            &Options::default(),
        ));
    }
}

#[test]
fn an_hour_of_silence_keeps_the_same_state() {
    let mut animator = Animator::new(16_000, &Options::default()).unwrap();
    let bytes = animator.state_bytes();
    assert!(bytes < 32 * 1024, "{bytes}");
    let (mut frames, silence) = (Vec::new(), vec![0; 16_000]);
    let mut count = 0;
    for _ in 0..3600 {
        animator.push(&silence, &mut frames);
        count += frames.len();
        if count % 1000 < 25 {
            check(&frames);
        }
        frames.clear();
    }
    assert_eq!(animator.state_bytes(), bytes);
    let waits = animator.first_frame_samples();
    assert_eq!(count as u64, (3600 * 16_000 - waits) / 640 + 1);
    animator.push(&speak(&common::UTTERANCE, 16_000), &mut frames);
    assert!(
        frames.iter().any(|frame| weight(frame, "jawOpen") > 0.25),
        "it still hears after an hour"
    );
}
