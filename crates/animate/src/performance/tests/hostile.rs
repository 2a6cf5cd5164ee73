//! Whatever is heard, weights are weights, lips do not pass through each other, and every contact is seen.

use proptest::prelude::*;

use super::script::*;
use crate::hearing::{Hearing, Moment};
use crate::{Character, Fps, Frame, Lookahead, Options, Phone};

fn check(frames: &[Frame]) {
    for frame in frames {
        let mut weights = frame.blendshapes.iter().chain(&frame.visemes);
        assert!(weights.all(|w| (0.0..=1.0).contains(w)), "{frame:?}");
        assert!(gap(frame) >= 0.0, "{frame:?}");
        let eyes = frame.left_eye.iter().chain(&frame.head.rotation);
        assert!(
            eyes.into_iter().all(|angle| angle.abs() < 0.35),
            "{frame:?}"
        );
    }
}

fn hearing() -> impl Strategy<Value = Hearing> {
    let sure = (0..Phone::COUNT, 0.0f32..1.0);
    let scalars = (
        -100.0f32..0.0,
        -60.0f32..12.0,
        0.0f32..1.0,
        0.0f32..1.0,
        -12.0f32..40.0,
    );
    (prop::array::uniform3(sure), scalars).prop_map(|(heads, scalars)| {
        let (level_db, loudness_db, presence, voicing, pitch_semitones) = scalars;
        Hearing {
            heads: heads.map(|(phone, weight)| {
                let mut head = [(1.0 - weight) / 44.0; Phone::COUNT];
                head[phone] += weight;
                head
            }),
            moment: Moment {
                level_db,
                loudness_db,
                presence,
                voicing,
                pitch_semitones,
                brightness: presence,
            },
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_gives_a_face(hearings in prop::collection::vec(hearing(), 1..200), seed: u64, otto: bool) {
        for lookahead in [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80] {
            let character = if otto { Character::OTTO } else { Character::VERA };
            let options = Options { fps: Fps::F60, lookahead, seed, character, ..Options::default() };
            let (frames, _) = perform(&hearings, &options);
            check(&frames);
        }
    }

    #[test]
    fn every_run_of_closed_lips_is_seen_closed(hearings in prop::collection::vec(hearing(), 1..300)) {
        for fps in Fps::ALL {
            let options = Options { fps, ..Options::default() };
            let (frames, insights) = perform(&hearings, &options);
            for pair in insights.windows(2) {
                if pair[1].closed && !pair[0].closed {
                    let begin = pair[1].time_us;
                    let seen = between(&frames, begin, begin + 40_001);
                    prop_assert!(seen.len() * 1_000_000 < 40_000 * fps.hertz() as usize || seen.iter().any(|frame| gap(frame) < 0.01));
                }
            }
        }
    }
}
