//! Curves of a known utterance, pinned. A change here changes every face: it belongs in the changelog.

mod common;

use common::{UTTERANCE, animate, gap, speak, weight};
use visavis_animate::{Fps, Options, flame};

/// Lips apart, pucker, and pitch of the head, in thousandths, every 40 ms.#[rustfmt::skip]
const GOLDEN: [[i32; 3]; 78] = [
    [0, 0, -7],
    [0, 0, -7],
    [0, 0, -7],
    [0, 0, -7],
    [0, 0, -7],
    [0, 0, -6],
    [0, 0, -6],
    [0, 0, -6],
    [229, 9, -4],
    [590, 24, 13],
    [673, 28, 28],
    [692, 30, 36],
    [698, 33, 37],
    [699, 36, 33],
    [165, 90, 26],
    [0, 101, 19],
    [0, 84, 12],
    [352, 62, 6],
    [592, 47, 0],
    [667, 39, -4],
    [686, 36, -7],
    [637, 75, -9],
    [0, 102, -9],
    [0, 89, 12],
    [64, 67, 31],
    [545, 53, 42],
    [654, 43, 46],
    [673, 37, 43],
    [671, 33, 37],
    [667, 31, 30],
    [646, 32, 23],
    [414, 44, 17],
    [199, 40, 12],
    [0, 32, 8],
    [44, 18, 5],
    [24, 9, 3],
    [10, 4, 1],
    [4, 2, 0],
    [1, 1, -1],
    [0, 0, -1],
    [3, 10, -1],
    [43, 124, -1],
    [55, 157, -1],
    [68, 186, -1],
    [169, 208, 0],
    [212, 237, 0],
    [223, 261, 0],
    [228, 282, 0],
    [230, 294, 0],
    [232, 309, 0],
    [248, 312, 0],
    [171, 262, 2],
    [0, 220, 26],
    [0, 226, 48],
    [0, 284, 60],
    [0, 289, 64],
    [0, 296, 60],
    [338, 322, 52],
    [453, 309, 43],
    [479, 293, 34],
    [481, 289, 26],
    [486, 287, 20],
    [401, 303, 14],
    [0, 298, 9],
    [0, 291, 6],
    [229, 211, 2],
    [555, 123, 0],
    [624, 74, -2],
    [640, 50, -4],
    [647, 41, -5],
    [350, 43, -6],
    [217, 53, -5],
    [0, 46, 19],
    [0, 34, 40],
    [40, 19, 52],
    [20, 10, 57],
    [8, 5, 53],
    [3, 2, 46],
];

#[test]
fn the_curves_of_a_known_utterance_are_pinned() {
    let frames = animate(
        &speak(&UTTERANCE, 16_000),
        16_000,
        &Options {
            fps: Fps::F25,
            seed: 5,
            ..Options::default()
        },
    );
    let thousandths = |value: f32| (value * 1000.0).round() as i32;
    let curves: Vec<[i32; 3]> = frames
        .iter()
        .map(|frame| {
            [
                thousandths(gap(frame)),
                thousandths(weight(frame, "mouthPucker")),
                thousandths(frame.head.rotation[0]),
            ]
        })
        .collect();
    let near = |a: &[i32; 3], b: &[i32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 3);
    let same = curves.len() == GOLDEN.len() && curves.iter().zip(&GOLDEN).all(|(a, b)| near(a, b));
    assert!(same, "the curves are now: {curves:?}");
}

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
