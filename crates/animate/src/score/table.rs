//! A report for people.

use std::fmt;

use super::Report;
use crate::Viseme;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closures = &self.closures;
        writeln!(f, "{} frames of 10 ms, {:.1} s", self.frames, self.seconds)?;
        writeln!(f, "15 visemes        {}", Percent(self.accuracy))?;
        writeln!(f, "  not silence     {}", Percent(self.accuracy_spoken))?;
        writeln!(f, "  macro-F1        {}", Percent(self.macro_f1))?;
        writeln!(f, "7 mouth classes   {}", Percent(self.coarse_accuracy))?;
        writeln!(
            f,
            "closures hit      {} ({} of {})",
            Percent(closures.hit_share),
            closures.hit,
            closures.segments
        )?;
        writeln!(
            f,
            "  spurious        {} ({} of {} runs), {} a second",
            Percent(closures.spurious_share),
            closures.spurious,
            closures.runs,
            Number(closures.false_per_second)
        )?;
        writeln!(
            f,
            "  onset error     median {} ms, p90 {} ms, signed median {} ms",
            Number(closures.onset_median_ms),
            Number(closures.onset_p90_ms),
            Number(closures.onset_bias_ms)
        )?;
        self.nasals(f)?;
        self.classes(f)
    }
}

impl Report {
    fn nasals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(nasals) = self.nasals else {
            return Ok(());
        };
        writeln!(f, "\nheard as        m      n     ng  other")?;
        for (name, row) in ["m", "n", "ng"].iter().zip(nasals) {
            write!(f, "  {name:<8}")?;
            row.iter()
                .try_for_each(|frames| write!(f, " {frames:>6}"))?;
            writeln!(f)?;
        }
        Ok(())
    }

    /// Recall, precision and F1 of each viseme, then in percent of its frames what it was heard as.
    fn classes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n      frames recall  prec.     F1 |")?;
        for viseme in Viseme::ALL {
            write!(f, "{:>4}", viseme.name())?;
        }
        for (figures, row) in self.visemes.iter().zip(self.confusion) {
            write!(
                f,
                "\n{:<4} {:>7} {:>6} {:>6} {:>6} |",
                figures.viseme.name(),
                figures.truth,
                Percent(figures.recall),
                Percent(figures.precision),
                Percent(figures.f1)
            )?;
            for heard in row {
                match super::report::share(heard, figures.truth) {
                    Some(share) if heard > 0 => write!(f, "{:>4.0}", share * 100.0)?,
                    _ => write!(f, "{:>4}", ".")?,
                }
            }
        }
        writeln!(f)
    }
}

/// A share as a percentage.
struct Percent(Option<f64>);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(share) => f.pad(&format!("{:.1}%", share * 100.0)),
            None => f.pad("-"),
        }
    }
}

/// A number that may be missing.
struct Number(Option<f64>);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => f.pad(&format!("{value:.2}")),
            None => f.pad("-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Phone;
    use crate::score::{Guess, Score};

    #[test]
    fn a_table_that_people_can_read() {
        let mut score = Score::default();
        let heard = [Phone::M, Phone::N, Phone::Aa, Phone::Aa];
        score.add(&"m:0.02 aa:0.04".parse().unwrap(), &heard.map(Guess::from));
        let table = score.report().to_string();
        let expected = "\
4 frames of 10 ms, 0.0 s
15 visemes        75.0%
  not silence     75.0%
  macro-F1        83.3%
7 mouth classes   75.0%
closures hit      100.0% (1 of 1)
  spurious        0.0% (0 of 1 runs), 0.00 a second
  onset error     median 0.00 ms, p90 0.00 ms, signed median 0.00 ms

heard as        m      n     ng  other
  m             1      1      0      0
  n             0      0      0      0
  ng            0      0      0      0

      frames recall  prec.     F1 | sil  PP  FF  TH  DD  kk  CH  SS  nn  RR  aa   E   I   O   U
sil        0      -      -      - |   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
PP         2  50.0% 100.0%  66.7% |   .  50   .   .   .   .   .   .  50   .   .   .   .   .   .
";
        assert!(table.starts_with(expected), "{table}");
    }
}
