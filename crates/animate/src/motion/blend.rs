//! Neighbouring sounds share the mouth: dominance blending over the past and the lookahead.
//!
//! Cohen and Massaro, "Modeling coarticulation in synthetic visual speech" (1993), in streaming
//! form. With an exponent of 1 the pull of what has gone falls by a constant factor per step, so
//! the whole past is one number per shape.

use super::targets::{self, CHANNELS, Dominance, Mouth, SHAPES, Shapes, TARGETS};
use crate::math::exp;
use crate::performance::Track;

/// Pulls of all shapes on one part of the face.
#[derive(Clone)]
struct Pull {
    past: Shapes,
}

/// What the sounds around an instant ask for.
#[derive(Clone)]
pub(super) struct Blend {
    lips: Pull,
    jaw: Pull,
}

/// Factors of all shapes on one part of the face.
struct Field {
    strength: Shapes,
    /// Per step since a sound has gone, and per step until it comes.
    after: Shapes,
    before: Shapes,
}

static LIPS: Field = Field::new(true);
static JAW: Field = Field::new(false);

/// Pull without any sound: where nothing else pulls, the mouth is at rest.
const NOTHING: f32 = 1e-3;

impl Blend {
    pub(super) const fn new() -> Self {
        let rest = Pull {
            past: [0.0; SHAPES],
        };
        Self {
            lips: Pull { past: rest.past },
            jaw: rest,
        }
    }

    /// The mouth asked for `lead` steps after the present; each present is asked about once.
    pub(super) fn target(&mut self, track: &Track, lead: usize) -> Mouth {
        let lips = self.lips.towards(track, lead, &LIPS);
        let jaw = self.jaw.towards(track, lead, &JAW);
        let mut mouth = [0.0f32; CHANNELS];
        let (mut on_lips, mut on_jaw, mut open) = (NOTHING, NOTHING, 0.0);
        for shape in 0..SHAPES {
            let target = &TARGETS[shape];
            on_lips += lips[shape];
            on_jaw += jaw[shape];
            open += jaw[shape] * target[0];
            for channel in 1..CHANNELS {
                mouth[channel] += lips[shape] * target[channel];
            }
        }
        let share = 1.0 / on_lips;
        mouth.iter_mut().for_each(|channel| *channel *= share);
        mouth[0] = open / on_jaw;
        mouth
    }
}

impl Pull {
    fn towards(&mut self, track: &Track, lead: usize, field: &Field) -> Shapes {
        fade_and_add(&mut self.past, &field.after, track.shapes(0));
        let mut pull = self.past;
        for step in 1..=lead {
            fade_and_add(&mut pull, &field.after, track.shapes(step as isize));
        }
        // The furthest first, so that each step needs one factor.
        let mut coming = [0.0f32; SHAPES];
        for step in (lead + 1..=track.ahead()).rev() {
            let next = track.shapes(step as isize);
            for shape in 0..SHAPES {
                coming[shape] = (coming[shape] + next[shape]) * field.before[shape];
            }
        }
        std::array::from_fn(|shape| field.strength[shape] * (pull[shape] + coming[shape]))
    }
}

fn fade_and_add(sum: &mut Shapes, factors: &Shapes, next: &Shapes) {
    for ((sum, factor), next) in sum.iter_mut().zip(factors).zip(next) {
        *sum = *sum * factor + next;
    }
}

impl Field {
    const fn new(lips: bool) -> Self {
        let mut field = Self {
            strength: [0.0; SHAPES],
            after: [0.0; SHAPES],
            before: [0.0; SHAPES],
        };
        let mut shape = 0;
        while shape < SHAPES {
            let Dominance {
                strength,
                before_ms,
                after_ms,
            } = if lips {
                targets::on_lips(shape)
            } else {
                targets::on_jaw(shape)
            };
            field.strength[shape] = strength;
            field.after[shape] = exp(-10.0 / after_ms);
            field.before[shape] = exp(-10.0 / before_ms);
            shape += 1;
        }
        field
    }
}
