//! Our engine, in this process.

use visavis_animate::{Animator, Fps, Insight, Lookahead, Options, score::Guess};

use crate::{
    Failure,
    animate::{audio::RATE, corpus::Utterance, system::Heard},
};

/// What a client sends at a time: 20 ms. The frames do not depend on it.
const CHUNK: usize = 320;

pub(super) fn hear(utterances: &[Utterance], lookahead: Lookahead) -> Result<Vec<Heard>, Failure> {
    utterances
        .iter()
        .map(|utterance| one(&utterance.samples, lookahead))
        .collect()
}

/// What the engine decides for the face it shows, and that face at the rate of the curves.
fn one(samples: &[i16], lookahead: Lookahead) -> Result<Heard, Failure> {
    let options = Options {
        fps: Fps::F100,
        lookahead,
        ..Options::default()
    };
    let mut animator = Animator::new(RATE, &options).map_err(|error| error.to_string())?;
    let mut frames = Vec::new();
    let mut changes = Vec::new();
    let mut observe =
        |insight: &Insight| changes.push((insight.time_us as i64, Guess::from(insight)));
    for chunk in samples.chunks(CHUNK) {
        animator.push_observed(chunk, &mut frames, &mut observe);
    }
    animator.finish_observed(&mut frames, &mut observe);
    Ok(Heard { changes, frames })
}

#[cfg(test)]
mod tests {
    use visavis_animate::score::FRAME_US;

    use super::*;

    #[test]
    fn there_is_a_guess_for_every_frame_that_is_scored() {
        for count in [0, 1, 1600, 16_001] {
            let samples = &crate::speech::synthesize(2)[..count];
            let heard = one(samples, Lookahead::Ms40).unwrap();
            let scored = count.div_ceil(RATE as usize / 100);
            let times = heard.changes.iter().map(|(time_us, _)| *time_us);
            assert!(times.eq((0..scored).map(|n| n as i64 * FRAME_US as i64)));
            assert_eq!(heard.frames.len(), scored);
            let agree = |(change, frame): (&(i64, Guess), &visavis_animate::Frame)| {
                change.1.viseme == frame.viseme
            };
            assert!(heard.changes.iter().zip(&heard.frames).all(agree));
        }
    }
}
