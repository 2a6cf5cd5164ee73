//! The curves of three sentences are what they were, within tolerances.
//!
//! `UPDATE_EXPECT=1 cargo test -p visavis-animate --test curves_of_real_speech` writes `fixtures/curves.txt` anew,
//! after a change that is meant to move the face: look at the difference before it is committed.

mod common;

use common::recorded::{RATE, RECORDINGS};
use common::{animate, weight};
use visavis_animate::{Frame, Options};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/curves.txt");
const WEIGHTS: [&str; 7] = [
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthStretchLeft",
    "browInnerUp",
    "eyeBlinkLeft",
];
/// How far a weight may be from the one in the file.
const WEIGHT_TOLERANCE: f32 = 0.06;
/// How far the head may be turned from where it was, radians: a third of a degree.
const ANGLE_TOLERANCE: f32 = 0.006;
/// Share of the frames of a sentence whose viseme may be another one.
const OTHER_VISEMES: f32 = 0.02;

#[test]
fn three_sentences_move_the_face_as_they_did() {
    let curves = curves();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(FILE, curves).expect("the fixtures are writable");
        return;
    }
    let known = std::fs::read_to_string(FILE).expect("UPDATE_EXPECT=1 writes it");
    let differences = differences(&known, &curves);
    assert!(
        differences.is_empty(),
        "the curves differ from tests/fixtures/curves.txt; UPDATE_EXPECT=1 rewrites it\n{}",
        differences.join("\n")
    );
}

#[test]
fn a_difference_is_found() {
    let known = curves();
    let changed = |line: usize, field: usize, value: &str| {
        let lines = known.lines().enumerate().map(|(n, text)| {
            let fields = text.split(' ').enumerate();
            let changed = fields.map(|(m, it)| if (n, m) == (line, field) { value } else { it });
            changed.collect::<Vec<_>>().join(" ") + "\n"
        });
        differences(&known, &lines.collect::<String>()).len()
    };
    assert_eq!(differences(&known, &known), [""; 0]);
    assert_eq!(changed(7, 2, "0.999"), 1);
    assert_eq!(changed(7, 9, "0.500"), 1);
    assert_eq!(changed(7, 0, "slt:99"), 1);
    // One other viseme is within the tolerance; the mouth is shut in the first frame.
    assert_eq!(changed(1, 1, "aa"), 0);
    assert_eq!(changed(1, 2, "0.050"), 0);
    assert_eq!(changed(1, 2, "0.070"), 1);
    assert_eq!(differences(&known, ""), ["other frames"]);
}

/// A line of names, then `SENTENCE:FRAME VISEME WEIGHTS... PITCH YAW` per frame at 25 per second.
fn curves() -> String {
    let mut text = format!("frame viseme {} pitch yaw\n", WEIGHTS.join(" "));
    for recording in RECORDINGS.iter() {
        for frame in animate(&recording.samples, RATE, &Options::default()) {
            text += &line(recording.name, &frame);
        }
    }
    text
}

fn line(name: &str, frame: &Frame) -> String {
    let weights = WEIGHTS.map(|name| weight(frame, name));
    let [pitch, yaw, _] = frame.head.rotation;
    let mut line = format!("{name}:{} {}", frame.index, frame.viseme.name());
    for value in weights.into_iter().chain([pitch, yaw]) {
        // Less than half of the last digit is no sign.
        let value = if value.abs() < 0.0005 { 0.0 } else { value };
        line += &format!(" {value:.3}");
    }
    line + "\n"
}

fn differences(known: &str, curves: &str) -> Vec<String> {
    let frames = |text: &str| -> Vec<String> { text.lines().skip(1).map(str::to_owned).collect() };
    let (known, curves) = (frames(known), frames(curves));
    if known.len() != curves.len() {
        return vec!["other frames".to_owned()];
    }
    let mut found = vec![];
    for (was, is) in known.iter().zip(&curves) {
        if !near(was, is) {
            found.push(format!("was {was}\nis  {is}"));
        }
    }
    for recording in RECORDINGS.iter() {
        let prefix = format!("{}:", recording.name);
        let visemes = |lines: &[String]| -> Vec<String> {
            let own = lines.iter().filter(|line| line.starts_with(&prefix));
            own.filter_map(|line| line.split(' ').nth(1).map(str::to_owned))
                .collect()
        };
        let (was, is) = (visemes(&known), visemes(&curves));
        let other = was.iter().zip(&is).filter(|(was, is)| was != is).count();
        if other as f32 > OTHER_VISEMES * was.len() as f32 {
            found.push(format!(
                "{}: {other} of {} frames have another viseme",
                recording.name,
                was.len()
            ));
        }
    }
    found
}

/// Whether two lines are of the same frame, and their numbers within the tolerances.
fn near(was: &str, is: &str) -> bool {
    let (was, is): (Vec<_>, Vec<_>) = (was.split(' ').collect(), is.split(' ').collect());
    let number = |text: &str| text.parse::<f32>().unwrap_or(f32::NAN);
    was.len() == is.len()
        && was[0] == is[0]
        && (2..was.len()).all(|n| {
            let tolerance = if n < 2 + WEIGHTS.len() {
                WEIGHT_TOLERANCE
            } else {
                ANGLE_TOLERANCE
            };
            (number(was[n]) - number(is[n])).abs() <= tolerance
        })
}
