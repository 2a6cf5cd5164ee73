//! The same words look different from each character.

mod common;

use common::{UTTERANCE, animate, speak, weight};
use visavis_animate::{Character, Frame, Options};

#[test]
fn vera_speaks_and_smiles_wider_than_otto() {
    let samples = speak(&UTTERANCE, 16_000);
    let [vera, otto] = [Character::VERA, Character::OTTO].map(|character| {
        animate(
            &samples,
            16_000,
            &Options {
                character,
                ..Options::default()
            },
        )
    });
    let sum =
        |frames: &[Frame], name: &str| frames.iter().map(|frame| weight(frame, name)).sum::<f32>();
    assert!(sum(&vera, "jawOpen") > 1.15 * sum(&otto, "jawOpen"));
    assert!(sum(&vera, "mouthSmileLeft") > 1.5 * sum(&otto, "mouthSmileLeft"));
    assert!(sum(&otto, "eyeBlinkLeft") > sum(&vera, "eyeBlinkLeft"));
    assert_eq!(Character::named("Vera"), Some(Character::VERA));
    assert_eq!(Character::named("nobody"), None);
}
