use super::closures::ClosureTally;
use super::report::{Report, share};
use super::{Coarse, FRAME_US, Guess, Labels};
use crate::{Phone, Viseme};

/// Adds up how recognised mouth shapes agree with known phones, over any number of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    confusion: [[u64; Viseme::COUNT]; Viseme::COUNT],
    nasals: [[u64; 4]; 3],
    closures: ClosureTally,
}

/// The nasals, which look different and sound alike.
const NASALS: [Phone; 3] = [Phone::M, Phone::N, Phone::Ng];

impl Score {
    /// Adds a file: `guesses[n]` is of the instant n times 10 ms, whose truth is what `labels` have there.
    ///
    /// There are as many frames as guesses. Labels beyond the last of them do not count; guesses
    /// beyond the last label are compared with silence.
    pub fn add(&mut self, labels: &Labels, guesses: &[Guess]) {
        for (n, guess) in (0u64..).zip(guesses) {
            let truth = labels.at(n * FRAME_US);
            self.confusion[truth.viseme() as usize][guess.viseme as usize] += 1;
            let place = |phone| NASALS.iter().position(|nasal| *nasal == phone);
            if let (Some(row), Some(phone)) = (place(truth), guess.phone) {
                self.nasals[row][place(phone).unwrap_or(NASALS.len())] += 1;
            }
        }
        self.closures.add(labels, guesses);
    }

    /// Adds what another score has counted.
    pub fn merge(&mut self, other: &Self) {
        let rows = self.confusion.iter_mut().zip(&other.confusion);
        for (cell, more) in rows.flat_map(|(row, more)| row.iter_mut().zip(more)) {
            *cell += more;
        }
        let rows = self.nasals.iter_mut().zip(&other.nasals);
        for (cell, more) in rows.flat_map(|(row, more)| row.iter_mut().zip(more)) {
            *cell += more;
        }
        self.closures.merge(&other.closures);
    }

    /// Every figure of what has been added so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let frames: u64 = self.confusion.iter().flatten().sum();
        let right: u64 = Viseme::ALL.iter().map(|v| self.at(*v, *v)).sum();
        let silent: u64 = self.confusion[Viseme::Sil as usize].iter().sum();
        let right_silent = self.at(Viseme::Sil, Viseme::Sil);
        let pairs = || {
            Viseme::ALL
                .into_iter()
                .flat_map(|t| Viseme::ALL.map(|h| (t, h)))
        };
        let coarse = pairs()
            .filter(|(truth, heard)| Coarse::from(*truth) == Coarse::from(*heard))
            .map(|(truth, heard)| self.at(truth, heard))
            .sum();
        let visemes = Viseme::ALL.map(|viseme| self.figures(viseme));
        let scores: Vec<f64> = visemes.iter().filter_map(|figures| figures.f1).collect();
        let seconds = (frames * FRAME_US) as f64 / 1e6;
        Report {
            frames,
            seconds,
            accuracy: share(right, frames),
            accuracy_spoken: share(right - right_silent, frames - silent),
            macro_f1: (!scores.is_empty())
                .then(|| scores.iter().sum::<f64>() / scores.len() as f64),
            coarse_accuracy: share(coarse, frames),
            closures: self.closures.report(seconds),
            visemes,
            confusion: self.confusion,
            nasals: self
                .nasals
                .iter()
                .flatten()
                .any(|n| *n > 0)
                .then_some(self.nasals),
        }
    }

    fn at(&self, truth: Viseme, heard: Viseme) -> u64 {
        self.confusion[truth as usize][heard as usize]
    }

    fn figures(&self, viseme: Viseme) -> super::ClassFigures {
        let right = self.at(viseme, viseme);
        let truth = self.confusion[viseme as usize].iter().sum();
        let heard = self.confusion.iter().map(|row| row[viseme as usize]).sum();
        super::ClassFigures {
            viseme,
            truth,
            heard,
            recall: share(right, truth),
            precision: share(right, heard),
            f1: (truth > 0).then(|| 2.0 * right as f64 / (truth + heard) as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn score(labels: &str, heard: &[Phone]) -> Score {
        let guesses: Vec<Guess> = heard.iter().copied().map(Guess::from).collect();
        let mut score = Score::default();
        score.add(&labels.parse().unwrap(), &guesses);
        score
    }

    #[test]
    fn the_figures_of_ten_frames() {
        use Phone::*;
        // Truth: sil sil m m n n aa aa eh eh.
        let labels = "pau:0.02 m:0.04 n:0.06 aa:0.08 eh:0.1";
        let heard = [Sil, P, M, B, N, D, Aa, Eh, Ih, Eh];
        let report = score(labels, &heard).report();
        assert_eq!((report.frames, report.seconds), (10, 0.1));
        // Right: frames 0, 2, 3, 4, 6, 9.
        assert_eq!(report.accuracy, Some(0.6));
        // Of the eight that are not silence: five.
        assert_eq!(report.accuracy_spoken, Some(5.0 / 8.0));
        // Besides those: n as DD is other as other, eh as I is mid as mid.
        assert_eq!(report.coarse_accuracy, Some(0.8));
        let of = |viseme: Viseme| report.visemes[viseme as usize];
        assert_eq!((of(Viseme::Pp).truth, of(Viseme::Pp).heard), (2, 3));
        assert_eq!(of(Viseme::Pp).recall, Some(1.0));
        assert_eq!(of(Viseme::Pp).precision, Some(2.0 / 3.0));
        // DD is heard and never true: it has a precision and takes no part in the mean.
        assert_eq!(
            (of(Viseme::Dd).precision, of(Viseme::Dd).f1),
            (Some(0.0), None)
        );
        // sil 2/3, PP 4/5, nn 2/3, aa 2/3, E 2/4.
        let mean = (2.0 / 3.0 + 0.8 + 2.0 / 3.0 + 2.0 / 3.0 + 0.5) / 5.0;
        assert!((report.macro_f1.unwrap() - mean).abs() < 1e-12);
        assert_eq!(
            report.confusion[Viseme::Nn as usize][Viseme::Dd as usize],
            1
        );
    }

    #[test]
    fn nasals_are_compared_by_phone() {
        use Phone::*;
        let score = score("m:0.02 n:0.05 ng:0.06", &[M, N, N, M, Ng, D]);
        let expected = [[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1]];
        assert_eq!(score.report().nasals, Some(expected));
        let mut blind = Score::default();
        blind.add(&"m:0.02".parse().unwrap(), &[Guess::from(Viseme::Pp)]);
        assert_eq!(blind.report().nasals, None);
    }

    #[test]
    fn nothing_gives_no_figures() {
        let report = score("aa:1", &[]).report();
        assert_eq!((report.accuracy, report.macro_f1), (None, None));
        assert_eq!(report.accuracy_spoken, None);
    }

    #[test]
    fn after_the_last_label_comes_silence() {
        let report = score("aa:0.01", &[Phone::Aa, Phone::Sil, Phone::Aa]).report();
        assert_eq!(report.accuracy, Some(2.0 / 3.0));
    }

    fn files() -> impl Strategy<Value = Vec<(String, Vec<Guess>)>> {
        let label = (0usize..Phone::COUNT, 1u32..200);
        let labels = proptest::collection::vec(label, 1..20).prop_map(|phones| {
            let mut end = 0;
            let entries = phones.iter().map(|(phone, ms)| {
                end += ms;
                format!(
                    "{}:{}.{:03}",
                    Phone::ALL[*phone].name(),
                    end / 1000,
                    end % 1000
                )
            });
            entries.collect::<Vec<_>>().join(" ")
        });
        let guess = (0usize..Phone::COUNT, any::<bool>()).prop_map(|(phone, closed)| Guess {
            closed,
            ..Guess::from(Phone::ALL[phone])
        });
        proptest::collection::vec((labels, proptest::collection::vec(guess, 0..300)), 1..5)
    }

    proptest! {
        #[test]
        fn figures_are_shares_and_files_add_up_in_any_grouping(files in files()) {
            let (mut all, mut merged) = (Score::default(), Score::default());
            for (labels, guesses) in &files {
                let labels: Labels = labels.parse().unwrap();
                all.add(&labels, guesses);
                let mut single = Score::default();
                single.add(&labels, guesses);
                merged.merge(&single);
            }
            prop_assert_eq!(&all, &merged);
            let report = all.report();
            let frames: usize = files.iter().map(|(_, guesses)| guesses.len()).sum();
            prop_assert_eq!(report.frames, frames as u64);
            let closures = report.closures;
            prop_assert!(closures.hit <= closures.segments && closures.spurious <= closures.runs);
            let shares = [report.accuracy, report.accuracy_spoken, report.macro_f1, report.coarse_accuracy];
            for share in shares.into_iter().flatten().chain(closures.hit_share) {
                prop_assert!((0.0..=1.0).contains(&share));
            }
            prop_assert!(report.coarse_accuracy >= report.accuracy);
        }

        #[test]
        fn who_hears_the_truth_is_always_right(files in files()) {
            let mut score = Score::default();
            for (labels, guesses) in &files {
                let labels: Labels = labels.parse().unwrap();
                let truth = (0..guesses.len() as u64).map(|n| Guess::from(labels.at(n * FRAME_US)));
                score.add(&labels, &truth.collect::<Vec<_>>());
            }
            let report = score.report();
            prop_assert!(report.accuracy.is_none_or(|share| share == 1.0));
            prop_assert_eq!(report.closures.hit, report.closures.segments);
            prop_assert_eq!(report.closures.spurious, 0);
            // Closures with less than a frame between them are one run, which begins with the first of them.
            if report.closures.runs == report.closures.segments {
                prop_assert!(report.closures.onset_p90_ms.is_none_or(|ms| (0.0..10.0).contains(&ms)));
            }
        }
    }
}
