use crate::analysis::{Analyzer, HOP, Sound, WINDOW};
use crate::life::Life;
use crate::motion::{HISTORY, Motion, STEP};
use crate::options::MEDIA_CLOCK;
use crate::recognise::{DELAY, Heard, Recogniser};
use crate::resample::{RATE, Resampler};
use crate::{Frame, Options, UnsupportedRate, Viseme, face};

/// Turns one utterance of speech into frames, as the audio arrives.
///
/// Frames depend on the options and the samples alone, never on how the samples were cut into
/// chunks or when they came. Nothing is allocated after [`new`](Self::new) but what `frames` needs.
#[derive(Clone)]
pub struct Animator {
    options: Options,
    rate: u32,
    resampler: Resampler,
    stage: Stage,
}

/// Everything after resampling.
#[derive(Clone)]
struct Stage {
    analyzer: Analyzer,
    recogniser: Recogniser,
    heard: [Heard; HISTORY],
    motion: Motion,
    life: Life,
    /// Samples taken in, at the input rate.
    taken: u64,
    /// Windows measured.
    windows: u64,
    /// Frames given out.
    frames: u64,
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
        size_of::<Self>() + self.resampler.heap_bytes()
    }

    /// Takes the next samples of the utterance, any number of them, and appends the frames they complete.
    ///
    /// After [`finish`](Self::finish) the next push begins a new utterance.
    pub fn push(&mut self, samples: &[i16], frames: &mut Vec<Frame>) {
        self.push_with(
            samples,
            |sample| f32::from(sample) * (1.0 / 32_768.0),
            frames,
        );
    }

    /// As [`push`](Self::push), with samples from -1 to 1; what is outside is clipped, what is not a number is silence.
    pub fn push_f32(&mut self, samples: &[f32], frames: &mut Vec<Frame>) {
        let sane = |sample: f32| {
            if sample.is_nan() {
                0.0
            } else {
                sample.clamp(-1.0, 1.0)
            }
        };
        self.push_with(samples, sane, frames);
    }

    /// Ends the utterance and appends its last frames.
    ///
    /// All frames of an utterance together are exactly its duration times the frame rate, rounded up.
    pub fn finish(&mut self, frames: &mut Vec<Frame>) {
        self.begin();
        let ticks = u128::from(self.stage.taken) * u128::from(MEDIA_CLOCK);
        let total =
            ticks.div_ceil(u128::from(self.rate) * u128::from(self.options.fps.ticks())) as u64;
        let silence = [0.0f32; 64];
        while self.stage.frames < total {
            let Self {
                options,
                rate,
                resampler,
                stage,
            } = self;
            resampler.push(&silence, |sample| {
                stage.push(sample, options, *rate, Some(total), frames)
            });
        }
        self.stage.ended = true;
    }

    /// Forgets everything: afterwards it equals a new instance with the same options.
    pub fn reset(&mut self) {
        self.resampler.reset();
        self.stage = Stage::new(&self.options);
    }

    fn begin(&mut self) {
        if self.stage.ended {
            self.reset();
        }
    }

    fn push_with<S: Copy>(
        &mut self,
        samples: &[S],
        convert: impl Fn(S) -> f32,
        frames: &mut Vec<Frame>,
    ) {
        self.begin();
        let mut block = [0.0f32; 256];
        for chunk in samples.chunks(block.len()) {
            for (out, sample) in block.iter_mut().zip(chunk) {
                *out = convert(*sample);
            }
            let Self {
                options,
                rate,
                resampler,
                stage,
            } = self;
            stage.taken += chunk.len() as u64;
            resampler.push(&block[..chunk.len()], |sample| {
                stage.push(sample, options, *rate, None, frames)
            });
        }
    }
}

impl std::fmt::Debug for Animator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Animator")
            .field("options", &self.options)
            .field("sample_rate", &self.rate)
            .field("frames", &self.stage.frames)
            .finish_non_exhaustive()
    }
}

impl Stage {
    fn new(options: &Options) -> Self {
        Self {
            analyzer: Analyzer::new(),
            recogniser: Recogniser::new(),
            heard: [Heard::SILENCE; HISTORY],
            motion: Motion::new(options.lookahead, &options.character),
            life: Life::new(options.seed, &options.character),
            taken: 0,
            windows: 0,
            frames: 0,
            ended: false,
        }
    }

    /// Takes one 16 kHz sample; gives out at most `total` frames.
    fn push(
        &mut self,
        sample: f32,
        options: &Options,
        rate: u32,
        total: Option<u64>,
        frames: &mut Vec<Frame>,
    ) {
        if let Some(sound) = self.analyzer.push(sample) {
            self.hear(&sound, options, rate, total.unwrap_or(u64::MAX), frames);
        }
    }

    /// Takes the next window; the step that lies the lookahead before it can then be shown.
    fn hear(
        &mut self,
        sound: &Sound,
        options: &Options,
        rate: u32,
        total: u64,
        frames: &mut Vec<Frame>,
    ) {
        let lookahead = options.lookahead.steps() as u64;
        let heard = self.recogniser.push(sound);
        if self.windows >= DELAY as u64 {
            self.heard.rotate_left(1);
            self.heard[HISTORY - 1] = heard;
        }
        self.windows += 1;
        let Some(step) = (self.windows - 1).checked_sub(lookahead) else {
            return;
        };

        self.motion.aim(&self.heard);
        let end = step * STEP_TICKS;
        loop {
            let ticks = self.frames * options.fps.ticks();
            if ticks > end || self.frames >= total {
                break;
            }
            frames.push(self.frame(ticks, end, options, rate));
            self.frames += 1;
        }
        self.motion.advance();
        self.life.advance(
            end * 1000 / 48,
            &self.heard[HISTORY - 1 - (lookahead as usize - DELAY)],
        );
    }

    /// The frame at `ticks`, in the step that ends at `end`.
    fn frame(&self, ticks: u64, end: u64, options: &Options, rate: u32) -> Frame {
        let into = (ticks + STEP_TICKS).saturating_sub(end);
        // The first step ends at time zero and has nothing before it: the face is at rest.
        let seconds = if end == 0 {
            0.0
        } else {
            STEP * into as f32 / STEP_TICKS as f32
        };
        let time_us = u128::from(ticks) * 1_000_000 / u128::from(MEDIA_CLOCK);
        let weights = self.motion.weights(seconds);
        let expression = self.life.sample(time_us as u64);
        Frame {
            index: self.frames,
            sample: (u128::from(ticks) * u128::from(rate) / u128::from(MEDIA_CLOCK)) as u64,
            time_us: time_us as u64,
            viseme: Viseme::heaviest(&weights),
            visemes: weights,
            blendshapes: face::blendshapes(
                &self.motion.sample(seconds),
                &expression,
                &options.character,
            ),
            head: expression.head,
            left_eye: expression.eyes,
            right_eye: expression.eyes,
        }
    }
}
