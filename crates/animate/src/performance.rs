//! From what is heard to a moving face.

use crate::hearing::{HEADS, Hearing, Posterior};
use crate::life::Life;
use crate::motion::{HISTORY, Motion, STEP};
use crate::options::MEDIA_CLOCK;
use crate::recognise::{DELAY, Heard};
use crate::{Frame, Insight, Options, Phone, Viseme, face};

/// Ticks of the media clock per step.
const STEP_TICKS: u64 = MEDIA_CLOCK / 100;

/// Moves the face of one speaker.
#[derive(Clone)]
pub(crate) struct Performance {
    options: Options,
    /// What was heard, the newest last; it is [`DELAY`] windows old.
    heard: [Heard; HISTORY],
    /// The windows that are not that old.
    fresh: [Heard; DELAY],
    motion: Motion,
    life: Life,
    windows: u64,
    frames: u64,
}

impl Performance {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            options: *options,
            heard: [Heard::SILENCE; HISTORY],
            fresh: [Heard::SILENCE; DELAY],
            motion: Motion::new(options.lookahead, &options.character),
            life: Life::new(options.seed, &options.character),
            windows: 0,
            frames: 0,
        }
    }

    /// Frames given out.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Takes the next window; the step that lies the lookahead before it can then be shown.
    pub(crate) fn hear(
        &mut self,
        hearing: &Hearing,
        total: u64,
        rate: u32,
        frames: &mut Vec<Frame>,
        observe: &mut impl FnMut(&Insight),
    ) {
        let lookahead = self.options.lookahead.steps();
        self.heard.rotate_left(1);
        self.heard[HISTORY - 1] = self.fresh[0];
        self.fresh.rotate_left(1);
        self.fresh[DELAY - 1] = Heard {
            loudness_db: hearing.loudness_db,
            presence: hearing.presence,
            voicing: hearing.voicing,
            pitch_semitones: hearing.pitch_semitones,
            ..Heard::SILENCE
        };
        let mut phones = hearing.heads[0];
        for (head, distance) in hearing.heads.iter().zip(HEADS) {
            if distance <= lookahead {
                phones = *head;
                weigh(head, &mut self.heard[HISTORY - 1 + DELAY - distance]);
            }
        }
        self.windows += 1;
        let Some(step) = (self.windows - 1).checked_sub(lookahead as u64) else {
            return;
        };

        self.motion.aim(&self.heard);
        let end = step * STEP_TICKS;
        loop {
            let ticks = self.frames * self.options.fps.ticks();
            if ticks > end || self.frames >= total {
                break;
            }
            frames.push(self.frame(ticks, end, rate));
            self.frames += 1;
        }
        self.motion.advance();
        let present = self.heard[HISTORY - 1 - (lookahead - DELAY)];
        self.life.advance(end * 1000 / 48, &present);
        let viseme = Viseme::heaviest(&present.weights);
        observe(&Insight {
            time_us: end * 1000 / 48,
            phones,
            viseme,
            closed: viseme == Viseme::Pp,
            loudness_db: present.loudness_db,
            presence: present.presence,
            voicing: present.voicing,
            pitch_semitones: present.pitch_semitones,
        });
    }

    /// The frame at `ticks`, in the step that ends at `end`.
    fn frame(&self, ticks: u64, end: u64, rate: u32) -> Frame {
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
                &self.options.character,
            ),
            head: expression.head,
            left_eye: expression.eyes,
            right_eye: expression.eyes,
        }
    }
}

/// Sums phones into mouth shapes; what is too soft to be speech is silence.
fn weigh(phones: &Posterior, heard: &mut Heard) {
    heard.weights = [0.0; Viseme::COUNT];
    for phone in Phone::ALL {
        heard.weights[phone.viseme() as usize] += phones[phone as usize] * heard.presence;
    }
    heard.weights[Viseme::Sil as usize] += 1.0 - heard.presence;
}
