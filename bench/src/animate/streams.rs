//! Many streams of the engine on one core, as a server has them.

use std::time::{Duration, Instant};

use visavis_animate::{Animator, Frame, Job, Options, push_all};

use crate::{Failure, figures::Durations, speech};

/// Streams that take turns, so that none finds its state in the nearest cache.
const STREAMS: usize = 500;
/// What is measured of each stream.
const SECONDS: usize = 6;

/// How streams are fed.
#[derive(Clone, Copy)]
pub(super) struct Feed {
    /// Samples per second.
    pub(super) rate: u32,
    /// Milliseconds of audio that a stream gets at a time.
    pub(super) chunk_ms: u32,
    /// Streams that are worked on in one call; `None` calls [`Animator::push`] for each.
    pub(super) together: Option<usize>,
}

pub(super) struct Measured {
    /// Streams that took turns.
    pub(super) streams: usize,
    /// One call each.
    pub(super) calls: Durations,
    /// Windows of 10 ms that one call works off.
    pub(super) hops: f64,
    /// Seconds of audio per second of work.
    pub(super) streams_per_core: f64,
    pub(super) state_bytes: usize,
}

impl Feed {
    pub(super) fn measure(self) -> Result<Measured, Failure> {
        let samples = (self.rate * self.chunk_ms / 1000) as usize;
        let size = self.together.unwrap_or(1);
        let groups = STREAMS / size;
        let audio = Loop::new(self.rate, samples);
        let mut streams = Vec::new();
        for seed in 0..(groups * size) as u64 {
            let options = Options {
                seed,
                ..Options::default()
            };
            let animator = Animator::new(self.rate, &options).map_err(|error| error.to_string())?;
            streams.push((animator, Vec::new()));
        }
        let mut calls = Vec::new();
        let mut spent = Duration::ZERO;
        let rounds = SECONDS * self.rate as usize / samples;
        // Before the first second nobody shows frames yet, and the weights are still being read.
        let warm = self.rate as usize / samples;
        for round in 0..warm + rounds {
            for (group, streams) in streams.chunks_exact_mut(size).enumerate() {
                let took = self.call(streams, |n| audio.chunk(group * size + n, round));
                if round >= warm {
                    calls.push(took);
                    spent += took;
                }
            }
        }
        let heard = (calls.len() * size * samples) as f64 / f64::from(self.rate);
        Ok(Measured {
            streams: streams.len(),
            calls: Durations::from(calls),
            hops: size as f64 * f64::from(self.chunk_ms) / 10.0,
            streams_per_core: heard / spent.as_secs_f64(),
            state_bytes: streams[0].0.state_bytes(),
        })
    }

    /// The time that the engine takes for the next chunk of some streams.
    fn call<'a>(
        self,
        streams: &mut [(Animator, Vec<Frame>)],
        chunk: impl Fn(usize) -> &'a [i16],
    ) -> Duration {
        for (_, frames) in streams.iter_mut() {
            frames.clear();
        }
        if let (None, [(animator, frames)]) = (self.together, &mut *streams) {
            let began = Instant::now();
            animator.push(chunk(0), frames);
            return began.elapsed();
        }
        let mut jobs: Vec<Job<'_>> = streams
            .iter_mut()
            .enumerate()
            .map(|(n, (animator, frames))| Job {
                animator,
                samples: chunk(n),
                last: false,
                frames,
            })
            .collect();
        let began = Instant::now();
        push_all(&mut jobs);
        began.elapsed()
    }
}

/// Speech without an end, which every stream hears from another place on.
struct Loop {
    samples: Vec<i16>,
    length: usize,
    chunk: usize,
}

impl Loop {
    fn new(rate: u32, chunk: usize) -> Self {
        let mut samples = speech::synthesize_at(rate, 8);
        let length = samples.len();
        samples.extend_from_within(..chunk);
        Self {
            samples,
            length,
            chunk,
        }
    }

    fn chunk(&self, stream: usize, round: usize) -> &[i16] {
        // A prime, so that the places spread over all of it.
        let from = (stream * 7919 + round * self.chunk) % self.length;
        &self.samples[from..from + self.chunk]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_goes_on_where_it_ended() {
        let audio = Loop::new(8000, 7000);
        let heard: Vec<i16> = (0..10)
            .flat_map(|round| audio.chunk(1, round))
            .copied()
            .collect();
        let whole = speech::synthesize_at(8000, 8);
        let expected = whole.iter().cycle().skip(7919).take(heard.len());
        assert!(heard.iter().eq(expected));
    }
}
