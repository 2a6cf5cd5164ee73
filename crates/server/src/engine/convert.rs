//! Engine frames as wire messages.

use visavis_animate::{Frame, flame};
use visavis_avatar::Animation;
use visavis_wire::proto;

/// Version of the open payload.
const OPEN_VERSION: u32 = 1;
/// Frames a second of both payloads.
const FPS: u32 = 25;

/// Both payloads of consecutive frames; `None` when there are none.
pub(super) fn animation(frames: &[Frame], sample_rate: u32) -> Option<Animation> {
    if frames.is_empty() {
        return None;
    }
    Some(Animation {
        frames: u32::try_from(frames.len()).unwrap_or(u32::MAX),
        flame: proto::FlameAnimation {
            keyframes: frames.iter().map(keyframe).collect(),
        },
        open: proto::OpenAnimation {
            version: OPEN_VERSION,
            frames: frames.iter().map(open_frame).collect(),
            sample_rate,
            fps: FPS,
        },
    })
}

fn keyframe(frame: &Frame) -> proto::Flame {
    let keyframe = flame::keyframe(frame);
    proto::Flame {
        translation: keyframe.translation.to_vec(),
        rotation: keyframe.rotation.to_vec(),
        neck_pose: keyframe.neck_pose.to_vec(),
        jaw_pose: keyframe.jaw_pose.to_vec(),
        eye_pose: keyframe.eye_pose.to_vec(),
        eye_lid: keyframe.eye_lid.to_vec(),
        expression: vec![0.0; flame::EXPRESSION_LEN],
    }
}

fn open_frame(frame: &Frame) -> proto::OpenFrame {
    proto::OpenFrame {
        timestamp_us: frame.time_us,
        blendshapes: frame.blendshapes.to_vec(),
        head_rotation: frame.head.rotation.to_vec(),
        head_translation: frame.head.translation.to_vec(),
        left_eye: frame.left_eye.to_vec(),
        right_eye: frame.right_eye.to_vec(),
        sample: frame.sample,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_engine_and_the_sdk_name_the_weights_in_the_same_order() {
        assert_eq!(
            visavis_animate::ARKIT,
            visavis_client::avatar::BLENDSHAPE_NAMES
        );
    }
}
