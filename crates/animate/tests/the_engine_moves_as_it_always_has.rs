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
    [148, 16, -13],
    [591, 32, -9],
    [688, 28, 2],
    [703, 23, 10],
    [703, 23, 13],
    [701, 25, 14],
    [698, 31, 14],
    [312, 68, 13],
    [57, 27, 11],
    [151, 26, 8],
    [594, 49, 6],
    [676, 37, 4],
    [692, 27, 4],
    [693, 25, 3],
    [495, 72, 3],
    [9, 5, 7],
    [21, 5, 13],
    [489, 44, 15],
    [654, 47, 15],
    [680, 33, 13],
    [682, 24, 12],
    [681, 22, 10],
    [680, 22, 9],
    [626, 26, 8],
    [267, 25, 9],
    [86, 10, 17],
    [53, 1, 19],
    [18, 0, 20],
    [3, 0, 19],
    [0, 0, 18],
    [0, 0, 17],
    [0, 0, 15],
    [0, 0, 14],
    [45, 157, 13],
    [65, 191, 12],
    [68, 197, 11],
    [99, 209, 10],
    [226, 189, 9],
    [227, 189, 9],
    [227, 205, 8],
    [229, 214, 8],
    [232, 223, 8],
    [235, 239, 8],
    [227, 212, 7],
    [117, 109, 13],
    [30, 11, 21],
    [28, 51, 23],
    [93, 162, 23],
    [36, 65, 21],
    [262, 196, 18],
    [464, 279, 16],
    [518, 259, 13],
    [529, 241, 11],
    [527, 241, 9],
    [527, 244, 7],
    [247, 198, 6],
    [58, 87, 5],
    [62, 68, 4],
    [530, 85, 3],
    [655, 51, 2],
    [671, 28, 1],
    [676, 22, 0],
    [678, 26, 0],
    [506, 28, -1],
    [193, 26, 5],
    [62, 8, 20],
    [46, 1, 25],
    [12, 0, 24],
    [2, 0, 22],
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
