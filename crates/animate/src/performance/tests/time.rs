//! Frames are where their time is, at any rate and after any time; a clone goes on alike.

use super::script::*;
use crate::performance::Performance;
use crate::{Fps, Frame, Insight, Lookahead, Options};

#[test]
fn a_minute_has_exactly_its_frames() {
    let hearing = hear(&labels(&script("aa 50")), 0.0, 1)[3];
    for fps in Fps::ALL {
        let options = Options {
            fps,
            ..Options::default()
        };
        let mut performance = Performance::new(&options);
        let total = 60 * u64::from(fps.hertz());
        let (mut frames, mut expected) = (Vec::new(), 0u64);
        for _ in 0..6000 + 4 {
            performance.hear(&hearing, total, 48_000, &mut frames, &mut |_| {});
            for frame in frames.drain(..) {
                let ticks = expected * fps.ticks();
                let exact = (expected, ticks, ticks * 1_000_000 / 48_000);
                assert_eq!((frame.index, frame.sample, frame.time_us), exact);
                expected += 1;
            }
        }
        assert_eq!(expected, total);
        assert_eq!(performance.frames(), total);
    }
}

#[test]
fn each_instant_is_observed_once_and_waits_for_its_lookahead() {
    for lookahead in [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80] {
        let options = Options {
            lookahead,
            ..Options::default()
        };
        let hearings = hear(&labels(&sentence()), 0.0, 1);
        let (_, insights) = perform(&hearings, &options);
        assert_eq!(insights.len(), hearings.len() - lookahead.steps());
        for (step, insight) in insights.iter().enumerate() {
            assert_eq!(insight.time_us, step as u64 * 10_000);
            assert!((insight.phones.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        }
    }
}

#[test]
fn rates_show_the_same_face_at_the_same_time() {
    let hearings = hear(&labels(&sentence()), 0.2, 1);
    let of = |fps| {
        let options = Options {
            fps,
            ..Options::default()
        };
        perform(&hearings, &options).0
    };
    let all = of(Fps::F100);
    for fps in [Fps::F25, Fps::F30, Fps::F50, Fps::F60] {
        for frame in of(fps) {
            if frame.time_us % 10_000 != 0 {
                continue;
            }
            let same = &all[frame.time_us as usize / 10_000];
            assert_eq!(frame.head, same.head);
            assert_eq!(weight(&frame, "jawOpen"), weight(same, "jawOpen"));
        }
    }
}

#[test]
fn what_is_heard_decides_and_a_clone_goes_on_alike() {
    let hearings = hear(&labels(&sentence()), 0.3, 1);
    let options = Options {
        fps: Fps::F60,
        seed: 11,
        ..Options::default()
    };
    let whole = perform(&hearings, &options);
    assert_eq!(whole, perform(&hearings, &options));
    let mut performance = Performance::new(&options);
    let (mut frames, mut ignore) = (Vec::new(), |_: &Insight| {});
    for hearing in &hearings[..150] {
        performance.hear(hearing, u64::MAX, 16_000, &mut frames, &mut ignore);
    }
    let mut clone = performance.clone();
    for hearing in &hearings[150..] {
        // The original goes elsewhere, which is nothing to the clone.
        performance.hear(&hearings[0], 0, 16_000, &mut Vec::new(), &mut ignore);
        clone.hear(hearing, u64::MAX, 16_000, &mut frames, &mut ignore);
    }
    assert_eq!(frames, whole.0);
}

#[test]
fn visemes_weigh_one_together_and_the_decided_one_most() {
    let options = Options {
        fps: Fps::F60,
        ..Options::default()
    };
    let heaviest = |frame: &Frame| frame.visemes.iter().fold(0.0f32, |most, w| most.max(*w));
    for frame in perform(&hear(&labels(&sentence()), 0.5, 1), &options).0 {
        assert!((frame.visemes.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        assert_eq!(frame.visemes[frame.viseme as usize], heaviest(&frame));
    }
}

#[test]
fn it_is_small() {
    assert!(
        size_of::<Performance>() < 8 * 1024,
        "{}",
        size_of::<Performance>()
    );
}
