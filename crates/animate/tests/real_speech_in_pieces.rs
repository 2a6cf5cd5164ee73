//! Real speech gives the same frames however it is cut, and in whatever company.

mod common;

use common::animate;
use common::recorded::{LOOKAHEADS, RATE, RECORDINGS};
use visavis_animate::{Animator, Fps, Frame, Job, Options, push_all};

fn options() -> [Options; 3] {
    [0, 1, 2].map(|n| Options {
        fps: [Fps::F25, Fps::F60, Fps::F100][n],
        lookahead: LOOKAHEADS[n],
        ..Options::default()
    })
}

#[test]
fn chunks_of_every_size_give_the_same_frames() {
    for (recording, options) in RECORDINGS.iter().zip(options()) {
        let whole = animate(&recording.samples, RATE, &options);
        for size in [1, 7, 479, 480, 481, 960, 2880, 50_000] {
            let mut animator = Animator::new(RATE, &options).unwrap();
            let mut frames = Vec::new();
            for chunk in recording.samples.chunks(size) {
                animator.push(chunk, &mut frames);
            }
            animator.finish(&mut frames);
            assert!(frames == whole, "{}, {size} samples", recording.name);
        }
    }
}

#[test]
fn all_recordings_at_once_are_what_each_is_alone() {
    let streams: Vec<(&[i16], Options)> = RECORDINGS
        .iter()
        .flat_map(|it| options().map(|options| (&it.samples[..], options)))
        .collect();
    let mut animators: Vec<Animator> = streams
        .iter()
        .map(|(_, options)| Animator::new(RATE, options).unwrap())
        .collect();
    let mut frames: Vec<Vec<Frame>> = vec![vec![]; streams.len()];
    let (mut taken, mut round) = (vec![0; streams.len()], 0);
    while (0..streams.len()).any(|n| taken[n] < streams[n].0.len()) {
        let mut jobs = vec![];
        for (n, (animator, frames)) in animators.iter_mut().zip(&mut frames).enumerate() {
            let rest = &streams[n].0[taken[n]..];
            // Now and then one has nothing to say, and some are ahead of others.
            let length = (round * 337 + n * 1021) % 4000;
            if rest.is_empty() {
                continue;
            }
            let samples = &rest[..length.min(rest.len())];
            taken[n] += samples.len();
            let last = samples.len() == rest.len();
            jobs.push(Job {
                animator,
                samples,
                last,
                frames,
            });
        }
        push_all(&mut jobs);
        round += 1;
    }
    for ((samples, options), frames) in streams.iter().zip(&frames) {
        assert!(*frames == animate(samples, RATE, options), "{options:?}");
    }
}

#[test]
fn a_clone_in_the_middle_of_a_word_goes_on_alike() {
    for (recording, options) in RECORDINGS.iter().zip(options()) {
        let (begun, rest) = recording.samples.split_at(recording.samples.len() / 2);
        let mut animator = Animator::new(RATE, &options).unwrap();
        let mut frames = Vec::new();
        animator.push(begun, &mut frames);
        let (mut clone, mut cloned) = (animator.clone(), frames.clone());
        // The first one says something else before the clone goes on.
        animator.push(&recording.samples[..9999], &mut frames);
        clone.push(rest, &mut cloned);
        clone.finish(&mut cloned);
        assert!(
            cloned == animate(&recording.samples, RATE, &options),
            "{}",
            recording.name
        );
    }
}
