//! Medians of the rounds, as Markdown tables and as JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::{Value, json};

use crate::{
    Failure,
    figures::{head, row},
    signaling::{Part, measure::Figures},
};

/// What each round gave for one server and one measurement.
#[derive(Default)]
pub(crate) struct Rounds {
    figures: Vec<Figures>,
    failures: Vec<String>,
}

impl Rounds {
    pub(crate) fn add(&mut self, outcome: Result<Figures, String>) {
        match outcome {
            Ok(figures) => self.figures.push(figures),
            Err(failure) => self.failures.push(failure),
        }
    }

    /// The median of one figure over the rounds that have it.
    fn median(&self, name: &str) -> Option<f64> {
        let mut values: Vec<f64> = self
            .figures
            .iter()
            .filter_map(|figures| figures.get(name).copied())
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    fn cell(&self, name: &str, show: fn(f64) -> String) -> String {
        match (self.median(name), self.failures.is_empty()) {
            (Some(value), true) => show(value),
            (Some(value), false) => format!(
                "{} ({} of {} rounds)",
                show(value),
                self.figures.len(),
                self.figures.len() + self.failures.len()
            ),
            (None, _) => "–".to_owned(),
        }
    }

    fn json(&self) -> Value {
        let names: BTreeSet<&String> = self.figures.iter().flat_map(BTreeMap::keys).collect();
        let medians: BTreeMap<&String, Option<f64>> = names
            .into_iter()
            .map(|name| (name, self.median(name)))
            .collect();
        json!({ "median": medians, "rounds": self.figures, "failures": self.failures })
    }
}

/// Everything that was measured, by server and by measurement, and why the others could not be.
#[derive(Default)]
pub(crate) struct Results {
    pub(crate) titles: Vec<String>,
    pub(crate) rounds: BTreeMap<(String, Part), Rounds>,
    pub(crate) absent: Vec<(&'static str, String)>,
}

impl Results {
    pub(crate) fn print(&self) {
        let parts: BTreeSet<Part> = self.rounds.keys().map(|key| key.1).collect();
        for part in parts {
            match part {
                Part::FanOut(receivers) => self.table(
                    part,
                    &format!("One channel, receivers: {receivers}"),
                    &[
                        ("deliveries a second", "deliveries/s", count),
                        ("server CPU per delivery", "server µs/delivery", |v| {
                            format!("{v:.2} µs")
                        }),
                        ("server CPU", "server CPU", percent),
                        ("load CPU", "load CPU", percent),
                        ("other work", "other work", percent),
                        ("p50 unloaded", "p50 ms", |v| format!("{v:.2} ms")),
                        ("p99 unloaded", "p99 ms", |v| format!("{v:.2} ms")),
                    ],
                ),
                Part::Memory => self.table(
                    part,
                    "Idle connections",
                    &[
                        ("per connection", "KiB/connection", |v| {
                            format!("{v:.1} KiB")
                        }),
                        ("resident in all", "resident MiB", |v| format!("{v:.1} MiB")),
                    ],
                ),
                Part::Logins => self.table(
                    part,
                    "Logins",
                    &[
                        ("logins a second", "logins/s", count),
                        ("server CPU per login", "server µs/login", |v| {
                            format!("{v:.0} µs")
                        }),
                        ("server CPU", "server CPU", percent),
                        ("load CPU", "load CPU", percent),
                        ("other work", "other work", percent),
                    ],
                ),
            }
        }
        for (name, reason) in &self.absent {
            println!("Not available: {name}: {reason}");
        }
        for ((title, part), rounds) in &self.rounds {
            for failure in &rounds.failures {
                println!("Failed: {title}, {part}: {failure}");
            }
        }
    }

    fn table(&self, part: Part, title: &str, columns: &[Column]) {
        println!("{title}:\n");
        let names: Vec<&str> = columns.iter().map(|column| column.0).collect();
        head(&[&["server"], names.as_slice()].concat());
        for title in &self.titles {
            if let Some(rounds) = self.rounds.get(&(title.clone(), part)) {
                let cells = columns.iter().map(|column| rounds.cell(column.1, column.2));
                row(&[title.clone()].into_iter().chain(cells).collect::<Vec<_>>());
            }
        }
        for (name, _) in &self.absent {
            let mut cells = vec!["not available".to_owned(); columns.len()];
            cells.insert(0, (*name).to_owned());
            row(&cells);
        }
        println!();
    }

    pub(crate) fn write(&self, file: &Path, processor: &str) -> Result<(), Failure> {
        let servers: Vec<Value> = self
            .rounds
            .iter()
            .map(|((server, part), rounds)| {
                json!({ "server": server, "measurement": part.to_string(), "result": rounds.json() })
            })
            .collect();
        let absent: BTreeMap<_, _> = self.absent.iter().cloned().collect();
        let all = json!({ "processor": processor, "results": servers, "not_available": absent });
        Ok(fs::write(file, serde_json::to_string_pretty(&all)?)?)
    }
}

/// A heading, the figure that stands under it, and how.
type Column = (&'static str, &'static str, fn(f64) -> String);

fn count(value: f64) -> String {
    format!("{value:.0}")
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_shown_with_the_rounds_that_failed() {
        let mut rounds = Rounds::default();
        for value in [3.0, 1.0, 2.0] {
            rounds.add(Ok(Figures::from([("x".to_owned(), value)])));
        }
        assert_eq!(rounds.cell("x", count), "2");
        rounds.add(Err("gone".to_owned()));
        assert_eq!(rounds.cell("x", count), "2 (3 of 4 rounds)");
        assert_eq!(rounds.cell("y", count), "–");
    }
}
