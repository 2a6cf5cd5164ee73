//! From what is heard to a face: decisions, the mouth, and everything around it.

mod clock;
mod contact;
mod decoder;
mod gate;
mod thresholds;
mod track;

#[cfg(test)]
mod tests;

use crate::hearing::Hearing;
use crate::life::{Life, Turn};
use crate::motion::{Direction, Motion};
use crate::options::Attention;
use crate::{Character, Frame, Insight, Options, Viseme, face};

pub use thresholds::Thresholds;

pub(crate) use track::Track;

use clock::{Clock, Due, step_us};
use decoder::{Decision, Decoder};

/// Turns what is heard of one utterance into frames.
#[derive(Clone)]
pub(crate) struct Performance {
    clock: Clock,
    character: Character,
    track: Track,
    decoder: Decoder,
    motion: Motion,
    life: Life,
    /// Weights of the visemes and the decided one, at the previous and at the current step.
    visemes: [([f32; Viseme::COUNT], Viseme); 2],
}

impl Performance {
    pub(crate) fn new(options: &Options) -> Self {
        let mut silence = [0.0; Viseme::COUNT];
        silence[Viseme::Sil as usize] = 1.0;
        Self {
            clock: Clock::new(options.fps),
            character: options.character,
            track: Track::new(options.lookahead),
            decoder: Decoder::new(options.thresholds),
            motion: Motion::new(options.lookahead, &options.character),
            life: Life::new(options.seed, &options.character, options.secondary),
            visemes: [(silence, Viseme::Sil); 2],
        }
    }

    /// Frames given out so far.
    pub(crate) const fn frames(&self) -> u64 {
        self.clock.frames()
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
        let decision = self.decoder.decide(&self.track);
        observe(&self.insight(step, &decision));
        self.visemes = [self.visemes[1], (decision.visemes, decision.viseme)];
        let direction = Direction {
            contacts: decision.contacts,
            speech: decision.speech,
            fallback: decision.fallback,
            emphasis: self.life.emphasis(),
        };
        self.motion.aim(&self.track, &direction);
        while self.clock.frames() < total
            && let Some(due) = self.clock.next(step)
        {
            frames.push(self.frame(&due, rate));
        }
        self.motion.advance();
        let turn = Turn {
            speaking: decision.speaking,
            moment: *self.track.moment(0),
        };
        self.life.advance(step_us(step), &turn);
    }

    fn insight(&self, step: u64, decision: &Decision) -> Insight {
        let moment = self.track.moment(0);
        Insight {
            time_us: step_us(step),
            phones: decision.phones,
            viseme: decision.viseme,
            closed: decision.contacts.lips,
            loudness_db: moment.loudness_db,
            presence: moment.presence,
            voicing: moment.voicing,
            pitch_semitones: moment.pitch_semitones,
        }
    }

    /// The frame that is due, in the step under way.
    fn frame(&mut self, due: &Due, rate: u32) -> Frame {
        let time_us = due.time_us();
        let share = due.fraction.share();
        let [(before, earlier), (now, later)] = &self.visemes;
        let viseme = if share < 0.5 { *earlier } else { *later };
        let mut visemes: [f32; Viseme::COUNT] =
            std::array::from_fn(|v| before[v] + share * (now[v] - before[v]));
        Viseme::promote(viseme, &mut visemes);
        let expression = self.life.sample(time_us);
        Frame {
            index: due.index,
            sample: due.sample(rate),
            time_us,
            viseme,
            visemes,
            blendshapes: face::blendshapes(
                &self.motion.sample(due.fraction),
                &expression,
                &self.character,
            ),
            head: expression.head,
            left_eye: expression.eyes,
            right_eye: expression.eyes,
        }
    }
}
