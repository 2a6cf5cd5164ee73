//! How well the mouth agrees with known phones.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use visavis_animate::score::{Curves, Guess, Labels, Score};
use visavis_animate::{Frame, Insight};

use super::Failure;
use crate::cli::out::printable;

/// Bytes of a label file that are read at most: hours of phones.
const LABEL_BYTES_MAX: u64 = 16 << 20;

/// The known phones in a file.
pub(super) fn read(path: &Path) -> Result<Labels, Failure> {
    let name = path.to_string_lossy();
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LABEL_BYTES_MAX).read_to_string(&mut text))
        .map_err(|error| Failure::io(&name, &error))?;
    text.parse()
        .map_err(|error| Failure::text(format!("{}: {error}", printable(&name))))
}

/// The figures as a table; `frames` are at 100 a second.
pub(super) fn table(labels: &Labels, insights: &[Insight], frames: &[Frame]) -> String {
    let mut score = Score::default();
    score.add(
        labels,
        &insights.iter().map(Guess::from).collect::<Vec<_>>(),
    );
    let mut curves = Curves::default();
    curves.add(labels, frames);
    let curves = curves.report();
    let mut table = score.report().to_string();
    let number =
        |value: Option<f64>| value.map_or_else(|| "-".into(), |value| format!("{value:.4}"));
    let _ = writeln!(table, "\njaw jitter        {}", number(curves.jitter));
    let _ = writeln!(table, "gap in closures   {}", number(curves.closure_gap));
    table
}
