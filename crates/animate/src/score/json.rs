//! A report for programs.

use std::fmt::{self, Write as _};

use super::{Closures, Report};
use crate::Viseme;

impl Report {
    /// One JSON object with the names and units of the fields; `visemes` by name, and `null` for what is missing.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) -> fmt::Result {
        write!(
            out,
            r#"{{"frames":{},"seconds":{:.2},"accuracy":{},"accuracy_spoken":{},"macro_f1":{},"coarse_accuracy":{},"#,
            self.frames,
            self.seconds,
            Number(self.accuracy),
            Number(self.accuracy_spoken),
            Number(self.macro_f1),
            Number(self.coarse_accuracy),
        )?;
        closures(out, &self.closures)?;
        out.push_str(r#","visemes":{"#);
        for (n, figures) in self.visemes.iter().enumerate() {
            write!(
                out,
                r#"{}"{}":{{"truth":{},"heard":{},"recall":{},"precision":{},"f1":{}}}"#,
                comma(n),
                figures.viseme.name(),
                figures.truth,
                figures.heard,
                Number(figures.recall),
                Number(figures.precision),
                Number(figures.f1)
            )?;
        }
        out.push_str(r#"},"order":["#);
        for (n, viseme) in Viseme::ALL.iter().enumerate() {
            write!(out, r#"{}"{}""#, comma(n), viseme.name())?;
        }
        out.push_str(r#"],"confusion":"#);
        table(out, &self.confusion)?;
        out.push_str(r#","nasals":"#);
        match &self.nasals {
            Some(nasals) => table(out, nasals)?,
            None => out.push_str("null"),
        }
        out.push('}');
        Ok(())
    }
}

fn closures(out: &mut String, closures: &Closures) -> fmt::Result {
    write!(
        out,
        r#""closures":{{"segments":{},"hit":{},"runs":{},"spurious":{},"hit_share":{},"spurious_share":{},"#,
        closures.segments,
        closures.hit,
        closures.runs,
        closures.spurious,
        Number(closures.hit_share),
        Number(closures.spurious_share),
    )?;
    write!(
        out,
        r#""false_per_second":{},"onset_median_ms":{},"onset_p90_ms":{},"onset_bias_ms":{}}}"#,
        Number(closures.false_per_second),
        Number(closures.onset_median_ms),
        Number(closures.onset_p90_ms),
        Number(closures.onset_bias_ms),
    )
}

fn table<const N: usize>(out: &mut String, rows: &[[u64; N]]) -> fmt::Result {
    out.push('[');
    for (n, row) in rows.iter().enumerate() {
        write!(out, "{}[", comma(n))?;
        for (n, count) in row.iter().enumerate() {
            write!(out, "{}{count}", comma(n))?;
        }
        out.push(']');
    }
    out.push(']');
    Ok(())
}

fn comma(n: usize) -> &'static str {
    if n == 0 { "" } else { "," }
}

/// A number that may be missing.
pub(super) struct Number(pub(super) Option<f64>);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => write!(f, "{value:.6}"),
            None => f.write_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Phone;
    use crate::score::{Guess, Score};

    #[test]
    fn every_figure_is_in_it() {
        let mut score = Score::default();
        let heard = [Phone::M, Phone::N, Phone::Aa, Phone::Aa];
        score.add(&"m:0.02 aa:0.04".parse().unwrap(), &heard.map(Guess::from));
        let json = score.report().json();
        let start = r#"{"frames":4,"seconds":0.04,"accuracy":0.750000,"accuracy_spoken":0.750000,"macro_f1":0.833333,"coarse_accuracy":0.750000,"closures":{"segments":1,"hit":1,"runs":1,"spurious":0,"hit_share":1.000000,"spurious_share":0.000000,"false_per_second":0.000000,"onset_median_ms":0.000000,"onset_p90_ms":0.000000,"onset_bias_ms":0.000000},"visemes":{"sil":{"truth":0,"heard":0,"recall":null,"precision":null,"f1":null},"PP":{"truth":2,"heard":1,"recall":0.500000,"precision":1.000000,"f1":0.666667},"#;
        assert!(json.starts_with(start), "{json}");
        assert!(
            json.ends_with(r#","nasals":[[1,1,0,0],[0,0,0,0],[0,0,0,0]]}"#),
            "{json}"
        );
        let depth = |open: char, close: char| {
            let count = |c| json.chars().filter(|at| *at == c).count();
            (count(open), count(close))
        };
        assert_eq!(depth('{', '}').0, depth('{', '}').1);
        assert_eq!(depth('[', ']').0, depth('[', ']').1);
        let none = Score::default().report().json();
        assert!(none.contains(r#""accuracy":null"#) && none.ends_with(r#""nasals":null}"#));
    }
}
