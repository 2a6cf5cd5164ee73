//! From what is heard to a face: decisions, the mouth, and everything around it.

mod contact;
mod decoder;
mod gate;
mod thresholds;
mod track;

#[cfg(test)]
mod tests;

use crate::hearing::Hearing;
use crate::life::{Life, Turn};
use crate::motion::{Direction, Fraction, Motion};
use crate::options::{Attention, MEDIA_CLOCK};
use crate::{Character, Fps, Frame, Insight, Options, Viseme, face};

pub use thresholds::Thresholds;

pub(crate) use track::{Moment, Track};

use decoder::{Decision, Decoder};

/// Ticks of the media clock per step.
const STEP_TICKS: u64 = MEDIA_CLOCK / 100;

/// Turns what is heard of one utterance into frames.
#[derive(Clone)]
pub(crate) struct Performance {
    fps: Fps,
    character: Character,
    track: Track,
    decoder: Decoder,
    motion: Motion,
    life: Life,
    /// Weights of the visemes and the decided one, at the previous and at the current step.
    visemes: [([f32; Viseme::COUNT], Viseme); 2],
    /// Frames given out.
    frames: u64,
}

impl Performance {
    pub(crate) fn new(options: &Options) -> Self {
        let mut silence = [0.0; Viseme::COUNT];
        silence[Viseme::Sil as usize] = 1.0;
        Self {
            fps: options.fps,
            character: options.character,
            track: Track::new(options.lookahead),
            decoder: Decoder::new(options.thresholds),
            motion: Motion::new(options.lookahead, &options.character),
            life: Life::new(options.seed, &options.character, options.secondary),
            visemes: [(silence, Viseme::Sil); 2],
            frames: 0,
        }
    }

    /// Frames given out so far.
    pub(crate) const fn frames(&self) -> u64 {
        self.frames
    }

    /// Lets the face attend to something from a media time on, in microseconds; what is past is now.
    pub(crate) fn attend(&mut self, attention: Attention, time_us: u64) {
        self.life.attend(attention, time_us);
    }

    /// Takes what is heard with the next window, the first one centred on time zero.
    ///
    /// Shows the instant that lies the lookahead before it: appends the frames that are due, at
    /// most `total` in all, and lets `observe` see what was decided. `rate` is that of the samples
    /// that frames are placed among.
    pub(crate) fn hear(
        &mut self,
        hearing: &Hearing,
        total: u64,
        rate: u32,
        frames: &mut Vec<Frame>,
        observe: &mut impl FnMut(&Insight),
    ) {
        let Some(step) = self.track.hear(hearing) else {
            return;
        };
        let end = step * STEP_TICKS;
        let decision = self.decoder.decide(&self.track);
        observe(&self.insight(end, &decision));
        self.visemes = [self.visemes[1], (decision.visemes, decision.viseme)];
        let direction = Direction {
            contacts: decision.contacts,
            speech: decision.speech,
            fallback: decision.fallback,
            emphasis: self.life.emphasis(),
        };
        self.motion.aim(&self.track, &direction);
        loop {
            let ticks = self.frames * self.fps.ticks();
            if ticks > end || self.frames >= total {
                break;
            }
            frames.push(self.frame(ticks, end, rate));
            self.frames += 1;
        }
        self.motion.advance();
        let turn = Turn {
            speaking: decision.speaking,
            moment: *self.track.moment(0),
        };
        self.life.advance(micros(end), &turn);
    }

    fn insight(&self, ticks: u64, decision: &Decision) -> Insight {
        let moment = self.track.moment(0);
        Insight {
            time_us: micros(ticks),
            phones: decision.phones,
            viseme: decision.viseme,
            closed: decision.contacts.lips,
            loudness_db: moment.loudness_db,
            presence: moment.presence,
            voicing: moment.voicing,
            pitch_semitones: moment.pitch_semitones,
        }
    }

    /// The frame at `ticks`, in the step that ends at `end`.
    fn frame(&mut self, ticks: u64, end: u64, rate: u32) -> Frame {
        let fraction = match (end, (ticks + STEP_TICKS).saturating_sub(end)) {
            // The first step ends at time zero and has nothing before it: the face is at rest.
            (0, _) => Fraction::None,
            (_, 160) => Fraction::Third,
            (_, 320) => Fraction::TwoThirds,
            (_, _) => Fraction::Whole,
        };
        let time_us = micros(ticks);
        let share = fraction.share();
        let [(before, earlier), (now, later)] = &self.visemes;
        let viseme = if share < 0.5 { *earlier } else { *later };
        let mut visemes: [f32; Viseme::COUNT] =
            std::array::from_fn(|v| before[v] + share * (now[v] - before[v]));
        Viseme::promote(viseme, &mut visemes);
        let expression = self.life.sample(time_us);
        Frame {
            index: self.frames,
            sample: (u128::from(ticks) * u128::from(rate) / u128::from(MEDIA_CLOCK)) as u64,
            time_us,
            viseme,
            visemes,
            blendshapes: face::blendshapes(
                &self.motion.sample(fraction),
                &expression,
                &self.character,
            ),
            head: expression.head,
            left_eye: expression.eyes,
            right_eye: expression.eyes,
        }
    }
}

/// Ticks of the media clock in microseconds, rounded down.
const fn micros(ticks: u64) -> u64 {
    (ticks as u128 * 1_000_000 / MEDIA_CLOCK as u128) as u64
}
