//! Closures are decided as runs: found, begun in time, and not made up.

use super::script::*;
use crate::{Fps, Insight, Lookahead, Options, Phone, Viseme};

/// How runs of closed lips agree with the labels.
#[derive(Debug, Default)]
struct Score {
    segments: usize,
    hit: usize,
    runs: usize,
    false_runs: usize,
    onset_errors: Vec<i64>,
}

fn score(labels: &[Phone], insights: &[Insight]) -> Score {
    let truth: Vec<bool> = labels.iter().map(|p| p.viseme() == Viseme::Pp).collect();
    let told: Vec<bool> = insights.iter().map(|insight| insight.closed).collect();
    let mut score = Score::default();
    for (begin, end) in runs(&truth) {
        score.segments += 1;
        if let Some(first) = (begin..end).find(|&n| told[n]) {
            score.hit += 1;
            let onset = (0..=first).rev().take_while(|&n| told[n]).last();
            let onset = onset.unwrap_or(first);
            score.onset_errors.push(10 * (onset as i64 - begin as i64));
        }
    }
    for (begin, end) in runs(&told[..truth.len()]) {
        score.runs += 1;
        score.false_runs += usize::from(!truth[begin..end].contains(&true));
    }
    score.onset_errors.sort_by_key(|error| error.abs());
    score
}

fn runs(flags: &[bool]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut begin = None;
    for (n, &flag) in flags.iter().chain([&false]).enumerate() {
        match (flag, begin) {
            (true, None) => begin = Some(n),
            (false, Some(first)) => {
                found.push((first, n));
                begin = None;
            }
            _ => {}
        }
    }
    found
}

/// A minute of phones in a random order, none twice in a row.
fn babble(seed: u64) -> Vec<Phone> {
    let mut dice = Dice(seed);
    let mut text: Script = vec![(Phone::Sil, 300)];
    while text.len() < 700 {
        let phone = Phone::ALL[(dice.roll() * 43.99) as usize];
        if text
            .last()
            .is_none_or(|last| last.0.viseme() != phone.viseme())
        {
            text.push((phone, 50 + 10 * (dice.roll() * 8.0) as u32));
        }
    }
    labels(&text)
}

#[test]
fn closures_are_found_in_time_and_few_are_made_up() {
    for lookahead in [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80] {
        let options = Options {
            lookahead,
            ..Options::default()
        };
        let labels = babble(7);
        // Wrong phones take up to 55 % of the weight for up to four frames at a time.
        let (_, insights) = perform(&hear(&labels, 0.55, 8), &options);
        let score = score(&labels, &insights);
        let median = score.onset_errors[score.onset_errors.len() / 2].abs();
        assert!(score.segments > 30, "{score:?}");
        assert!(
            score.hit * 100 >= score.segments * 94,
            "{lookahead:?} {score:?}"
        );
        assert!(
            score.false_runs * 5 <= score.runs,
            "{lookahead:?} {score:?}"
        );
        let late = if lookahead == Lookahead::Ms20 { 20 } else { 10 };
        assert!(median <= late, "{lookahead:?} {score:?}");
    }
}

#[test]
fn a_closure_that_is_doubted_for_a_moment_stays_one() {
    let text = script("sil 200 aa 120 p 90 aa 120 sil 200");
    let labels = labels(&text);
    let mut hearings = hear(&labels, 0.0, 1);
    for hearing in &mut hearings {
        for head in &mut hearing.heads {
            // Nothing here: the doubt is put where each head tells of it, below.
            assert!((head.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        }
    }
    for (window, hearing) in hearings.iter_mut().enumerate() {
        for (head, steps) in hearing.heads.iter_mut().zip(crate::hearing::HEADS) {
            if window.checked_sub(steps) == Some(36) {
                head[Phone::T as usize] += 0.8 * head[Phone::P as usize];
                head[Phone::P as usize] *= 0.2;
            }
        }
    }
    let (_, insights) = perform(&hearings, &Options::default());
    let closed: Vec<bool> = insights.iter().map(|insight| insight.closed).collect();
    assert_eq!(runs(&closed).len(), 1, "{:?}", runs(&closed));
}

#[test]
fn one_frame_of_doubt_is_no_closure() {
    let text = script("sil 200 aa 300 sil 200");
    let mut hearings = hear(&labels(&text), 0.0, 1);
    for (window, hearing) in hearings.iter_mut().enumerate() {
        for (head, steps) in hearing.heads.iter_mut().zip(crate::hearing::HEADS) {
            if window.checked_sub(steps) == Some(35) {
                head.fill(0.0);
                head[Phone::B as usize] = 1.0;
            }
        }
    }
    let (frames, insights) = perform(
        &hearings,
        &Options {
            fps: Fps::F100,
            ..Options::default()
        },
    );
    assert!(insights.iter().all(|insight| !insight.closed));
    let here = between(&frames, 320_000, 400_000);
    assert!(here.iter().all(|frame| gap(frame) > 0.2));
}
