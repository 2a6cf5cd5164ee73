use crate::Viseme;

/// One instant of the face.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Number of the frame since the start of the utterance.
    pub index: u64,
    /// The frame's place in the audio that was pushed, in samples at its rate, rounded down.
    pub sample: u64,
    /// The frame's media time in microseconds since the first sample, rounded down.
    pub time_us: u64,
    /// The viseme that weighs most at this instant.
    pub viseme: Viseme,
    /// Weights of the visemes in the order of [`Viseme::ALL`], 0 to 1, together 1.
    ///
    /// What is heard at this instant; the blendshapes are what the mouth has made of it so far.
    pub visemes: [f32; Viseme::COUNT],
    /// Weights of the blendshapes in the order of [`ARKIT`](crate::ARKIT), 0 to 1.
    pub blendshapes: [f32; 52],
    /// Where the head is.
    pub head: Pose,
    /// Left eye against the head, in radians: pitch (positive looks down), yaw (positive looks to the subject's left).
    pub left_eye: [f32; 2],
    /// Right eye, as `left_eye`.
    pub right_eye: [f32; 2],
}

/// A rotation and a translation of the head.
///
/// Axes as in ARKit and FLAME: x to the subject's left, y up, z out of the face.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Pitch (positive nods down), yaw (positive turns to the subject's left) and roll (positive
    /// raises the subject's left side), in radians, applied in the order roll, pitch, yaw.
    pub rotation: [f32; 3],
    /// Offset from the neutral place, in metres.
    pub translation: [f32; 3],
}
