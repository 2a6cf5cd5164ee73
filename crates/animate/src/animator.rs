use crate::analysis::{Analyzer, HOP, WINDOW};
use crate::batch::{self, Samples, Work};
use crate::listener::Listener;
use crate::options::MEDIA_CLOCK;
use crate::performance::Performance;
use crate::resample::{RATE, Resampler};
use crate::{Attention, Frame, Insight, Options, UnsupportedRate};

/// Turns one utterance of speech into frames, as the audio arrives.
///
/// Frames depend on the options and the samples alone, never on how the samples were cut into
/// chunks or when they came. Nothing is allocated after [`new`](Self::new) but what `frames` needs,
/// and once per thread some room to work in. [`push_all`](crate::push_all) runs many of them faster than one by one.
#[derive(Clone)]
pub struct Animator {
    options: Options,
    rate: u32,
    pub(crate) resampler: Resampler,
    pub(crate) stage: Stage,
}

/// Everything after resampling.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) analyzer: Analyzer,
    pub(crate) listener: Listener,
    pub(crate) performance: Performance,
    /// Samples taken in, at the input rate.
    pub(crate) taken: u64,
    ended: bool,
}

/// Ticks of the media clock per step.
const STEP_TICKS: u64 = MEDIA_CLOCK / 100;

impl Animator {
    /// An animator for audio at `sample_rate` samples per second.
    ///
    /// # Errors
    ///
    /// [`UnsupportedRate`] unless the rate is a multiple of 25 from 8000 to 192,000: every usual rate is.
    pub fn new(sample_rate: u32, options: &Options) -> Result<Self, UnsupportedRate> {
        let resampler = Resampler::new(sample_rate)?;
        Ok(Self {
            options: *options,
            rate: sample_rate,
            resampler,
            stage: Stage::new(options),
        })
    }

    /// What it was made with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Samples per second that [`push`](Self::push) expects.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.rate
    }

    /// Samples that must have been pushed before the first frame appears: exactly this many.
    ///
    /// Lookahead, half an analysis window, and the reach of the resampler: 52.5 ms at 16 kHz with
    /// the default lookahead, and 0.75 ms more at other rates.
    #[must_use]
    pub fn first_frame_samples(&self) -> u64 {
        let needed = self.options.lookahead.steps() as u64 * HOP as u64 + WINDOW as u64 / 2;
        let last = (needed - 1) * u64::from(self.rate) / u64::from(RATE);
        last + 1 + self.resampler.delay()
    }

    /// Bytes this instance keeps, on the stack and on the heap, apart from tables that all share.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        size_of::<Self>() + self.resampler.heap_bytes() + self.stage.listener.stream.heap_bytes()
    }

    /// Takes the next samples of the utterance, any number of them, and appends the frames they complete.
    ///
    /// After [`finish`](Self::finish) the next push begins a new utterance.
    pub fn push(&mut self, samples: &[i16], frames: &mut Vec<Frame>) {
        self.push_observed(samples, frames, &mut |_| ());
    }

    /// As [`push`](Self::push), and tells `observe` what was made of each 10 ms that can now be shown.
    pub fn push_observed(
        &mut self,
        samples: &[i16],
        frames: &mut Vec<Frame>,
        observe: &mut impl FnMut(&Insight),
    ) {
        self.work(Samples::Integers(samples), false, frames, observe);
    }

    /// As [`push`](Self::push), with samples from -1 to 1; what is outside is clipped, what is not a number is silence.
    pub fn push_f32(&mut self, samples: &[f32], frames: &mut Vec<Frame>) {
        self.work(Samples::Floats(samples), false, frames, &mut |_| ());
    }

    /// Ends the utterance and appends its last frames.
    ///
    /// All frames of an utterance together are exactly its duration times the frame rate, rounded up.
    pub fn finish(&mut self, frames: &mut Vec<Frame>) {
        self.finish_observed(frames, &mut |_| ());
    }

    /// As [`finish`](Self::finish), and tells `observe` what was made of each 10 ms that was left.
    pub fn finish_observed(&mut self, frames: &mut Vec<Frame>, observe: &mut impl FnMut(&Insight)) {
        self.work(Samples::Integers(&[]), true, frames, observe);
    }

    /// Lets the face attend to something, from the media time of the audio pushed so far on.
    ///
    /// Frames stay a function of the audio, the options and the places of these calls in it. A
    /// face that speaks shows that it speaks, whatever it attends to.
    pub fn attend(&mut self, attention: Attention) {
        self.begin();
        let time_us = u128::from(self.stage.taken) * 1_000_000 / u128::from(self.rate);
        self.stage.performance.attend(attention, time_us as u64);
    }

    /// Forgets everything: afterwards it equals a new instance with the same options.
    pub fn reset(&mut self) {
        self.resampler.reset();
        self.stage.reset(&self.options);
    }

    /// Begins a new utterance if one has ended.
    pub(crate) fn begin(&mut self) {
        if self.stage.ended {
            self.reset();
        }
    }

    /// Ends the utterance with what has been taken in: windows needed to show all of it, and its frames.
    pub(crate) fn ends(&mut self) -> [u64; 2] {
        self.stage.ended = true;
        let frame_ticks = self.options.fps.ticks();
        let ticks = u128::from(self.stage.taken) * u128::from(MEDIA_CLOCK);
        let frames = ticks.div_ceil(u128::from(self.rate) * u128::from(frame_ticks)) as u64;
        let Some(last) = frames.checked_sub(1) else {
            return [0, 0];
        };
        let step = (last * frame_ticks).div_ceil(STEP_TICKS);
        [step + self.options.lookahead.steps() as u64 + 1, frames]
    }

    fn work(
        &mut self,
        samples: Samples<'_>,
        last: bool,
        frames: &mut Vec<Frame>,
        observe: &mut impl FnMut(&Insight),
    ) {
        batch::run(&mut [Work::new(self, samples, last, frames)], observe);
    }
}

impl std::fmt::Debug for Animator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Animator")
            .field("options", &self.options)
            .field("sample_rate", &self.rate)
            .field("frames", &self.stage.performance.frames())
            .finish_non_exhaustive()
    }
}

impl Stage {
    fn new(options: &Options) -> Self {
        Self {
            analyzer: Analyzer::new(),
            listener: Listener::new(options.lookahead),
            performance: Performance::new(options),
            taken: 0,
            ended: false,
        }
    }

    fn reset(&mut self, options: &Options) {
        self.analyzer = Analyzer::new();
        self.listener.reset();
        self.performance = Performance::new(options);
        (self.taken, self.ended) = (0, false);
    }
}
