//! Many animators at work together give what each of them gives alone.

mod common;

use common::{UTTERANCE, animate, speak};
use proptest::prelude::*;
use visavis_animate::{Animator, Frame, Job, Lookahead, Options, push_all};

const RATES: [u32; 4] = [16_000, 24_000, 44_100, 8000];
const LOOKAHEADS: [Lookahead; 3] = [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80];

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_give_the_same_frames(
        streams in prop::collection::vec((0usize..4, 0usize..3, 0usize..8000), 1..6),
        chunks in prop::collection::vec(prop::collection::vec(0usize..3000, 6), 1..20),
    ) {
        let streams: Vec<(u32, Options, Vec<i16>)> = streams
            .into_iter()
            .map(|(rate, lookahead, skipped)| {
                let options = Options { lookahead: LOOKAHEADS[lookahead], ..Options::default() };
                (RATES[rate], options, speak(&UTTERANCE[..6], RATES[rate]).split_off(skipped))
            })
            .collect();
        let mut animators: Vec<Animator> = streams
            .iter()
            .map(|(rate, options, _)| Animator::new(*rate, options).unwrap())
            .collect();
        let mut frames: Vec<Vec<Frame>> = vec![vec![]; streams.len()];
        let mut taken = vec![0; streams.len()];
        // The last round takes what is left; rounds after the last sample of a stream give nothing to do to it.
        for lengths in chunks.iter().chain([&vec![usize::MAX; 6]]) {
            let mut jobs = vec![];
            for (n, (animator, frames)) in animators.iter_mut().zip(&mut frames).enumerate() {
                let rest = &streams[n].2[taken[n]..];
                if rest.is_empty() {
                    continue;
                }
                let samples = &rest[..lengths[n].min(rest.len())];
                taken[n] += samples.len();
                jobs.push(Job { animator, samples, last: samples.len() == rest.len(), frames });
            }
            push_all(&mut jobs);
        }
        for ((rate, options, samples), frames) in streams.iter().zip(&frames) {
            prop_assert_eq!(&animate(samples, *rate, options), frames);
        }
    }
}

#[test]
fn what_was_made_of_the_sound_is_told_every_10_ms() {
    let samples = speak(&UTTERANCE, 16_000);
    for lookahead in LOOKAHEADS {
        let mut animator = Animator::new(
            16_000,
            &Options {
                lookahead,
                ..Options::default()
            },
        )
        .unwrap();
        let (mut whole, mut chunked, mut frames) = (vec![], vec![], vec![]);
        animator.push_observed(&samples, &mut frames, &mut |it| whole.push(*it));
        animator.finish_observed(&mut frames, &mut |it| whole.push(*it));
        for chunk in samples.chunks(777) {
            animator.push_observed(chunk, &mut frames, &mut |it| chunked.push(*it));
        }
        animator.finish_observed(&mut frames, &mut |it| chunked.push(*it));
        assert_eq!(whole, chunked);
        for (n, insight) in whole.iter().enumerate() {
            assert_eq!(insight.time_us, 10_000 * n as u64);
            assert!((insight.phones.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        }
        // The last frame is shown at most 40 ms before the end.
        let length_us = samples.len() as u64 * 1_000_000 / 16_000;
        let last_us = whole.last().unwrap().time_us;
        assert!(last_us + 40_000 >= length_us && last_us <= length_us + 10_000);
    }
}

#[test]
fn an_observer_may_run_an_animator_of_its_own() {
    let samples = speak(&UTTERANCE[..3], 16_000);
    let alone = animate(&samples, 16_000, &Options::default());
    let mut animator = Animator::new(16_000, &Options::default()).unwrap();
    let (mut frames, mut others) = (vec![], vec![]);
    animator.push_observed(&samples, &mut frames, &mut |_| {
        if others.is_empty() {
            others = animate(&samples, 16_000, &Options::default());
        }
    });
    animator.finish(&mut frames);
    assert_eq!((&frames, &others), (&alone, &alone));
}

#[test]
fn no_job_and_no_sample_are_no_work() {
    push_all(&mut []);
    let mut animator = Animator::new(16_000, &Options::default()).unwrap();
    let mut frames = vec![];
    push_all(&mut [Job {
        animator: &mut animator,
        samples: &[],
        last: true,
        frames: &mut frames,
    }]);
    assert!(frames.is_empty());
}
