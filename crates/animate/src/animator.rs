use crate::analysis::{Analyzer, HOP, Sound, WINDOW};
use crate::hearing::{HEADS, Hearing, Posterior};
use crate::options::MEDIA_CLOCK;
use crate::performance::Performance;
use crate::recognise::{DELAY, Heard, Recogniser};
use crate::resample::{RATE, Resampler};
use crate::{Attention, Frame, Insight, Options, Phone, UnsupportedRate, Viseme};

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
    /// What was recognised in the latest windows, the newest last.
    heard: [Posterior; HEADS[2]],
    performance: Performance,
    /// Samples taken in, at the input rate.
    taken: u64,
    ended: bool,
}

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
        self.push_observed(samples, frames, &mut |_| {});
    }

    /// As [`push`](Self::push), and lets `observe` see what was decided about every 10 ms.
    pub fn push_observed(
        &mut self,
        samples: &[i16],
        frames: &mut Vec<Frame>,
        observe: &mut impl FnMut(&Insight),
    ) {
        let convert = |sample| f32::from(sample) * (1.0 / 32_768.0);
        self.push_with(samples, convert, frames, observe);
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
        self.push_with(samples, sane, frames, &mut |_| {});
    }

    /// Ends the utterance and appends its last frames.
    ///
    /// All frames of an utterance together are exactly its duration times the frame rate, rounded up.
    pub fn finish(&mut self, frames: &mut Vec<Frame>) {
        self.finish_observed(frames, &mut |_| {});
    }

    /// As [`finish`](Self::finish), and lets `observe` see what was decided about every 10 ms.
    pub fn finish_observed(&mut self, frames: &mut Vec<Frame>, observe: &mut impl FnMut(&Insight)) {
        self.begin();
        let ticks = u128::from(self.stage.taken) * u128::from(MEDIA_CLOCK);
        let total =
            ticks.div_ceil(u128::from(self.rate) * u128::from(self.options.fps.ticks())) as u64;
        let silence = [0.0f32; 64];
        while self.stage.performance.frames() < total {
            let Self {
                rate,
                resampler,
                stage,
                ..
            } = self;
            resampler.push(&silence, |sample| {
                stage.push(sample, *rate, Some(total), frames, observe)
            });
        }
        self.stage.ended = true;
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
        observe: &mut impl FnMut(&Insight),
    ) {
        self.begin();
        let mut block = [0.0f32; 256];
        for chunk in samples.chunks(block.len()) {
            for (out, sample) in block.iter_mut().zip(chunk) {
                *out = convert(*sample);
            }
            let Self {
                rate,
                resampler,
                stage,
                ..
            } = self;
            stage.taken += chunk.len() as u64;
            resampler.push(&block[..chunk.len()], |sample| {
                stage.push(sample, *rate, None, frames, observe)
            });
        }
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
            recogniser: Recogniser::new(),
            heard: [posterior(&Heard::SILENCE); HEADS[2]],
            performance: Performance::new(options),
            taken: 0,
            ended: false,
        }
    }

    /// Takes one 16 kHz sample; gives out at most `total` frames.
    fn push(
        &mut self,
        sample: f32,
        rate: u32,
        total: Option<u64>,
        frames: &mut Vec<Frame>,
        observe: &mut impl FnMut(&Insight),
    ) {
        if let Some(sound) = self.analyzer.push(sample) {
            let hearing = self.hear(&sound);
            let total = total.unwrap_or(u64::MAX);
            self.performance
                .hear(&hearing, total, rate, frames, observe);
        }
    }

    fn hear(&mut self, sound: &Sound) -> Hearing {
        let heard = self.recogniser.push(sound);
        self.heard.rotate_left(1);
        self.heard[HEADS[2] - 1] = posterior(&heard);
        Hearing {
            heads: HEADS.map(|steps| self.heard[HEADS[2] - 1 - (steps - DELAY)]),
            level_db: sound.level_db,
            loudness_db: heard.loudness_db,
            presence: heard.presence,
            voicing: heard.voicing,
            pitch_semitones: heard.pitch_semitones,
            brightness: 0.5,
        }
    }
}

/// The weight of each viseme on the first of its phones.
fn posterior(heard: &Heard) -> Posterior {
    let mut phones = [0.0; Phone::COUNT];
    for viseme in Viseme::ALL {
        let first = Phone::ALL.iter().position(|p| p.viseme() == viseme);
        phones[first.unwrap_or(0)] = heard.weights[viseme as usize];
    }
    phones
}
