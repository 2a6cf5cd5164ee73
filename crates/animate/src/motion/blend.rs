//! Neighbouring sounds share the mouth: dominance blending over the past and the lookahead.

use super::targets::{self, CHANNELS, Channel, Mouth};
use crate::math::{exp, ramp};
use crate::recognise::{DELAY, Heard, Weights};
use crate::{Character, Lookahead, Viseme};

/// Recognitions kept, the newest last: the past that still matters and the longest lookahead.
pub(crate) const HISTORY: usize = 18;
/// Steps before and after the centre that are blended.
const REACH: usize = 7;

#[derive(Clone)]
pub(super) struct Blend {
    /// Place of the current step in the history.
    present: usize,
    /// Place of the instant that is aimed at: later than the present by the lag of the springs.
    centre: usize,
    jaw: f32,
    lips: f32,
}

impl Blend {
    pub(super) fn new(lookahead: Lookahead, character: &Character) -> Self {
        let present = HISTORY - 1 - (lookahead.steps() - DELAY);
        let lead = match lookahead {
            Lookahead::Ms20 => 0,
            Lookahead::Ms40 | Lookahead::Ms80 => 2,
        };
        Self {
            present,
            centre: present + lead,
            jaw: character.jaw,
            lips: character.lips,
        }
    }

    /// Weights heard at the present, over three steps.
    pub(super) fn present(&self, heard: &[Heard; HISTORY]) -> Weights {
        smooth(heard, self.present)
    }

    /// The mouth to aim at.
    pub(super) fn target(&self, heard: &[Heard; HISTORY]) -> Mouth {
        let mut pull = [0.0f32; Viseme::COUNT];
        let first = self.centre.saturating_sub(REACH);
        let last = (self.centre + REACH).min(HISTORY - 1);
        for (place, heard) in heard.iter().enumerate().take(last + 1).skip(first) {
            let weights = &FALLOFF[place + REACH - self.centre];
            for viseme in 0..Viseme::COUNT {
                pull[viseme] += heard.weights[viseme] * weights[viseme];
            }
        }
        let mut mouth = [0.0f32; CHANNELS];
        let (mut lips, mut jaw) = (1e-6f32, 1e-6f32);
        for viseme in Viseme::ALL {
            let strength = targets::dominance(viseme);
            let pull = pull[viseme as usize];
            let (on_lips, on_jaw) = (pull * strength.lips, pull * strength.jaw);
            lips += on_lips;
            jaw += on_jaw;
            let shape = &SHAPES[viseme as usize];
            mouth[0] += on_jaw * shape[0];
            for channel in 1..CHANNELS {
                mouth[channel] += on_lips * shape[channel];
            }
        }
        mouth[0] *= self.jaw * effort(heard[self.centre].loudness_db) / jaw;
        mouth[1..].iter_mut().for_each(|channel| *channel /= lips);
        for channel in [
            Channel::Funnel,
            Channel::Pucker,
            Channel::Stretch,
            Channel::Smile,
            Channel::UpperUp,
            Channel::LowerDown,
        ] {
            mouth[channel as usize] *= self.lips;
        }
        self.touch(heard, mouth)
    }

    /// Lips that must meet, or touch the teeth, do so whatever their neighbours want.
    fn touch(&self, heard: &[Heard; HISTORY], mut mouth: Mouth) -> Mouth {
        let weights = smooth(heard, self.centre);
        for viseme in [Viseme::Ff, Viseme::Pp] {
            let share = ramp(CLOSES[0], CLOSES[1], weights[viseme as usize]);
            for (channel, wanted) in mouth.iter_mut().zip(&SHAPES[viseme as usize]) {
                *channel += share * (wanted - *channel);
            }
        }
        let closure = &mut mouth[Channel::Closure as usize];
        *closure = closure.min(ramp(CLOSES[0], CLOSES[1], weights[Viseme::Pp as usize]));
        mouth
    }
}

/// Loud speech opens the mouth wider: 0.6 to 1.2.
fn effort(loudness_db: f32) -> f32 {
    0.6 + 0.6 * ramp(-26.0, 2.0, loudness_db)
}

/// Weights over three steps; two where the history ends.
fn smooth(heard: &[Heard; HISTORY], place: usize) -> Weights {
    let (before, now) = (&heard[place - 1].weights, &heard[place].weights);
    let after = &heard[(place + 1).min(HISTORY - 1)].weights;
    std::array::from_fn(|v| 0.25 * before[v] + 0.5 * now[v] + 0.25 * after[v])
}

static SHAPES: [Mouth; Viseme::COUNT] = {
    let mut shapes = [[0.0; CHANNELS]; Viseme::COUNT];
    let mut n = 0;
    while n < Viseme::COUNT {
        shapes[n] = targets::shape(Viseme::ALL[n]);
        n += 1;
    }
    shapes
};

/// Pull of each viseme by its distance from the centre, -[`REACH`] to [`REACH`] steps.
static FALLOFF: std::sync::LazyLock<[[f32; Viseme::COUNT]; 2 * REACH + 1]> =
    std::sync::LazyLock::new(|| {
        std::array::from_fn(|place| {
            let steps = place as f32 - REACH as f32;
            Viseme::ALL.map(|viseme| {
                let reach = targets::dominance(viseme);
                // A sound that is still to come pulls with its reach before, one that has gone with its reach after.
                let reach_ms = if steps > 0.0 {
                    reach.before_ms
                } else {
                    reach.after_ms
                };
                exp(-10.0 * steps.abs() / reach_ms)
            })
        })
    });

/// Weights between which lips go from apart to touching.
const CLOSES: [f32; 2] = [0.25, 0.5];
