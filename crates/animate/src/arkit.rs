//! The 52 blendshapes of ARKit and the places of those that the engine moves.

/// Names of the 52 ARKit blendshapes, in the order of [`Frame::blendshapes`](crate::Frame::blendshapes).
pub const ARKIT: [&str; 52] = [
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
];

pub(crate) const EYE_BLINK_LEFT: usize = place("eyeBlinkLeft");
pub(crate) const EYE_LOOK_DOWN_LEFT: usize = place("eyeLookDownLeft");
pub(crate) const EYE_LOOK_IN_LEFT: usize = place("eyeLookInLeft");
pub(crate) const EYE_LOOK_OUT_LEFT: usize = place("eyeLookOutLeft");
pub(crate) const EYE_LOOK_UP_LEFT: usize = place("eyeLookUpLeft");
pub(crate) const EYE_SQUINT_LEFT: usize = place("eyeSquintLeft");
pub(crate) const EYE_WIDE_LEFT: usize = place("eyeWideLeft");
pub(crate) const EYE_BLINK_RIGHT: usize = place("eyeBlinkRight");
pub(crate) const EYE_LOOK_DOWN_RIGHT: usize = place("eyeLookDownRight");
pub(crate) const EYE_LOOK_IN_RIGHT: usize = place("eyeLookInRight");
pub(crate) const EYE_LOOK_OUT_RIGHT: usize = place("eyeLookOutRight");
pub(crate) const EYE_LOOK_UP_RIGHT: usize = place("eyeLookUpRight");
pub(crate) const EYE_SQUINT_RIGHT: usize = place("eyeSquintRight");
pub(crate) const EYE_WIDE_RIGHT: usize = place("eyeWideRight");
pub(crate) const JAW_LEFT: usize = place("jawLeft");
pub(crate) const JAW_RIGHT: usize = place("jawRight");
pub(crate) const JAW_OPEN: usize = place("jawOpen");
pub(crate) const MOUTH_CLOSE: usize = place("mouthClose");
pub(crate) const MOUTH_FUNNEL: usize = place("mouthFunnel");
pub(crate) const MOUTH_PUCKER: usize = place("mouthPucker");
pub(crate) const MOUTH_LEFT: usize = place("mouthLeft");
pub(crate) const MOUTH_RIGHT: usize = place("mouthRight");
pub(crate) const MOUTH_SMILE_LEFT: usize = place("mouthSmileLeft");
pub(crate) const MOUTH_SMILE_RIGHT: usize = place("mouthSmileRight");
pub(crate) const MOUTH_STRETCH_LEFT: usize = place("mouthStretchLeft");
pub(crate) const MOUTH_STRETCH_RIGHT: usize = place("mouthStretchRight");
pub(crate) const MOUTH_ROLL_LOWER: usize = place("mouthRollLower");
pub(crate) const MOUTH_ROLL_UPPER: usize = place("mouthRollUpper");
pub(crate) const MOUTH_SHRUG_UPPER: usize = place("mouthShrugUpper");
pub(crate) const MOUTH_PRESS_LEFT: usize = place("mouthPressLeft");
pub(crate) const MOUTH_PRESS_RIGHT: usize = place("mouthPressRight");
pub(crate) const MOUTH_LOWER_DOWN_LEFT: usize = place("mouthLowerDownLeft");
pub(crate) const MOUTH_LOWER_DOWN_RIGHT: usize = place("mouthLowerDownRight");
pub(crate) const MOUTH_UPPER_UP_LEFT: usize = place("mouthUpperUpLeft");
pub(crate) const MOUTH_UPPER_UP_RIGHT: usize = place("mouthUpperUpRight");
pub(crate) const BROW_DOWN_LEFT: usize = place("browDownLeft");
pub(crate) const BROW_DOWN_RIGHT: usize = place("browDownRight");
pub(crate) const BROW_INNER_UP: usize = place("browInnerUp");
pub(crate) const BROW_OUTER_UP_LEFT: usize = place("browOuterUpLeft");
pub(crate) const BROW_OUTER_UP_RIGHT: usize = place("browOuterUpRight");
pub(crate) const CHEEK_SQUINT_LEFT: usize = place("cheekSquintLeft");
pub(crate) const CHEEK_SQUINT_RIGHT: usize = place("cheekSquintRight");
pub(crate) const TONGUE_OUT: usize = place("tongueOut");

/// Index of a name; an unknown one does not compile.
const fn place(name: &str) -> usize {
    let mut index = 0;
    while !equal(ARKIT[index].as_bytes(), name.as_bytes()) {
        index += 1;
    }
    index
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut n = 0;
    while n < a.len() && n < b.len() && a[n] == b[n] {
        n += 1;
    }
    n == a.len() && n == b.len()
}
