//! Around the mouth: states, seeds, characters, and stillness on request.

use super::script::*;
use crate::performance::Performance;
use crate::{Attention, Character, Frame, Options};

const DEGREE: f32 = std::f32::consts::PI / 180.0;

/// Thirty seconds of silence in which `attention` begins after ten.
fn attending(attention: Attention, options: &Options) -> Vec<Frame> {
    let hearings = hear(&labels(&script("sil 30000")), 0.0, 1);
    let mut performance = Performance::new(options);
    performance.attend(attention, 10_000_000);
    let mut frames = Vec::new();
    for hearing in &hearings {
        performance.hear(hearing, u64::MAX, 16_000, &mut frames, &mut |_| {});
    }
    frames
}

fn mean(frames: &[Frame], value: impl Fn(&Frame) -> f32) -> f32 {
    frames.iter().map(value).sum::<f32>() / frames.len() as f32
}

#[test]
fn listening_and_thinking_look_different_from_their_time_on() {
    let options = Options::default();
    let [idle, listening, thinking] = [Attention::Idle, Attention::Listening, Attention::Thinking]
        .map(|attention| attending(attention, &options));
    let same = |frames: &[Frame]| {
        let before = |frames: &[Frame]| between(frames, 0, 10_000_000).to_vec();
        assert_eq!(before(frames), before(&idle));
    };
    same(&listening);
    same(&thinking);
    let late = |frames: &[Frame], value: &dyn Fn(&Frame) -> f32| {
        mean(between(frames, 12_000_000, 30_000_000), value)
    };
    let roll = |frame: &Frame| frame.head.rotation[2];
    let up = |frame: &Frame| -frame.left_eye[0];
    let wander = |frame: &Frame| frame.left_eye[1].abs();
    assert!((late(&listening, &roll) - late(&idle, &roll)).abs() > 1.5 * DEGREE);
    assert!(late(&thinking, &up) > late(&idle, &up) + 4.0 * DEGREE);
    assert!(late(&listening, &wander) < 0.6 * late(&idle, &wander));
    assert!(late(&listening, &|f| weight(f, "browInnerUp")) > 0.05);
    assert!(late(&thinking, &|f| weight(f, "browDownLeft")) > 0.08);
    // Nothing jumps but the eyes.
    for frames in [listening, thinking] {
        for pair in frames.windows(2) {
            let turn = |axis: usize| pair[1].head.rotation[axis] - pair[0].head.rotation[axis];
            assert!((0..3).all(|axis| turn(axis).abs() < 1.2 * DEGREE));
        }
    }
}

#[test]
fn talk_moves_head_and_brows_and_turns_move_the_eyes() {
    let mut text = script("sil 3000");
    for _ in 0..4 {
        text.extend(sentence());
    }
    text.extend(script("sil 3000"));
    let (frames, _) = perform(&hear(&labels(&text), 0.1, 1), &Options::default());
    let end = frames[frames.len() - 1].time_us;
    let (idle, talk) = (
        between(&frames, 500_000, 3_000_000),
        between(&frames, 3_500_000, end - 3_500_000),
    );
    let range = |frames: &[Frame], value: &dyn Fn(&Frame) -> f32| {
        let all = || frames.iter().map(value);
        all().fold(f32::MIN, f32::max) - all().fold(f32::MAX, f32::min)
    };
    let pitch = |frame: &Frame| frame.head.rotation[0];
    assert!(range(talk, &pitch) > 1.5 * range(idle, &pitch));
    assert!(range(talk, &|f| weight(f, "browInnerUp")) > 0.15);
    // Aversion soon after the turn starts, the viewer again after it ends.
    let aside = |frame: &Frame| frame.left_eye[1].abs() + frame.left_eye[0].abs();
    let start = between(&frames, 3_300_000, 3_600_000);
    assert!(mean(start, aside) > 0.8 * DEGREE, "{}", mean(start, aside));
}

#[test]
fn only_the_mouth_moves_without_secondary_motion() {
    let options = Options {
        secondary: false,
        character: Character::OTTO,
        ..Options::default()
    };
    let hearings = hear(&labels(&sentence()), 0.2, 1);
    let (still, _) = perform(&hearings, &options);
    let (lively, _) = perform(
        &hearings,
        &Options {
            secondary: true,
            ..options
        },
    );
    for (frame, other) in still.iter().zip(&lively) {
        assert_eq!(frame.head, still[0].head);
        assert_eq!((frame.left_eye, frame.right_eye), ([0.0; 2], [0.0; 2]));
        assert_eq!(
            weight(frame, "eyeBlinkLeft"),
            weight(&still[0], "eyeBlinkLeft")
        );
        assert_eq!(weight(frame, "browInnerUp"), 0.0);
        assert_eq!(weight(frame, "jawOpen"), weight(other, "jawOpen"));
    }
    assert!(still.iter().any(|frame| weight(frame, "jawOpen") > 0.2));
}

#[test]
fn vera_and_otto_are_different_people() {
    let mut text = sentence();
    text.extend(sentence());
    let hearings = hear(&labels(&text), 0.1, 1);
    let of = |character| {
        let options = Options {
            character,
            ..Options::default()
        };
        perform(&hearings, &options).0
    };
    let (vera, otto) = (of(Character::VERA), of(Character::OTTO));
    let both = |value: &dyn Fn(&Frame) -> f32| (mean(&vera, value), mean(&otto, value));
    let (wide, narrow) = both(&|f| weight(f, "jawOpen"));
    assert!(wide > 1.15 * narrow, "{wide} {narrow}");
    let (warm, dry) = both(&|f| weight(f, "mouthSmileLeft"));
    assert!(warm > 1.3 * dry, "{warm} {dry}");
    let (awake, heavy) = both(&|f| weight(f, "eyeBlinkLeft"));
    assert!(heavy > awake + 0.08, "{awake} {heavy}");
    let (lively, calm) = both(&|f| f.head.rotation[1].abs());
    assert!(lively > 1.3 * calm, "{lively} {calm}");
}

#[test]
fn noise_of_the_head_is_a_function_of_seed_and_time() {
    let yaw = |text: &str, seed: u64| {
        let options = Options {
            seed,
            ..Options::default()
        };
        perform(&hear(&labels(&script(text)), 0.0, 1), &options).0
    };
    let (one, other) = (yaw("sil 9000", 1), yaw("sil 9000", 2));
    assert_ne!(one, other);
    // Talk in between shifts no blink and no wave after it: the same sway, long after.
    let (quiet, spoken) = (yaw("sil 30000", 3), yaw("sil 2000 aa 400 sil 27600", 3));
    let (late, same) = (
        between(&quiet, 25_000_000, 30_000_000),
        between(&spoken, 25_000_000, 30_000_000),
    );
    let apart = late
        .iter()
        .zip(same)
        .map(|(a, b)| (a.head.rotation[2] - b.head.rotation[2]).abs());
    assert!(apart.fold(0.0, f32::max) < 0.01 * DEGREE);
}
