//! FLAME keyframes of a frame.
//!
//! Radians and rotation vectors; +x turns down and opens the jaw, +y turns to the subject's left.
//! No FLAME model or basis is part of the product, so the expression is zeros: a FLAME renderer
//! shows jaw, blinks, gaze and head, but no rounding and no spreading of the lips.

use crate::Frame;
use crate::arkit::{EYE_BLINK_LEFT, EYE_BLINK_RIGHT, JAW_LEFT, JAW_OPEN, JAW_RIGHT, MOUTH_CLOSE};

/// Length of the expression vector a renderer expects; all of it is zero.
pub const EXPRESSION_LEN: usize = 100;

/// Jaw rotation at `jawOpen` = 1: FLAME's authors show the jaw over 0 to pi / 8.
const JAW_FULL: f32 = std::f32::consts::PI / 8.0;
/// Jaw rotation sideways at `jawLeft` = 1.
const JAW_ASIDE: f32 = 0.1;

/// The parts of a FLAME parameter set that speech moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Keyframe {
    /// Root translation in metres: zero.
    pub translation: [f32; 3],
    /// Root rotation vector: zero.
    pub rotation: [f32; 3],
    /// Rotation vector of the neck: the pose of the head.
    pub neck_pose: [f32; 3],
    /// Rotation vector of the jaw.
    pub jaw_pose: [f32; 3],
    /// Rotation vectors of the left and the right eye.
    pub eye_pose: [f32; 6],
    /// Left and right lid, 0 open to 1 closed.
    pub eye_lid: [f32; 2],
}

/// The keyframe that shows `frame`.
#[must_use]
pub fn keyframe(frame: &Frame) -> Keyframe {
    let shapes = &frame.blendshapes;
    let [left_pitch, left_yaw] = frame.left_eye;
    let [right_pitch, right_yaw] = frame.right_eye;
    Keyframe {
        translation: [0.0; 3],
        rotation: [0.0; 3],
        neck_pose: rotation_vector(frame.head.rotation),
        jaw_pose: [
            (shapes[JAW_OPEN] - shapes[MOUTH_CLOSE]).max(0.0) * JAW_FULL,
            (shapes[JAW_LEFT] - shapes[JAW_RIGHT]) * JAW_ASIDE,
            0.0,
        ],
        eye_pose: [left_pitch, left_yaw, 0.0, right_pitch, right_yaw, 0.0],
        eye_lid: [shapes[EYE_BLINK_LEFT], shapes[EYE_BLINK_RIGHT]],
    }
}

/// Pitch, yaw and roll, applied in the order roll, pitch, yaw, as one rotation vector.
fn rotation_vector([pitch, yaw, roll]: [f32; 3]) -> [f32; 3] {
    let ((sx, cx), (sy, cy), (sz, cz)) = (
        (pitch / 2.0).sin_cos(),
        (yaw / 2.0).sin_cos(),
        (roll / 2.0).sin_cos(),
    );
    // Quaternion of yaw * pitch * roll.
    let w = cy * cx * cz + sy * sx * sz;
    let axis = [
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
    ];
    let sine = axis.iter().map(|x| x * x).sum::<f32>().sqrt();
    let per_sine = if sine < 1e-6 {
        2.0
    } else {
        2.0 * sine.atan2(w) / sine
    };
    axis.map(|x| x * per_sine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_axis_alone_is_its_own_vector() {
        for (axis, angle) in [(0, 0.3f32), (1, -0.2), (2, 0.1)] {
            let mut rotation = [0.0; 3];
            rotation[axis] = angle;
            let vector = rotation_vector(rotation);
            for other in 0..3 {
                assert!((vector[other] - rotation[other]).abs() < 1e-6);
            }
        }
    }
}
