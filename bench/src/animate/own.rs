//! Our engine, in this process.

use visavis_animate::{
    Animator, Fps, Lookahead, Options,
    score::{FRAME_US, Guess},
};

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

fn one(samples: &[i16], lookahead: Lookahead) -> Result<Heard, Failure> {
    let options = Options {
        fps: Fps::F100,
        lookahead,
        ..Options::default()
    };
    let mut animator = Animator::new(RATE, &options).map_err(|error| error.to_string())?;
    let mut frames = Vec::new();
    for chunk in samples.chunks(CHUNK) {
        animator.push(chunk, &mut frames);
    }
    animator.finish(&mut frames);
    let changes = (0..)
        .zip(&frames)
        .map(|(n, frame)| (n * FRAME_US as i64, Guess::from(frame.viseme)))
        .collect();
    Ok(Heard { changes, frames })
}
