//! Keyframes of FLAME are made of the frames.

mod common;

use common::{UTTERANCE, animate, gap, speak, weight};
use visavis_animate::{Options, flame};

#[test]
fn keyframes_follow_the_frames() {
    let frames = animate(&speak(&UTTERANCE, 16_000), 16_000, &Options::default());
    for frame in &frames {
        let keyframe = flame::keyframe(frame);
        assert!((keyframe.jaw_pose[0] - gap(frame) * std::f32::consts::PI / 8.0).abs() < 1e-6);
        assert_eq!(
            keyframe.eye_lid,
            [
                weight(frame, "eyeBlinkLeft"),
                weight(frame, "eyeBlinkRight")
            ]
        );
        let look = 0.5 * (weight(frame, "eyeLookOutLeft") - weight(frame, "eyeLookInLeft"));
        assert!((keyframe.eye_pose[1] - look).abs() < 1e-6);
        assert!((keyframe.neck_pose[1] - frame.head.rotation[1]).abs() < 0.01);
        assert_eq!(
            (keyframe.translation, keyframe.rotation),
            ([0.0; 3], [0.0; 3])
        );
    }
}
