use std::time::Duration;

use visavis_client::Code;
use visavis_codes::{Cause, Dialect, Emission};

use crate::world::{Call, Fate, Story, World};

const CALM: Fate = Fate {
    cut_at: None,
    fail_at: None,
    credits: 10_000,
    latency_max: Duration::from_millis(300),
};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Speaks some utterances of 1 s in pieces of any size, waits for the motion, and closes.
fn talk(world: &mut World, utterances: u64) {
    for n in 0..utterances {
        let mut at = 1000 + n * 10_000;
        let mut bytes = 32_000;
        while bytes > 0 {
            let piece = (1 + world.random(9999) as usize).min(bytes);
            bytes -= piece;
            world.call(ms(at), Call::Audio(piece));
            at += world.random(200);
        }
        world.call(ms(at), Call::End);
    }
    world.call(ms(1000 + utterances * 10_000), Call::Close);
}

#[track_caller]
fn holds(seed: u64, story: &Story) {
    assert_eq!(
        story.calls, story.answers,
        "seed {seed}: a call without its answer"
    );
    assert_eq!(
        story.closed.len(),
        1,
        "seed {seed}: after {} s",
        story.seconds
    );
    assert_eq!(
        story.closed[0].error.as_ref().map(|error| error.code()),
        story.errors.first().map(|error| error.code()),
        "seed {seed}"
    );
}

#[test]
fn a_slow_connection_loses_and_repeats_nothing() {
    for seed in 0..200 {
        let mut world = World::new(seed, CALM);
        talk(&mut world, 3);
        let story = world.run();
        holds(seed, &story);
        assert!(story.errors.is_empty(), "seed {seed}: {:?}", story.errors);
        let motion: Vec<_> = story.motion.values().collect();
        assert_eq!(motion, [&(25, 1); 3], "seed {seed}");
        assert!(
            story
                .accepted
                .iter()
                .all(|req_id| story.motion.contains_key(req_id))
        );
    }
}

#[test]
fn a_connection_that_breaks_ends_the_session_once_and_in_time() {
    for seed in 0..500 {
        let cut_at = Some(ms(seed * 37 % 15_000));
        let mut world = World::new(seed, Fate { cut_at, ..CALM });
        talk(&mut world, 100);
        let story = world.run();
        holds(seed, &story);
        let error = &story.errors[0];
        let expected = if story.ready {
            Code::ConnectionClosed
        } else {
            error.code().known().unwrap()
        };
        assert_eq!(error.code(), &expected, "seed {seed}");
        assert!(error.is_retryable(), "seed {seed}: {error}");
        // 20 s until the ping, 20 s without an answer.
        assert!(
            story.seconds <= 15 + 40 + 1,
            "seed {seed}: {} s",
            story.seconds
        );
    }
}

#[test]
fn any_sequence_of_calls_is_answered_and_ends() {
    let (mut normal, mut failed, mut cut) = (0, 0, 0);
    for seed in 0..1000 {
        let mut world = World::new(seed, CALM);
        let cuts = world.random(3) == 0;
        let fate = Fate {
            cut_at: cuts.then(|| ms(world.random(30_000))),
            credits: [3, 100, 10_000][world.random(3) as usize],
            ..CALM
        };
        let mut world = World::new(seed, fate);
        let mut at = 0;
        for _ in 0..world.random(60) {
            at += world.random(1500);
            let call = match world.random(10) {
                0..=4 => Call::Audio(world.random(40_000) as usize),
                5 => Call::End,
                6 => Call::Interrupt,
                7 => Call::Pause,
                8 => Call::Resume,
                _ => Call::Audio(1),
            };
            world.call(ms(at), call);
        }
        world.call(ms(at + 20_000), Call::Close);
        let story = world.run();
        holds(seed, &story);
        if let (Some(code), false) = (story.server_failed, story.cut) {
            assert!(
                story.errors.iter().all(|error| error.code() == &code),
                "seed {seed}: {code} arrived as {:?}",
                story.errors
            );
        }
        assert!(story.motion.values().all(|(_, ends)| *ends <= 1));
        cut += u32::from(story.cut);
        failed += u32::from(story.server_failed.is_some());
        normal += u32::from(story.errors.is_empty());
    }
    assert!(
        normal > 100 && failed > 100 && cut > 100,
        "{normal} {failed} {cut}"
    );
}

#[test]
fn every_failure_of_a_session_arrives_as_its_code_over_a_slow_connection() {
    for (n, cause) in Cause::ALL.iter().enumerate() {
        let Emission::ServerError { .. } = cause.emission(Dialect::TextRule) else {
            continue;
        };
        let fail_at = Some((ms(3000), *cause));
        let mut world = World::new(n as u64, Fate { fail_at, ..CALM });
        talk(&mut world, 1);
        let story = world.run();
        holds(n as u64, &story);
        let error = &story.errors[0];
        assert_eq!(error.code(), &cause.code());
        assert_eq!(error.advice(), cause.code().advice());
        assert_eq!(error.connection_id(), Some("c-1"));
        assert!(
            error.server_detail().is_some() && error.close_code().is_some(),
            "{error:?}"
        );
    }
}
