//! Puts mouth and expression onto the 52 blendshapes.

use crate::Character;
use crate::arkit::*;
use crate::life::Expression;
use crate::motion::{Channel, Posture};

/// Radians of eye rotation at which a look channel is full.
const LOOK_FULL: f32 = 0.5;

/// Blendshape weights of one instant, 0 to 1.
pub(crate) fn blendshapes(
    posture: &Posture,
    expression: &Expression,
    character: &Character,
) -> [f32; 52] {
    let mut out = [0.0f32; 52];
    let at = |channel: Channel| posture.mouth[channel as usize];
    let closure = posture.lips;
    let sides = [1.0 + character.asymmetry, 1.0 - character.asymmetry];

    out[JAW_OPEN] = at(Channel::Jaw);
    out[MOUTH_CLOSE] = posture.close.min(at(Channel::Jaw));
    out[MOUTH_FUNNEL] = at(Channel::Funnel);
    out[MOUTH_PUCKER] = at(Channel::Pucker);
    out[MOUTH_ROLL_LOWER] = at(Channel::RollLower);
    out[MOUTH_ROLL_UPPER] = at(Channel::RollUpper);
    out[MOUTH_SHRUG_UPPER] = at(Channel::ShrugUpper);
    out[TONGUE_OUT] = at(Channel::Tongue);
    let spread = 1.0 - (at(Channel::Pucker) + at(Channel::Funnel)).min(1.0);
    let smile = expression.smile.max(0.0) * spread * (1.0 - 0.5 * closure);
    for (side, gain) in sides.into_iter().enumerate() {
        out[[MOUTH_UPPER_UP_LEFT, MOUTH_UPPER_UP_RIGHT][side]] = gain * at(Channel::UpperUp);
        out[[MOUTH_LOWER_DOWN_LEFT, MOUTH_LOWER_DOWN_RIGHT][side]] = gain * at(Channel::LowerDown);
        out[[MOUTH_STRETCH_LEFT, MOUTH_STRETCH_RIGHT][side]] = gain * at(Channel::Stretch);
        out[[MOUTH_SMILE_LEFT, MOUTH_SMILE_RIGHT][side]] = gain * at(Channel::Smile) + smile * gain;
        // Lips that must meet do so on both sides.
        out[[MOUTH_PRESS_LEFT, MOUTH_PRESS_RIGHT][side]] = at(Channel::Press);
        out[[CHEEK_SQUINT_LEFT, CHEEK_SQUINT_RIGHT][side]] =
            0.4 * (gain * at(Channel::Smile) + smile);
        out[[BROW_OUTER_UP_LEFT, BROW_OUTER_UP_RIGHT][side]] = 0.5 * gain * expression.brows;
        out[[BROW_DOWN_LEFT, BROW_DOWN_RIGHT][side]] = expression.frown * (1.0 - expression.brows);
        out[[EYE_BLINK_LEFT, EYE_BLINK_RIGHT][side]] = expression.lids[side];
        out[[EYE_SQUINT_LEFT, EYE_SQUINT_RIGHT][side]] = 0.3 * smile + 0.05 * expression.speaking;
        out[[EYE_WIDE_LEFT, EYE_WIDE_RIGHT][side]] =
            0.2 * expression.brows * (1.0 - expression.lids[side]);
    }
    out[BROW_INNER_UP] = 0.7 * expression.brows;
    let aside = expression.aside * (1.0 - closure);
    out[MOUTH_LEFT] = aside;
    out[MOUTH_RIGHT] = -aside;
    look(expression.eyes, &mut out);
    out.iter_mut()
        .for_each(|weight| *weight = weight.clamp(0.0, 1.0));
    out
}

/// Eye rotation as look channels: each eye's inside is the other's outside.
fn look([pitch, yaw]: [f32; 2], out: &mut [f32; 52]) {
    let (down, up) = (pitch.max(0.0) / LOOK_FULL, (-pitch).max(0.0) / LOOK_FULL);
    let (left, right) = (yaw.max(0.0) / LOOK_FULL, (-yaw).max(0.0) / LOOK_FULL);
    out[EYE_LOOK_DOWN_LEFT] = down;
    out[EYE_LOOK_DOWN_RIGHT] = down;
    out[EYE_LOOK_UP_LEFT] = up;
    out[EYE_LOOK_UP_RIGHT] = up;
    out[EYE_LOOK_OUT_LEFT] = left;
    out[EYE_LOOK_IN_RIGHT] = left;
    out[EYE_LOOK_IN_LEFT] = right;
    out[EYE_LOOK_OUT_RIGHT] = right;
}
