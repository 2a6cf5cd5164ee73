//! Lips meet, touch, part, round and hiss as their sounds ask, at every rate and lookahead.

use super::script::*;
use crate::{Character, Fps, Lookahead, Options, Phone, Viseme};

const LOOKAHEADS: [Lookahead; 3] = [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80];

/// Every rate, lookahead and character.
fn everyone() -> impl Iterator<Item = Options> {
    let characters = [Character::VERA, Character::OTTO];
    let of = move |fps: Fps, lookahead: Lookahead| {
        characters.map(|character| Options {
            fps,
            lookahead,
            character,
            ..Options::default()
        })
    };
    Fps::ALL
        .into_iter()
        .flat_map(move |fps| LOOKAHEADS.into_iter().flat_map(move |it| of(fps, it)))
}

#[test]
fn lips_meet_in_the_middle_of_every_p_b_and_m() {
    let hearings = hear(&labels(&sentence()), 0.25, 1);
    for options in everyone() {
        let (frames, _) = perform(&hearings, &options);
        for (phone, begin, end) in segments(&sentence()) {
            if phone.viseme() != Viseme::Pp {
                continue;
            }
            let middle = nearest(&frames, (begin + end) / 2);
            let (fps, ahead) = (options.fps, options.lookahead);
            assert!(
                gap(middle) < 0.01,
                "{phone} at {begin}: {} ({fps:?} {ahead:?})",
                gap(middle)
            );
            assert!(weight(middle, "mouthPressLeft") > 0.4);
        }
    }
}

#[test]
fn lips_meet_in_short_closures_wherever_frames_fall() {
    for offset in (0..40).step_by(10) {
        for length in [40, 60] {
            for phone in ["p", "m"] {
                let text = format!("sil 2{offset:02} aa 120 {phone} {length} aa 120 sil 200");
                let (text, hearings) = (script(&text), hear(&labels(&script(&text)), 0.0, 1));
                let (_, begin, end) = segments(&text)[2];
                for options in everyone().step_by(2) {
                    let (frames, _) = perform(&hearings, &options);
                    let seen = between(&frames, begin, end + 10_000);
                    let least = seen.iter().map(gap).fold(1.0, f32::min);
                    let (fps, ahead) = (options.fps, options.lookahead);
                    assert!(least < 0.01, "{text:?}: {least} ({fps:?} {ahead:?})");
                    let open = between(&frames, begin - 80_000, begin - 30_000);
                    assert!(open.iter().all(|frame| gap(frame) > 0.12), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn the_lip_touches_the_teeth_on_f_and_v() {
    let hearings = hear(&labels(&sentence()), 0.2, 2);
    for options in everyone() {
        let (frames, _) = perform(&hearings, &options);
        for (phone, begin, end) in segments(&sentence()) {
            if phone.viseme() == Viseme::Ff {
                let middle = nearest(&frames, (begin + end) / 2);
                let (roll, gap) = (weight(middle, "mouthRollLower"), gap(middle));
                assert!(roll > 0.5, "{phone} at {begin}: {roll} {options:?}");
                assert!(gap < 0.09, "{phone} at {begin}: {gap} {options:?}");
            }
        }
    }
}

#[test]
fn hisses_keep_the_jaw_nearly_shut_and_vowels_part_the_lips() {
    let hearings = hear(&labels(&sentence()), 0.2, 3);
    for options in everyone() {
        let (frames, _) = perform(&hearings, &options);
        for (phone, begin, end) in segments(&sentence()) {
            let middle = nearest(&frames, (begin + 3 * end) / 4);
            let gap = gap(middle);
            match phone.viseme() {
                Viseme::Ss => assert!(gap < 0.15, "{phone} at {begin}: {gap} {options:?}"),
                Viseme::Aa | Viseme::E | Viseme::I | Viseme::O | Viseme::U
                    if end - begin >= 80_000 =>
                {
                    let middle = nearest(&frames, (begin + end) / 2);
                    let gap = super::script::gap(middle);
                    assert!(gap > 0.06, "{phone} at {begin}: {gap} {options:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn rounding_comes_before_its_sound_and_spreading_is_not_rounding() {
    let text = script("sil 200 s 100 t 60 uw 160 s 100 iy 160 sil 200");
    let options = Options {
        fps: Fps::F100,
        lookahead: Lookahead::Ms80,
        ..Options::default()
    };
    let (frames, _) = perform(&hear(&labels(&text), 0.0, 1), &options);
    let times = segments(&text);
    let pucker = |time_us| weight(nearest(&frames, time_us), "mouthPucker");
    assert!(
        pucker(times[2].2) > 0.15,
        "in t before oo: {}",
        pucker(times[2].2)
    );
    let (_, begin, end) = times[3];
    assert!(pucker((begin + end) / 2) > 0.45);
    let (_, begin, end) = times[5];
    let late = (begin + 3 * end) / 4;
    assert!(pucker(late) < 0.1);
    assert!(weight(nearest(&frames, late), "mouthStretchLeft") > 0.25);
}

#[test]
fn loud_speech_opens_wider_and_contacts_do_not_care() {
    let text = script("sil 200 aa 200 p 80 aa 200 f 80 aa 200 sil 200");
    let open = |db: f32| {
        let mut hearings = hear(&labels(&text), 0.0, 1);
        for hearing in &mut hearings {
            hearing.moment.loudness_db += db;
        }
        let (frames, _) = perform(&hearings, &Options::default());
        let at = |n: usize| {
            let (_, begin, end) = segments(&text)[n];
            nearest(&frames, (begin + end) / 2).clone()
        };
        assert!(gap(&at(2)) < 0.01 && weight(&at(2), "mouthPressLeft") > 0.44);
        assert!(weight(&at(4), "mouthRollLower") > 0.54);
        gap(&at(1))
    };
    let [soft, usual, loud] = [-18.0, -6.0, 6.0].map(open);
    assert!(
        soft * 1.15 < usual && usual * 1.05 < loud,
        "{soft} {usual} {loud}"
    );
    assert!(loud < 0.8 && soft > 0.25, "{soft} {loud}");
}

#[test]
fn the_nose_alone_does_not_close_the_lips() {
    let text = script("sil 200 s 90 ah 120 m 80 ah 90 n 80 ah 90 ng 80 ah 90 sil 200");
    for lookahead in LOOKAHEADS {
        let options = Options {
            lookahead,
            ..Options::default()
        };
        let (_, insights) = perform(&hear(&labels(&text), 0.2, 4), &options);
        for (phone, begin, end) in segments(&text) {
            let middle = (begin + end) / 20_000;
            let closed = insights[middle as usize].closed;
            assert_eq!(closed, phone == Phone::M, "{phone} {lookahead:?}");
        }
    }
}
