//! `web/rig/rig.js` under Node against this crate: the same weights give the same points.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use visavis_rig::{Head, Rig};

/// Units of the drawing: a thousandth of a pixel where the face is shown at 480.
const TOLERANCE: f64 = 1e-3;

#[test]
fn both_interpreters_give_the_same_shapes() {
    let asked = poses();
    let Some(answers) = node(&asked) else {
        eprintln!(
            "skipped: there is no `node`; install Node.js 18 or newer (Debian: apt-get install nodejs)"
        );
        return;
    };
    for (pose, answer) in asked.iter().zip(&answers) {
        let rig = Rig::new(&pose.look).unwrap();
        let shapes = rig.shapes(&pose.weights, &pose.head);
        let others = answer.as_array().unwrap();
        assert_eq!(shapes.len(), others.len());
        for (shape, other) in shapes.iter().zip(others) {
            assert_eq!(other["name"], shape.name);
            assert_eq!(other["clip"], json!(shape.clip));
            assert_eq!(other["closed"], shape.closed);
            let hex =
                |colour: Option<[u8; 3]>| colour.map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}"));
            assert_eq!(other["fill"], json!(hex(shape.fill)));
            assert_eq!(other["stroke"], json!(hex(shape.stroke)));
            assert!((other["alpha"].as_f64().unwrap() - shape.alpha).abs() < TOLERANCE);
            let points: Vec<[f64; 2]> = serde_json::from_value(other["points"].clone()).unwrap();
            assert_eq!(points.len(), shape.points.len());
            for (a, b) in points.iter().flatten().zip(shape.points.iter().flatten()) {
                assert!((a - b).abs() < TOLERANCE, "{}: {a} and {b}", shape.name);
            }
        }
    }
}

struct Pose {
    look: String,
    weights: [f32; 52],
    head: Head,
}

/// Rest, every channel alone, and all kinds of mixtures, in both looks.
fn poses() -> Vec<Pose> {
    let mut seed = 7_u32;
    let mut chance = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 24) as f32
    };
    let mut poses = vec![];
    for look in Rig::looks().unwrap() {
        let mut add = |weights, head| {
            poses.push(Pose {
                look: look.clone(),
                weights,
                head,
            });
        };
        add([0.0; 52], Head::default());
        for channel in 0..52 {
            let mut weights = [0.0; 52];
            weights[channel] = 1.0;
            add(weights, Head::default());
        }
        for _ in 0..20 {
            let weights = std::array::from_fn(|_| chance());
            let head = Head {
                rotation: std::array::from_fn(|_| chance() - 0.5),
                translation: std::array::from_fn(|_| 0.2 * chance() - 0.1),
            };
            add(weights, head);
        }
    }
    poses
}

/// What the JavaScript says; nothing without Node.
fn node(poses: &[Pose]) -> Option<Vec<Value>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/points.mjs");
    let mut command = Command::new("node");
    command
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        child => child.unwrap(),
    };
    let asked: Vec<Value> = poses.iter().map(question).collect();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(json!(asked).to_string().as_bytes())
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "node failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn question(
    Pose {
        look,
        weights,
        head,
    }: &Pose,
) -> Value {
    let [pitch, yaw, roll] = head.rotation;
    let [x, y, z] = head.translation;
    let head = json!({ "pitch": pitch, "yaw": yaw, "roll": roll, "x": x, "y": y, "z": z });
    json!({ "look": look, "weights": weights.to_vec(), "head": head })
}
