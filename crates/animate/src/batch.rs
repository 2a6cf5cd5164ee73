//! Animators work together: the windows of many go through the network as one.

use std::cell::Cell;

use crate::animator::Stage;
use crate::hearing::Hearing;
use crate::network::{COLUMNS, Column, Network, Scratch};
use crate::{Animator, Frame, Insight};

/// What one of several animators has to do in [`push_all`].
#[derive(Debug)]
pub struct Job<'a> {
    /// Who does it.
    pub animator: &'a mut Animator,
    /// The next samples of its utterance, any number of them.
    pub samples: &'a [i16],
    /// Whether the utterance ends with them.
    pub last: bool,
    /// Where its frames are appended.
    pub frames: &'a mut Vec<Frame>,
}

/// Pushes the samples of each job, and finishes those that are the last of their utterance.
///
/// The frames are the same, to the bit, as from [`Animator::push`] and [`Animator::finish`] one by one; the time it takes
/// is less, since the network's weights are read once for many windows.
pub fn push_all(jobs: &mut [Job<'_>]) {
    let mut works: Vec<Work<'_>> = jobs
        .iter_mut()
        .map(|job| {
            Work::new(
                job.animator,
                Samples::Integers(job.samples),
                job.last,
                job.frames,
            )
        })
        .collect();
    run(&mut works, &mut |_| ());
}

/// Samples of either kind that are still to be taken in.
pub(crate) enum Samples<'a> {
    Integers(&'a [i16]),
    Floats(&'a [f32]),
}

impl Samples<'_> {
    /// Moves as many as fit to the front of `block` and says how many.
    fn read(&mut self, block: &mut [f32]) -> usize {
        match self {
            Self::Integers(samples) => read(samples, block, |it| f32::from(it) * (1.0 / 32_768.0)),
            Self::Floats(samples) => read(samples, block, |it| {
                if it.is_nan() {
                    0.0
                } else {
                    it.clamp(-1.0, 1.0)
                }
            }),
        }
    }
}

fn read<S: Copy>(samples: &mut &[S], block: &mut [f32], convert: impl Fn(S) -> f32) -> usize {
    let (now, later) = samples.split_at(samples.len().min(block.len()));
    for (out, sample) in block.iter_mut().zip(now) {
        *out = convert(*sample);
    }
    *samples = later;
    now.len()
}

/// One animator at work.
pub(crate) struct Work<'a> {
    animator: &'a mut Animator,
    samples: Samples<'a>,
    last: bool,
    frames: &'a mut Vec<Frame>,
    /// Windows and frames of the whole utterance, once its end is known.
    ends: Option<[u64; 2]>,
}

impl<'a> Work<'a> {
    pub(crate) fn new(
        animator: &'a mut Animator,
        samples: Samples<'a>,
        last: bool,
        frames: &'a mut Vec<Frame>,
    ) -> Self {
        animator.begin();
        Self {
            animator,
            samples,
            last,
            frames,
            ends: None,
        }
    }

    /// Takes in at most 10 ms, which are at most [`WINDOWS`] windows; tells whether there was anything to take in.
    fn feed(&mut self, place: usize, columns: &mut Vec<Column>) -> bool {
        let mut block = [0.0; BLOCK];
        let length = (self.animator.sample_rate() as usize / 100).min(BLOCK);
        let mut count = self.samples.read(&mut block[..length]);
        self.animator.stage.taken += count as u64;
        if count == 0 && self.last {
            let [windows, _] = *self.ends.get_or_insert_with(|| self.animator.ends());
            if self.animator.stage.listener.windows < windows {
                count = length;
            }
        }
        let limit = self.ends.map_or(u64::MAX, |[windows, _]| windows);
        let Animator {
            resampler, stage, ..
        } = &mut *self.animator;
        let Stage {
            analyzer, listener, ..
        } = stage;
        resampler.push(&block[..count], |samples| {
            analyzer.push(samples, |sound| {
                if listener.windows < limit {
                    columns.push(listener.push(place, sound));
                }
            });
        });
        count > 0
    }

    fn perform(&mut self, hearing: &Hearing, observe: &mut impl FnMut(&Insight)) {
        let total = self.ends.map_or(u64::MAX, |[_, frames]| frames);
        let rate = self.animator.sample_rate();
        let stage = &mut self.animator.stage;
        stage
            .performance
            .hear(hearing, total, rate, self.frames, observe);
    }
}

/// Most samples that are taken in at once.
const BLOCK: usize = 256;
/// Most windows that 10 ms of audio complete.
const WINDOWS: usize = 2;

/// Works everything off, as many windows at a time as there is room for.
pub(crate) fn run(works: &mut [Work<'_>], observe: &mut impl FnMut(&Insight)) {
    thread_local! {
        /// Made once per thread. It is taken while in use, since an observer may run an animator of its own.
        static BENCH: Cell<Option<Box<Bench>>> = const { Cell::new(None) };
    }
    let mut bench = BENCH.take().unwrap_or_else(Bench::new);
    let Bench { scratch, columns } = &mut *bench;
    let network = Network::built_in();
    // The first that may have something left.
    let mut first = 0;
    loop {
        columns.clear();
        while first < works.len() && columns.len() + WINDOWS <= COLUMNS {
            if !works[first].feed(first, columns) {
                first += 1;
            }
        }
        if columns.is_empty() {
            break;
        }
        scratch.run(network, columns, works, |work| {
            &mut work.animator.stage.listener.stream
        });
        for column in columns.iter() {
            works[column.stream].perform(&column.hearing, observe);
        }
    }
    BENCH.set(Some(bench));
}

/// Where one thread works.
struct Bench {
    scratch: Scratch,
    columns: Vec<Column>,
}

impl Bench {
    fn new() -> Box<Self> {
        Box::new(Self {
            scratch: Scratch::new(Network::built_in()),
            columns: Vec::with_capacity(COLUMNS),
        })
    }
}
