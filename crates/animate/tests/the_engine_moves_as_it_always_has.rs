//! Curves of a known utterance, pinned. A change here changes every face: it belongs in the changelog.

mod common;

use common::{UTTERANCE, animate, gap, speak, weight};
use visavis_animate::{Fps, Options, flame};

/// Lips apart, pucker, and pitch of the head, in thousandths, every 40 ms.#[rustfmt::skip]
const GOLDEN: [[i32; 3]; 78] = [
    [0, 0, -7],
    [0, 0, -7],
    [0, 0, -8],
    [0, 0, -9],
    [0, 0, -10],
    [0, 0, -11],
    [0, 0, -12],
    [143, 11, -13],
    [589, 27, -9],
    [685, 29, 2],
    [698, 28, 10],
    [698, 29, 13],
    [696, 30, 14],
    [692, 38, 14],
    [84, 36, 13],
    [3, 2, 11],
    [115, 13, 8],
    [588, 35, 6],
    [672, 33, 4],
    [686, 29, 4],
    [688, 30, 3],
    [293, 64, 3],
    [0, 1, 7],
    [1, 0, 13],
    [472, 30, 15],
    [654, 39, 15],
    [676, 33, 13],
    [677, 27, 12],
    [676, 26, 10],
    [675, 26, 9],
    [604, 31, 8],
    [144, 24, 9],
    [16, 3, 17],
    [28, 0, 19],
    [10, 0, 20],
    [1, 0, 19],
    [0, 0, 18],
    [0, 0, 17],
    [0, 0, 15],
    [0, 0, 14],
    [46, 159, 13],
    [66, 191, 12],
    [67, 193, 11],
    [99, 204, 10],
    [236, 217, 9],
    [230, 243, 9],
    [227, 263, 8],
    [229, 273, 8],
    [232, 282, 8],
    [234, 300, 8],
    [217, 258, 7],
    [48, 80, 13],
    [2, 1, 21],
    [9, 16, 23],
    [53, 89, 23],
    [13, 23, 21],
    [242, 195, 18],
    [439, 290, 16],
    [489, 272, 13],
    [496, 256, 11],
    [492, 257, 9],
    [496, 260, 7],
    [44, 76, 6],
    [12, 23, 5],
    [44, 44, 4],
    [513, 81, 3],
    [648, 52, 2],
    [666, 31, 1],
    [671, 26, 0],
    [673, 30, 0],
    [478, 37, -1],
    [118, 24, 5],
    [8, 2, 20],
    [30, 0, 25],
    [6, 0, 24],
    [1, 0, 22],
    [0, 0, 18],
    [0, 0, 14],
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
