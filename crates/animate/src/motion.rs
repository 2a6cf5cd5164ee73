//! From weights of sounds to a moving mouth.

mod blend;
mod spring;
mod targets;
mod touch;

use crate::math::ramp;
use crate::performance::Track;
use crate::{Character, Lookahead, Viseme};

pub(crate) use spring::{Pace, Spring};
pub(crate) use targets::{CHANNELS, Channel, Mouth, SHAPES, Shapes, shape_of};
pub(crate) use touch::{Contacts, Posture};

use blend::Blend;
use touch::Touch;

/// Seconds per step.
pub(crate) const STEP: f32 = 0.01;

/// Drives the mouth of one speaker in steps of 10 ms.
#[derive(Clone)]
pub(crate) struct Motion {
    blend: Blend,
    /// Steps between the present and the instant that is aimed at: the lag of the springs.
    lead: usize,
    jaw: f32,
    lips: f32,
    /// Opening of the jaw by loudness, smooth.
    effort: f32,
    /// Quietest of late, decibels: falls at once, rises slowly.
    lull_db: f32,
    /// How far the voice swells above it, 0 to 1, smooth.
    swell: f32,
    springs: [Spring; CHANNELS],
    target: Mouth,
    haste: Haste,
    meet: Touch,
    teeth: Touch,
}

/// What is asked of the mouth besides the blend of sounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Direction {
    pub(crate) contacts: Contacts,
    /// 0 at rest to 1 speaking.
    pub(crate) speech: f32,
    /// 0 when sounds are told apart, 1 when only loudness and brightness are believed.
    pub(crate) fallback: f32,
    /// 0 to 1.
    pub(crate) emphasis: f32,
}

/// How quickly springs follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Haste {
    Usual,
    /// The jaw must be out of the way.
    Shut,
    /// Nothing more to say: the mouth eases to rest.
    Ease,
}

impl Motion {
    pub(crate) const fn new(lookahead: Lookahead, character: &Character) -> Self {
        Self {
            blend: Blend::new(),
            lead: match lookahead {
                Lookahead::Ms20 => 0,
                Lookahead::Ms40 | Lookahead::Ms80 => 2,
            },
            jaw: character.jaw,
            lips: character.lips,
            effort: EFFORT[0],
            lull_db: 0.0,
            swell: 0.0,
            springs: [Spring::REST; CHANNELS],
            target: [0.0; CHANNELS],
            haste: Haste::Usual,
            meet: Touch::APART,
            teeth: Touch::APART,
        }
    }

    /// Begins the step that ends at the present of `track`.
    pub(crate) fn aim(&mut self, track: &Track, direction: &Direction) {
        let mut mouth = self.blend.target(track, self.lead);
        self.scale(&mut mouth, track, direction.emphasis);
        self.haste = self.respect(&mut mouth, track, direction.contacts);
        if direction.fallback > 0.0 {
            self.mumble(&mut mouth, track, direction.fallback);
        }
        mouth
            .iter_mut()
            .for_each(|channel| *channel *= direction.speech);
        self.target = mouth;
        let Contacts {
            lips,
            lips_soon,
            teeth,
            teeth_soon,
        } = direction.contacts;
        self.meet.aim(lips, lips_soon);
        self.teeth.aim(teeth, teeth_soon);
    }

    /// The mouth at a time after the previous step, as [`Fraction`] tells.
    pub(crate) fn sample(&mut self, fraction: Fraction) -> Posture {
        let mouth = std::array::from_fn(|channel| {
            let pace = &PACES[fraction as usize][self.pace(channel)];
            let spring = self.springs[channel].after(self.target[channel], pace);
            spring.position.clamp(0.0, 1.0)
        });
        let share = fraction.share();
        self.meet.shown(share);
        self.teeth.shown(share);
        touch::lay(mouth, self.meet.at(share), self.teeth.at(share))
    }

    /// Completes the step.
    pub(crate) fn advance(&mut self) {
        for channel in 0..CHANNELS {
            let pace = &PACES[Fraction::Whole as usize][self.pace(channel)];
            self.springs[channel] = self.springs[channel].after(self.target[channel], pace);
        }
    }

    /// Loud and stressed speech opens the mouth wider; a character is wide or narrow by nature.
    fn scale(&mut self, mouth: &mut Mouth, track: &Track, emphasis: f32) {
        let loudness_db = track.moment(self.lead as isize).loudness_db;
        let effort = EFFORT[0] + (EFFORT[1] - EFFORT[0]) * ramp(-24.0, 4.0, loudness_db);
        self.effort += 0.3 * (effort - self.effort);
        self.lull_db = loudness_db.min(self.lull_db + LULL_RISES_DB);
        let swell = ramp(3.0, 15.0, loudness_db - self.lull_db);
        self.swell += 0.1 * (swell - self.swell);
        let gain = (self.effort * (1.0 + 0.15 * emphasis)).clamp(EFFORT[0], EFFORT[1]);
        mouth[Channel::Jaw as usize] *= self.jaw * gain;
        mouth[Channel::LowerDown as usize] *= self.lips * gain;
        // Rounding and spreading tell sounds apart: loudness changes them less.
        let lips = self.lips * (0.7 + 0.3 * gain);
        for channel in [
            Channel::Funnel,
            Channel::Pucker,
            Channel::Stretch,
            Channel::Smile,
            Channel::UpperUp,
        ] {
            mouth[channel as usize] *= lips;
        }
    }

    /// Rules that no neighbour overrides: Edwards et al., "JALI" (2016).
    fn respect(&self, mouth: &mut Mouth, track: &Track, contacts: Contacts) -> Haste {
        let weights = track.shapes(self.lead as isize);
        let sum = |visemes: &[Viseme]| visemes.iter().map(|v| weights[*v as usize]).sum::<f32>();
        let jaw = &mut mouth[Channel::Jaw as usize];

        let vowel = sum(&[Viseme::Aa, Viseme::E, Viseme::I, Viseme::O, Viseme::U]);
        *jaw = jaw.max(PARTED * ramp(0.4, 0.7, vowel));
        let touching = contacts.lips
            || contacts.teeth
            || contacts.lips_soon.contains(&true)
            || contacts.teeth_soon.contains(&true);
        let sibilant = ramp(0.35, 0.65, sum(&[Viseme::Ss, Viseme::Ch]));
        // The tongue reaches teeth and the ridge behind them only from a jaw that has come up.
        let ridge = ramp(0.5, 0.8, sum(&[Viseme::Th, Viseme::Dd, Viseme::Nn]));
        let most = if touching {
            TOUCHING
        } else {
            (1.0 - sibilant * (1.0 - NEARLY_SHUT)).min(1.0 - ridge * (1.0 - RAISED))
        };
        *jaw = jaw.min(most);
        if most < RAISED {
            Haste::Shut
        } else if sum(&[Viseme::Sil]) > 0.6 {
            Haste::Ease
        } else {
            Haste::Usual
        }
    }

    /// Mixes in a mouth that only follows loudness and brightness.
    ///
    /// Speech swells and sinks with its syllables; what goes on at one level is no reason to gape.
    fn mumble(&self, mouth: &mut Mouth, track: &Track, share: f32) {
        let moment = track.moment(self.lead as isize);
        let open = self.swell * (self.effort - EFFORT[0]) / (EFFORT[1] - EFFORT[0]);
        let bright = ramp(0.35, 0.65, moment.brightness);
        for (channel, value) in mouth.iter_mut().enumerate() {
            let asked = match channel {
                JAW => self.jaw * 0.30 * open,
                STRETCH => self.lips * 0.18 * open * bright,
                PUCKER => self.lips * 0.18 * open * (1.0 - bright),
                LOWER => self.lips * 0.12 * open,
                _ => 0.0,
            };
            *value += share * (asked - *value);
        }
    }

    /// Which pace a channel's spring has on its present way.
    fn pace(&self, channel: usize) -> usize {
        let rising = self.target[channel] > self.springs[channel].position;
        match (self.haste, channel, rising) {
            (Haste::Shut, JAW, false) => 3,
            (Haste::Ease, _, false) => 4,
            (_, JAW, true) => 1,
            (_, _, true) => 0,
            (_, _, false) => 2,
        }
    }
}

/// How far into a step a frame lies: frames of every rate are on thirds of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fraction {
    /// At its begin; only the very first frame.
    None,
    Third,
    TwoThirds,
    Whole,
}

impl Fraction {
    pub(crate) const fn share(self) -> f32 {
        self as u8 as f32 / 3.0
    }
}

const JAW: usize = Channel::Jaw as usize;
const STRETCH: usize = Channel::Stretch as usize;
const PUCKER: usize = Channel::Pucker as usize;
const LOWER: usize = Channel::LowerDown as usize;

/// Least and greatest factor on the jaw by loudness.
const EFFORT: [f32; 2] = [0.6, 1.2];
/// Decibels per step by which a lull is forgotten.
const LULL_RISES_DB: f32 = 0.15;
/// Least opening of the jaw in a vowel.
const PARTED: f32 = 0.10;
/// Greatest opening of the jaw in a hiss, where the tongue tip touches, and where lips touch.
const NEARLY_SHUT: f32 = 0.09;
const RAISED: f32 = 0.28;
const TOUCHING: f32 = 0.08;

/// Springs: lips that form a shape (90 % in 41 ms), a jaw that opens (51 ms), what is given up
/// (59 ms), a jaw that has to be shut (31 ms), and a mouth that comes to rest (102 ms); each for
/// every [`Fraction`] of a step.
static PACES: [[Pace; 5]; 4] = {
    let omegas = [95.0, 76.0, 66.0, 125.0, 38.0];
    let mut paces = [[Pace::step(0.0); 5]; 4];
    let mut third = 0;
    while third < 4 {
        let mut n = 0;
        while n < 5 {
            paces[third][n] = Pace::new(omegas[n], STEP * third as f32 / 3.0);
            n += 1;
        }
        third += 1;
    }
    paces
};
