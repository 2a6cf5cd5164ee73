//! Percentiles, and Markdown tables.

use std::time::Duration;

/// Durations that were measured.
#[derive(Default)]
pub(crate) struct Durations {
    sorted: Vec<Duration>,
}

impl From<Vec<Duration>> for Durations {
    fn from(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self { sorted: durations }
    }
}

impl Durations {
    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The duration that `share` of all do not exceed; zero when there are none.
    pub(crate) fn percentile(&self, share: f64) -> Duration {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted
            .get((last as f64 * share).round() as usize)
            .copied()
            .unwrap_or_default()
    }
}

pub(crate) fn ms(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

pub(crate) fn us(duration: Duration) -> String {
    format!("{:.1} µs", duration.as_secs_f64() * 1e6)
}

pub(crate) fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

pub(crate) fn kib(bytes: f64) -> String {
    format!("{:.1} KiB", bytes / 1024.0)
}

/// Prints the head of a table.
pub(crate) fn head(columns: &[&str]) {
    println!("| {} |", columns.join(" | "));
    println!("|{}", " --- |".repeat(columns.len()));
}

pub(crate) fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_durations() {
        let durations = Durations::from(
            (1..=101)
                .rev()
                .map(Duration::from_millis)
                .collect::<Vec<_>>(),
        );
        assert_eq!(durations.percentile(0.5), Duration::from_millis(51));
        assert_eq!(durations.percentile(0.99), Duration::from_millis(100));
        assert_eq!(Durations::default().percentile(0.99), Duration::ZERO);
    }
}
