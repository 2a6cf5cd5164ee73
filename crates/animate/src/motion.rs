//! From weights of visemes to a moving mouth.

mod blend;
mod spring;
mod targets;

use crate::recognise::{Heard, Weights};
use crate::{Character, Lookahead};

pub(crate) use blend::HISTORY;
pub(crate) use spring::Spring;
pub(crate) use targets::{CHANNELS, Channel, Mouth};

use blend::Blend;

/// Drives the mouth of one speaker in steps of 10 ms.
#[derive(Clone)]
pub(crate) struct Motion {
    blend: Blend,
    springs: [Spring; CHANNELS],
    target: Mouth,
    /// Weights heard at the previous and at the current step.
    weights: [Weights; 2],
}

/// Seconds per step.
pub(crate) const STEP: f32 = 0.01;

impl Motion {
    pub(crate) fn new(lookahead: Lookahead, character: &Character) -> Self {
        Self {
            blend: Blend::new(lookahead, character),
            springs: [Spring::REST; CHANNELS],
            target: [0.0; CHANNELS],
            weights: [Heard::SILENCE.weights; 2],
        }
    }

    /// Aims at step `now`; `heard` ends with the newest recognition, `lookahead - 1` steps after it.
    pub(crate) fn aim(&mut self, heard: &[Heard; HISTORY]) {
        self.target = self.blend.target(heard);
        self.weights = [self.weights[1], self.blend.present(heard)];
    }

    /// The mouth `seconds` after the previous step, at most [`STEP`].
    pub(crate) fn sample(&self, seconds: f32) -> Mouth {
        let mut mouth: Mouth = std::array::from_fn(|channel| {
            let (spring, target) = (&self.springs[channel], self.target[channel]);
            spring
                .after(target, self.stiffness(channel), seconds)
                .position
                .clamp(0.0, 1.0)
        });
        // Closed lips meet whatever the jaw still does: the lips make up for what it leaves open.
        let closure = mouth[Channel::Closure as usize];
        for part in [
            Channel::LowerDown,
            Channel::UpperUp,
            Channel::Stretch,
            Channel::Tongue,
        ] {
            mouth[part as usize] *= 1.0 - closure;
        }
        mouth
    }

    /// Weights of the visemes `seconds` after the previous step.
    pub(crate) fn weights(&self, seconds: f32) -> Weights {
        let share = seconds / STEP;
        std::array::from_fn(|v| {
            self.weights[0][v] + share * (self.weights[1][v] - self.weights[0][v])
        })
    }

    /// Completes the step.
    pub(crate) fn advance(&mut self) {
        for channel in 0..CHANNELS {
            let stiffness = self.stiffness(channel);
            self.springs[channel] =
                self.springs[channel].after(self.target[channel], stiffness, STEP);
        }
    }

    /// Angular frequency of a channel's spring on its present way, per second.
    fn stiffness(&self, channel: usize) -> f32 {
        let closing = self.target[Channel::Closure as usize];
        let rising = self.target[channel] > self.springs[channel].position;
        let base = targets::stiffness(channel, rising);
        base + closing * (spring::CLOSING - base).max(0.0)
    }
}
