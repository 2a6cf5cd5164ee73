//! Tables of docs/benchmarks.md, and JSON.

use std::{fs, path::Path};

use serde_json::{Value, json};
use visavis_animate::{
    Lookahead,
    score::{CurvesReport, Report},
};

use crate::{
    Failure,
    animate::{condition::Condition, speed::Speeds, system::System},
    figures::{head, row},
};

/// What the voices are called when they are counted as one.
pub(super) const TOGETHER: &str = "together";

/// Names of the figures of a row.
const FIGURES: &[&str] = &[
    "15 visemes",
    "not silence",
    "macro-F1",
    "7 classes",
    "closures hit",
    "spurious",
    "false per second",
    "onset error, median",
    "p90",
];

/// One system in one condition.
pub(super) struct Row {
    pub(super) condition: Condition,
    pub(super) voice: String,
    pub(super) system: System,
    /// The offset in time at which it was best; none where several voices are counted as one.
    pub(super) offset_us: Option<i64>,
    pub(super) report: Report,
    pub(super) curves: CurvesReport,
}

#[derive(Default)]
pub(super) struct Results {
    pub(super) rows: Vec<Row>,
    pub(super) speed: Speeds,
}

impl Results {
    /// Markdown, as it stands in docs/benchmarks.md.
    pub(super) fn print(&self) {
        let single = self.rows.iter().all(|one| one.voice != TOGETHER);
        let (clean, changed): (Vec<&Row>, Vec<&Row>) = self
            .rows
            .iter()
            .partition(|one| one.condition == Condition::Clean);
        if !clean.is_empty() {
            println!("Clean speech, frames of 10 ms with known phones:\n");
            head(&[&["voice", "system"], FIGURES].concat());
            for one in clean {
                row(&one.cells([one.voice.clone(), one.system.title().to_owned()]));
            }
            println!();
        }
        if !changed.is_empty() {
            println!("The same after what is done to the sound:\n");
            head(&[&["sound", "system"], FIGURES].concat());
            for one in changed {
                if single || one.voice == TOGETHER {
                    row(&one.cells([one.condition.title().into(), one.system.title().into()]));
                }
            }
            println!();
        }
        self.print_curves();
        let last_clean = |one: &&Row| {
            one.condition == Condition::Clean && one.system == System::Visavis(Lookahead::Ms40)
        };
        if let Some(one) = self.rows.iter().rfind(last_clean) {
            println!("visavis, 40 ms, clean, {}:\n", one.voice);
            println!("```text\n{}```\n", one.report);
        }
    }

    fn print_curves(&self) {
        let own: Vec<&Row> = self
            .rows
            .iter()
            .filter(|one| {
                matches!(one.system, System::Visavis(_)) && one.condition == Condition::Clean
            })
            .collect();
        if own.is_empty() {
            return;
        }
        println!("The face, clean, 100 frames per second:\n");
        head(&[
            "voice",
            "system",
            "jitter of jawOpen",
            "gap left in closures",
        ]);
        for one in own {
            row(&[
                one.voice.clone(),
                one.system.title().to_owned(),
                number(one.curves.jitter, 4, ""),
                number(one.curves.closure_gap, 3, ""),
            ]);
        }
        println!();
    }

    pub(super) fn print_speed(&self) {
        println!(
            "Engine alone, one core of {}:\n",
            crate::server::processor()
        );
        head(&Speeds::COLUMNS);
        for cells in self.speed.rows() {
            row(&cells);
        }
        println!();
        if let Some(opus) = self.speed.opus {
            println!(
                "Ogg Opus costs its decoding on top: {:.2} % of a core per stream at 64 kbit/s.",
                100.0 * opus
            );
            println!(
                "Other work took {:.0} % of a core meanwhile.\n",
                100.0 * self.speed.other_work
            );
        }
    }

    pub(super) fn write(&self, file: &Path, processor: &str) -> Result<(), Failure> {
        let rows: Result<Vec<Value>, Failure> = self.rows.iter().map(Row::json).collect();
        let speed = self.speed.json();
        let all = json!({ "processor": processor, "accuracy": rows?, "speed": speed });
        Ok(fs::write(file, serde_json::to_string_pretty(&all)?)?)
    }
}

impl Row {
    fn cells(&self, [first, second]: [String; 2]) -> Vec<String> {
        let (report, closures) = (&self.report, &self.report.closures);
        vec![
            first,
            second,
            percent(report.accuracy),
            percent(report.accuracy_spoken),
            percent(report.macro_f1),
            percent(report.coarse_accuracy),
            percent(closures.hit_share),
            percent(closures.spurious_share),
            number(closures.false_per_second, 2, ""),
            number(closures.onset_median_ms, 0, " ms"),
            number(closures.onset_p90_ms, 0, " ms"),
        ]
    }

    fn json(&self) -> Result<Value, Failure> {
        let report: Value = serde_json::from_str(&self.report.json())?;
        Ok(json!({
            "condition": self.condition.name(),
            "voice": self.voice,
            "system": self.system.name(),
            "offset_ms": self.offset_us.map(|us| us as f64 / 1000.0),
            "jitter": self.curves.jitter,
            "closure_gap": self.curves.closure_gap,
            "report": report,
        }))
    }
}

fn percent(share: Option<f64>) -> String {
    number(share.map(|share| share * 100.0), 1, " %")
}

fn number(value: Option<f64>, places: usize, unit: &str) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.places$}{unit}"))
}
