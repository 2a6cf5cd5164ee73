use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use visavis_wire::proto::{self, Flame, server_playback_state::State};

use crate::Error;

/// Number of blendshape weights in a [`Frame`].
pub const BLENDSHAPES: usize = 52;

/// The names of [`Frame::blendshapes`], in order, as ARKit spells them.
pub const BLENDSHAPE_NAMES: [&str; BLENDSHAPES] = [
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

/// What a session reports.
///
/// After [`Event::Error`] comes [`Event::Closed`], and nothing comes after that.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Motion for an utterance, or its end.
    Animation(Animation),
    /// Where playback stands; only from servers with the capability `playback_state`.
    Playback(Playback),
    /// A frame of the server could not be read and was passed over; the session goes on.
    Skipped(Error),
    /// The session failed. There is at most one.
    Error(Error),
    /// The session is over. There is exactly one, and it is the last event.
    Closed(Closed),
}

/// Motion for one utterance, as one message of the server. Its `Debug` counts the poses.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Animation {
    /// The utterance that the motion belongs to.
    pub req_id: String,
    /// True on the last message of the utterance. In egress mode: the last of it has been played.
    pub end: bool,
    /// Poses in order of time; empty from servers without the open payload, and in egress mode.
    pub frames: Vec<Frame>,
    /// FLAME coefficients at 25 keyframes a second.
    pub flame: Vec<Flame>,
    /// The whole message as it came, for an app that forwards it to its own clients untouched.
    pub message: Bytes,
}

/// One pose of the face.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Frame {
    /// Media time since the first sample of the utterance.
    pub time: Duration,
    /// Weights, 0 to 1, in the order of [`BLENDSHAPE_NAMES`].
    pub blendshapes: [f32; BLENDSHAPES],
    /// Pitch (down positive), yaw (to the subject's left), roll; radians.
    pub head_rotation: [f32; 3],
    /// x (subject's left), y (up), z (forward); metres.
    pub head_translation: [f32; 3],
    /// Pitch and yaw of the left eye; radians.
    pub left_eye: [f32; 2],
    /// Pitch and yaw of the right eye; radians.
    pub right_eye: [f32; 2],
}

impl Frame {
    /// The weight of this ARKit name, 0 to 1; `None` when there is no such blendshape.
    #[must_use]
    pub fn blendshape(&self, name: &str) -> Option<f32> {
        let index = BLENDSHAPE_NAMES.iter().position(|known| *known == name)?;
        Some(self.blendshapes[index])
    }
}

/// Where the playback of an utterance stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Playback {
    /// The utterance.
    pub req_id: String,
    /// What it is doing.
    pub state: PlaybackState,
    /// Position in the content; it stands still while paused.
    pub played: Duration,
    /// Why it was interrupted: `explicit`, `preempted` or `pause_timeout`.
    pub reason: Option<String>,
}

/// What the playback of an utterance is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlaybackState {
    /// It moves.
    Playing,
    /// It is held.
    Paused,
    /// It came to its end.
    Ended,
    /// It was stopped before its end.
    Interrupted,
    /// A state that this version does not know.
    Other(i32),
}

/// How a session ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Closed {
    /// The close code, where a close frame came.
    pub code: Option<u16>,
    /// The reason in the close frame, or an empty text.
    pub reason: String,
    /// Why it failed; `None` after a normal end.
    pub error: Option<Error>,
}

impl Animation {
    pub(crate) fn new(said: proto::ServerResponseAnimation, message: Bytes) -> Self {
        Self {
            req_id: said.req_id,
            end: said.end,
            frames: said
                .open_animation
                .map(|open| open.frames.iter().map(Frame::new).collect())
                .unwrap_or_default(),
            flame: said
                .animation
                .map(|flame| flame.keyframes)
                .unwrap_or_default(),
            message,
        }
    }
}

impl fmt::Debug for Animation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Animation")
            .field("req_id", &self.req_id)
            .field("end", &self.end)
            .field("frames", &self.frames.len())
            .field("flame", &self.flame.len())
            .field("message_bytes", &self.message.len())
            .finish()
    }
}

impl Frame {
    fn new(said: &proto::OpenFrame) -> Self {
        Self {
            time: Duration::from_micros(said.timestamp_us),
            blendshapes: fill(&said.blendshapes),
            head_rotation: fill(&said.head_rotation),
            head_translation: fill(&said.head_translation),
            left_eye: fill(&said.left_eye),
            right_eye: fill(&said.right_eye),
        }
    }
}

impl Playback {
    pub(crate) fn new(said: proto::ServerPlaybackState) -> Self {
        Self {
            req_id: said.req_id,
            state: match State::try_from(said.state) {
                Ok(State::Playing) => PlaybackState::Playing,
                Ok(State::Paused) => PlaybackState::Paused,
                Ok(State::Ended) => PlaybackState::Ended,
                Ok(State::Interrupted) => PlaybackState::Interrupted,
                Ok(State::Unspecified) | Err(_) => PlaybackState::Other(said.state),
            },
            played: Duration::from_millis(said.played_ms.try_into().unwrap_or(0)),
            reason: (!said.reason.is_empty()).then_some(said.reason),
        }
    }
}

/// The first values; 0 for those that a server leaves out.
fn fill<const N: usize>(values: &[f32]) -> [f32; N] {
    std::array::from_fn(|i| values.get(i).copied().unwrap_or(0.0))
}
