//! What the processor can do: it changes how fast frames come, and no bit of them.

use fearless_simd::Level;

/// The widest registers there are.
pub(crate) fn level() -> Level {
    #[cfg(test)]
    if let Some(level) = tests::FORCED.get() {
        return level;
    }
    Level::new()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::thread;

    use super::*;
    use crate::opus::OggOpusDecoder;
    use crate::{Animator, Fps, Frame, Insight, Lookahead, Options};

    thread_local! {
        /// The level of this thread, when it is to be another one.
        pub(super) static FORCED: Cell<Option<Level>> = const { Cell::new(None) };
    }

    #[test]
    fn every_processor_makes_the_same_frames_of_speech() {
        let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
        let sound = include_bytes!("../tests/fixtures/kal16.opus");
        decoder.push(sound, &mut samples).unwrap();
        let perform = |level: Level| {
            // A thread of its own has no room to work in that was made for another level.
            thread::scope(|scope| {
                let work = scope.spawn(|| {
                    FORCED.set(Some(level));
                    perform(&samples)
                });
                work.join().unwrap()
            })
        };
        let (frames, insights) = perform(Level::baseline());
        assert!(frames.len() > 200 && insights.len() > 400);
        assert!(perform(Level::new()) == (frames, insights));
    }

    fn perform(samples: &[i16]) -> (Vec<Frame>, Vec<Insight>) {
        let options = Options {
            fps: Fps::F60,
            lookahead: Lookahead::Ms80,
            ..Options::default()
        };
        let mut animator = Animator::new(48_000, &options).unwrap();
        let (mut frames, mut insights) = (vec![], vec![]);
        let mut observe = |insight: &Insight| insights.push(*insight);
        animator.push_observed(samples, &mut frames, &mut observe);
        animator.finish_observed(&mut frames, &mut observe);
        (frames, insights)
    }
}
