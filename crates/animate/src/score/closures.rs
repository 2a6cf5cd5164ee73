//! Lips that must meet: each /p b m/ against the runs of frames in which a recogniser closes them.

use std::ops::Range;

use super::{FRAME_US, Guess, Labels};

/// How closures were met.
///
/// A true closure is a segment of p, b or m, or several that touch, that holds at least one frame.
/// A run is consecutive frames in which the lips are [closed](Guess::closed). The two overlap when
/// they share a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closures {
    /// True closures.
    pub segments: u64,
    /// Those that a run overlaps.
    pub hit: u64,
    /// Runs.
    pub runs: u64,
    /// Runs that overlap no true closure.
    pub spurious: u64,
    /// `hit` of `segments`.
    pub hit_share: Option<f64>,
    /// `spurious` of `runs`.
    pub spurious_share: Option<f64>,
    /// Spurious runs per second of audio.
    pub false_per_second: Option<f64>,
    /// Median of the onset error's absolute value, milliseconds.
    ///
    /// The onset error of a true closure that was hit is the instant of the first frame of the
    /// first run that overlaps it, minus the closure's own start. Frames are 10 ms apart, so a
    /// perfect recogniser has an error of 0 to 10 ms.
    pub onset_median_ms: Option<f64>,
    /// What 90 % of the absolute values do not exceed, milliseconds.
    pub onset_p90_ms: Option<f64>,
    /// Median of the onset error with its sign, milliseconds: negative where lips meet early.
    pub onset_bias_ms: Option<f64>,
}

/// What was counted so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ClosureTally {
    segments: u64,
    runs: u64,
    spurious: u64,
    onsets_us: Vec<i64>,
}

impl ClosureTally {
    pub(super) fn add(&mut self, labels: &Labels, guesses: &[Guess]) {
        let truth: Vec<(u64, Range<u64>)> = labels
            .closures()
            .into_iter()
            .map(|closure| (closure.start, frames(&closure, guesses.len())))
            .filter(|(_, frames)| !frames.is_empty())
            .collect();
        let runs = runs(guesses);
        let overlap = |a: &Range<u64>, b: &Range<u64>| a.start < b.end && b.start < a.end;
        self.segments += truth.len() as u64;
        self.runs += runs.len() as u64;
        // Both are in order: what ends before one closure begins cannot overlap a later one.
        let mut first = 0;
        for (start_us, frames) in &truth {
            while runs.get(first).is_some_and(|run| run.end <= frames.start) {
                first += 1;
            }
            if let Some(run) = runs.get(first).filter(|run| overlap(run, frames)) {
                self.onsets_us
                    .push((run.start * FRAME_US).wrapping_sub(*start_us) as i64);
            }
        }
        let mut first = 0;
        for run in &runs {
            while truth
                .get(first)
                .is_some_and(|(_, frames)| frames.end <= run.start)
            {
                first += 1;
            }
            if !truth
                .get(first)
                .is_some_and(|(_, frames)| overlap(run, frames))
            {
                self.spurious += 1;
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.segments += other.segments;
        self.runs += other.runs;
        self.spurious += other.spurious;
        self.onsets_us.extend_from_slice(&other.onsets_us);
    }

    pub(super) fn report(&self, seconds: f64) -> Closures {
        let hit = self.onsets_us.len() as u64;
        let mut signed = self.onsets_us.clone();
        signed.sort_unstable();
        let mut sizes: Vec<i64> = signed.iter().map(|onset| onset.saturating_abs()).collect();
        sizes.sort_unstable();
        Closures {
            segments: self.segments,
            hit,
            runs: self.runs,
            spurious: self.spurious,
            hit_share: super::report::share(hit, self.segments),
            spurious_share: super::report::share(self.spurious, self.runs),
            false_per_second: (seconds > 0.0).then(|| self.spurious as f64 / seconds),
            onset_median_ms: percentile_ms(&sizes, 50),
            onset_p90_ms: percentile_ms(&sizes, 90),
            onset_bias_ms: percentile_ms(&signed, 50),
        }
    }
}

/// The frames whose instants a closure holds, of `count` frames.
fn frames(closure: &Range<u64>, count: usize) -> Range<u64> {
    let end = closure.end.div_ceil(FRAME_US).min(count as u64);
    closure.start.div_ceil(FRAME_US).min(end)..end
}

/// Runs of closed frames.
fn runs(guesses: &[Guess]) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for (n, guess) in (0u64..).zip(guesses) {
        if guess.closed {
            match runs.last_mut() {
                Some(last) if last.end == n => last.end += 1,
                _ => runs.push(n..n + 1),
            }
        }
    }
    runs
}

/// Nearest rank: the smallest value that `percent` of all do not exceed.
fn percentile_ms(sorted_us: &[i64], percent: usize) -> Option<f64> {
    let rank = (sorted_us.len() * percent).div_ceil(100);
    let value = sorted_us.get(rank.checked_sub(1)?)?;
    Some(*value as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Viseme;

    /// `#` is a closed frame.
    fn tally(labels: &str, heard: &str) -> ClosureTally {
        let guess = |c| Guess::from(if c == '#' { Viseme::Pp } else { Viseme::Aa });
        let guesses: Vec<Guess> = heard.chars().map(guess).collect();
        let mut tally = ClosureTally::default();
        tally.add(&labels.parse().unwrap(), &guesses);
        tally
    }

    #[test]
    fn hits_misses_and_false_alarms_are_counted_once_each() {
        // m holds frames 3 to 5, p and b together 8 to 11, the last m 14 and 15.
        let labels = "aa:0.03 m:0.06 aa:0.08 p:0.1 b:0.12 aa:0.14 m:0.16 pau:0.2";
        let heard = "#...##..#.#.#..#..#.";
        let report = tally(labels, heard).report(0.2);
        assert_eq!((report.segments, report.hit), (3, 3));
        // Frames 0, 12 and 18 are false; 8 and 10 are two runs in the same closure.
        assert_eq!((report.runs, report.spurious), (7, 3));
        assert_eq!(report.spurious_share, Some(3.0 / 7.0));
        assert_eq!(report.false_per_second, Some(15.0));
        // Onsets: 40 - 30, 80 - 80, 150 - 140.
        assert_eq!(
            (report.onset_median_ms, report.onset_p90_ms),
            (Some(10.0), Some(10.0))
        );
    }

    #[test]
    fn onsets_count_from_the_labels_own_start() {
        // Starts at 23 ms, so its first frame is 3; the run begins at frame 1.
        let report = tally("0.023 0.06 b", ".####.").report(0.06);
        assert_eq!(report.onset_bias_ms, Some(-13.0));
        assert_eq!(report.onset_median_ms, Some(13.0));
        assert_eq!(report.spurious, 0);
    }

    #[test]
    fn a_run_that_only_touches_a_closure_is_spurious() {
        let report = tally("0.02 0.04 m", "##..##").report(0.06);
        assert_eq!((report.hit, report.runs, report.spurious), (0, 2, 2));
        assert_eq!(
            (report.hit_share, report.onset_median_ms),
            (Some(0.0), None)
        );
    }

    #[test]
    fn closures_without_a_frame_or_beyond_the_audio_do_not_count() {
        let report = tally("0.011 0.019 m\n0.05 0.06 b\n9 10 p", "......").report(0.06);
        assert_eq!(report.segments, 1);
        assert_eq!(tally("9 10 p", "").report(0.0).false_per_second, None);
    }

    #[test]
    fn percentiles_are_of_nearest_rank() {
        let sorted: Vec<i64> = (1..=10).map(|n| n * 1000).collect();
        assert_eq!(percentile_ms(&sorted, 50), Some(5.0));
        assert_eq!(percentile_ms(&sorted, 90), Some(9.0));
        assert_eq!(percentile_ms(&sorted[..1], 90), Some(1.0));
        assert_eq!(percentile_ms(&[], 50), None);
    }
}
