//! Lips that meet, and lips that touch the teeth: laid over the blend, complete or not at all.

use super::targets::{CHANNELS, Channel, Mouth, TARGETS};
use crate::Viseme;

/// What was decided about the lips, now and in the next two steps as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contacts {
    pub(crate) lips: bool,
    pub(crate) lips_soon: [bool; 2],
    pub(crate) teeth: bool,
    pub(crate) teeth_soon: [bool; 2],
}

/// How complete a contact is one and two steps from a run: a smooth way there and back in some 25 ms.
const NEAR: [f32; 2] = [0.6, 0.15];

/// Jaw opening up to which a lower lip reaches the upper teeth by itself.
const TEETH: f32 = 0.08;

/// The depth of one contact over time.
#[derive(Clone)]
pub(super) struct Touch {
    /// Depth at the previous and at the current step, 0 apart to 1 together.
    depth: [f32; 2],
    /// Steps since the contact was decided to be.
    since: usize,
    /// The contact is complete, and no frame has shown it.
    owed: bool,
}

impl Touch {
    pub(super) const APART: Self = Self {
        depth: [0.0; 2],
        since: 9,
        owed: false,
    };

    /// Begins the step at whose end the contact is `now`, and in the next two steps `soon`.
    pub(super) fn aim(&mut self, now: bool, soon: [bool; 2]) {
        // A contact shorter than a frame is held until one frame has shown it.
        let now = now || self.owed;
        self.owed |= now && self.depth[1] < 1.0;
        self.since = if now { 0 } else { (self.since + 1).min(9) };
        let leaving = match self.since {
            0 => 1.0,
            1 => NEAR[0],
            2 => NEAR[1],
            _ => 0.0,
        };
        let coming = match soon {
            [true, _] => NEAR[0],
            [false, true] => NEAR[1],
            [false, false] => 0.0,
        };
        let depth = if coming > leaving { coming } else { leaving };
        self.depth = [self.depth[1], depth];
    }

    /// Depth at a share of the step.
    pub(super) fn at(&self, share: f32) -> f32 {
        self.depth[0] + share * (self.depth[1] - self.depth[0])
    }

    /// A frame has been made at a share of the step.
    pub(super) fn shown(&mut self, share: f32) {
        self.owed &= self.at(share) < 0.999;
    }
}

/// A mouth with what the lips make up for of the jaw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posture {
    pub(crate) mouth: Mouth,
    /// How far the lips are nearer to each other than the jaw has it: `mouthClose`.
    pub(crate) close: f32,
    /// How complete closed lips are, 0 to 1.
    pub(crate) lips: f32,
}

/// Lays contacts of the given depths over a mouth.
pub(super) fn lay(mut mouth: Mouth, lips: f32, teeth: f32) -> Posture {
    let jaw = mouth[Channel::Jaw as usize];
    for (channel, keeps) in KEEPS_AT_TEETH {
        mouth[channel as usize] *= 1.0 - teeth * (1.0 - keeps);
    }
    for (channel, keeps) in KEEPS_AT_LIPS {
        mouth[channel as usize] *= 1.0 - lips * (1.0 - keeps);
    }
    for channel in 1..CHANNELS {
        let at_teeth = teeth * TARGETS[Viseme::Ff as usize][channel];
        let at_lips = lips * TARGETS[Viseme::Pp as usize][channel];
        mouth[channel] = mouth[channel].max(at_teeth * (1.0 - lips)).max(at_lips);
    }
    let to_teeth = teeth * (jaw - TEETH).max(0.0);
    Posture {
        mouth,
        close: lips * jaw + (1.0 - lips) * to_teeth,
        lips,
    }
}

/// How much of a channel is left while the lip touches the teeth, and while lips meet.
const KEEPS_AT_TEETH: [(Channel, f32); 8] = [
    (Channel::Funnel, 0.5),
    (Channel::Pucker, 0.6),
    (Channel::LowerDown, 0.1),
    (Channel::Stretch, 0.7),
    (Channel::Smile, 0.7),
    (Channel::RollUpper, 0.0),
    (Channel::Press, 0.0),
    (Channel::Tongue, 0.0),
];
const KEEPS_AT_LIPS: [(Channel, f32); 6] = [
    (Channel::Funnel, 0.6),
    (Channel::UpperUp, 0.0),
    (Channel::LowerDown, 0.0),
    (Channel::Stretch, 0.5),
    (Channel::Smile, 0.6),
    (Channel::Tongue, 0.0),
];
