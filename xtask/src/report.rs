//! What passed and what failed, counted and printed at the end.

use std::time::{Duration, Instant};

/// One line of the summary.
struct Line {
    name: String,
    passed: usize,
    failed: usize,
    skipped: usize,
    took: Option<Duration>,
    note: String,
}

/// The outcome of every step so far.
pub(crate) struct Report {
    lines: Vec<Line>,
    started: Instant,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            lines: Vec::new(),
            started: Instant::now(),
        }
    }

    /// A step that either holds or does not.
    pub(crate) fn step(&mut self, name: &str, took: Duration, outcome: Result<(), String>) {
        let failed = usize::from(outcome.is_err());
        let note = outcome.err().unwrap_or_default();
        self.push(name, (1 - failed, failed, 0), Some(took), note);
    }

    /// A step that ran several tests.
    pub(crate) fn suite(
        &mut self,
        name: &str,
        counts: (usize, usize, usize),
        took: Duration,
        note: &str,
    ) {
        self.push(name, counts, Some(took), note.to_owned());
    }

    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        self.push(name, (0, 0, 1), None, format!("skipped: {why}"));
    }

    pub(crate) fn fail(&mut self, name: &str, why: &str) {
        self.push(name, (0, 1, 0), None, why.to_owned());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(crate) fn failed(&self) -> usize {
        self.lines.iter().map(|line| line.failed).sum()
    }

    /// The table, and last the plain line that counts.
    pub(crate) fn print(&self) {
        let width = self
            .lines
            .iter()
            .map(|line| line.name.len())
            .max()
            .unwrap_or(0);
        println!(
            "\nSummary after {:.0} s",
            self.started.elapsed().as_secs_f64()
        );
        for line in &self.lines {
            let word = match (line.failed, line.passed) {
                (0, 0) => "skip",
                (0, _) => "ok",
                _ => "FAIL",
            };
            let took = line
                .took
                .map_or(String::new(), |took| format!("{:.1} s", took.as_secs_f64()));
            println!(
                "  {word:<4}  {:<width$}  {:>5} passed  {:>4} failed  {:>4} skipped  {took:>8}  {}",
                line.name, line.passed, line.failed, line.skipped, line.note
            );
        }
        let passed: usize = self.lines.iter().map(|line| line.passed).sum();
        println!("{passed} passed, {} failed", self.failed());
    }

    fn push(
        &mut self,
        name: &str,
        counts: (usize, usize, usize),
        took: Option<Duration>,
        note: String,
    ) {
        let (passed, failed, skipped) = counts;
        self.lines.push(Line {
            name: name.to_owned(),
            passed,
            failed,
            skipped,
            took,
            note,
        });
    }
}
