//! Chunking, cloning and resetting change nothing.

mod common;

use common::{UTTERANCE, animate, speak};
use proptest::prelude::*;
use visavis_animate::{Animator, Attention, Character, Fps, Lookahead, Options, Viseme};

fn options() -> impl Strategy<Value = Options> {
    let fps = prop::sample::select(Fps::ALL.to_vec());
    let lookahead = prop::sample::select(vec![Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80]);
    let character = prop::sample::select(vec![Character::VERA, Character::OTTO]);
    (fps, lookahead, any::<u64>(), character).prop_map(|(fps, lookahead, seed, character)| {
        Options {
            fps,
            lookahead,
            seed,
            character,
            ..Options::default()
        }
    })
}

fn rate() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![
        8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same_frames(options in options(), rate in rate(), chunks in prop::collection::vec(0usize..4000, 1..40)) {
        let samples = speak(&UTTERANCE[..7], rate);
        let whole = animate(&samples, rate, &options);
        let mut animator = Animator::new(rate, &options).unwrap();
        let (mut frames, mut rest) = (Vec::new(), &samples[..]);
        for length in chunks.iter().cycle() {
            // A cycle of empty chunks alone would never end.
            let (now, later) = rest.split_at((*length).max(usize::from(chunks.iter().all(|c| *c == 0))).min(rest.len()));
            animator.push(now, &mut frames);
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        animator.finish(&mut frames);
        prop_assert_eq!(frames, whole);
    }

    #[test]
    fn the_number_of_frames_is_the_duration_rounded_up(options in options(), rate in rate(), length in 0usize..60_000) {
        let frames = animate(&vec![0; length], rate, &options);
        let expected = (length as u64 * u64::from(options.fps.hertz())).div_ceil(u64::from(rate));
        prop_assert_eq!(frames.len() as u64, expected);
        for (index, frame) in frames.iter().enumerate() {
            let ticks = index as u64 * options.fps.ticks();
            prop_assert_eq!(frame.index, index as u64);
            prop_assert_eq!(frame.time_us, ticks * 1000 / 48);
            prop_assert_eq!(frame.sample, ticks * u64::from(rate) / 48_000);
        }
    }

    #[test]
    fn reset_equals_new_and_a_clone_goes_on_alike(options in options(), rate in rate(), cut in 0usize..8000) {
        let samples = speak(&UTTERANCE[..6], rate);
        let whole = animate(&samples, rate, &options);
        let mut animator = Animator::new(rate, &options).unwrap();
        let mut frames = Vec::new();
        animator.push(&samples[..cut], &mut frames);
        let mut clone = animator.clone();
        let mut cloned = frames.clone();

        animator.reset();
        frames.clear();
        animator.push(&samples, &mut frames);
        animator.finish(&mut frames);
        prop_assert_eq!(&frames, &whole);

        clone.push(&samples[cut..], &mut cloned);
        clone.finish(&mut cloned);
        prop_assert_eq!(&cloned, &whole);

        // After its end an utterance is followed by a new one.
        cloned.clear();
        clone.push(&samples, &mut cloned);
        clone.finish(&mut cloned);
        prop_assert_eq!(&cloned, &whole);
    }
}

#[test]
fn one_sample_at_a_time_is_enough() {
    let samples = speak(&UTTERANCE[..5], 22_050);
    let mut animator = Animator::new(22_050, &Options::default()).unwrap();
    let mut frames = Vec::new();
    for sample in &samples {
        animator.push(std::slice::from_ref(sample), &mut frames);
    }
    animator.finish(&mut frames);
    assert_eq!(frames, animate(&samples, 22_050, &Options::default()));
}

#[test]
fn floats_and_integers_are_the_same_sound() {
    let samples = speak(&UTTERANCE, 16_000);
    let floats: Vec<f32> = samples
        .iter()
        .map(|sample| f32::from(*sample) / 32_768.0)
        .collect();
    let mut animator = Animator::new(16_000, &Options::default()).unwrap();
    let mut frames = Vec::new();
    animator.push_f32(&floats, &mut frames);
    animator.finish(&mut frames);
    assert_eq!(frames, animate(&samples, 16_000, &Options::default()));
}

#[test]
fn the_first_frame_comes_with_exactly_the_stated_audio() {
    for rate in [8000, 16_000, 22_050, 44_100, 48_000, 192_000] {
        for lookahead in [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80] {
            let mut animator = Animator::new(
                rate,
                &Options {
                    lookahead,
                    ..Options::default()
                },
            )
            .unwrap();
            let needed = animator.first_frame_samples();
            let mut frames = Vec::new();
            animator.push(&vec![100; needed as usize - 1], &mut frames);
            assert!(frames.is_empty(), "{rate} {lookahead:?}");
            animator.push(&[100], &mut frames);
            assert_eq!(frames.len(), 1, "{rate} {lookahead:?}");
            assert!(
                needed * 1_000_000 <= (lookahead.reach_us() - 10_000 + 150) * u64::from(rate),
                "{rate} {lookahead:?}"
            );
        }
    }
}

#[test]
fn no_frame_waits_longer_than_the_stated_reach() {
    for fps in Fps::ALL {
        let rate = 48_000;
        let mut animator = Animator::new(
            rate,
            &Options {
                fps,
                ..Options::default()
            },
        )
        .unwrap();
        let (mut frames, mut pushed) = (Vec::new(), 0u64);
        for chunk in speak(&UTTERANCE[..4], rate).chunks(48) {
            let known = frames.len();
            animator.push(chunk, &mut frames);
            pushed += chunk.len() as u64;
            for frame in &frames[known..] {
                let waited_us = pushed * 1_000_000 / u64::from(rate) - frame.time_us;
                assert!(
                    waited_us <= Lookahead::Ms40.reach_us() + 1000,
                    "{fps:?}: {waited_us}"
                );
            }
        }
    }
}

#[test]
fn observing_changes_nothing_and_tells_every_ten_milliseconds() {
    let (options, samples) = (Options::default(), speak(&UTTERANCE, 24_000));
    let mut animator = Animator::new(24_000, &options).unwrap();
    let (mut frames, mut insights) = (Vec::new(), Vec::new());
    animator.push_observed(&samples, &mut frames, &mut |insight| {
        insights.push(*insight)
    });
    animator.finish_observed(&mut frames, &mut |insight| insights.push(*insight));
    assert_eq!(frames, animate(&samples, 24_000, &options));
    for (step, insight) in insights.iter().enumerate() {
        assert_eq!(insight.time_us, 10_000 * step as u64);
        assert_eq!(insight.closed, insight.viseme == Viseme::Pp);
    }
    let last = frames[frames.len() - 1].time_us;
    assert!(insights[insights.len() - 1].time_us >= last);
}

#[test]
fn attention_changes_at_its_place_in_the_audio() {
    let silence = vec![0; 16_000];
    let attending = |chunk: usize, attention: Option<Attention>| {
        let mut animator = Animator::new(16_000, &Options::default()).unwrap();
        let mut frames = Vec::new();
        for second in 0..6 {
            if let Some(attention) = attention.filter(|_| second == 2) {
                animator.attend(attention);
            }
            for chunk in silence.chunks(chunk) {
                animator.push(chunk, &mut frames);
            }
        }
        animator.finish(&mut frames);
        frames
    };
    let idle = attending(16_000, None);
    let thinking = attending(16_000, Some(Attention::Thinking));
    assert_eq!(thinking, attending(77, Some(Attention::Thinking)));
    assert_eq!(thinking[..51], idle[..51]);
    assert_ne!(thinking[75], idle[75]);
}
