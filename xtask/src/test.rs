//! `cargo xtask test`: all that must hold before a change lands.

use std::time::Instant;

use crate::{check, interop, report::Report, sh};

pub(crate) fn run(report: &mut Report) -> Result<(), String> {
    heading("Checks");
    check::run(report)?;
    heading("Rust tests");
    rust_tests(report);
    heading("Hostile input");
    fuzz(report);
    heading("Published SDKs");
    interop::run(&[], report)
}

fn heading(text: &str) {
    println!("\n== {text}");
}

fn rust_tests(report: &mut Report) {
    let started = Instant::now();
    let mut counts = (0, 0, 0);
    let mut command = sh::cargo(&["test", "--workspace", "--no-fail-fast"]);
    let outcome = sh::run_lines(&mut command, |line| {
        if let Some((passed, failed, ignored)) = test_result(line) {
            counts = (counts.0 + passed, counts.1 + failed, counts.2 + ignored);
        }
    });
    let mut note = String::new();
    if let Err(problem) = outcome {
        // A test that does not compile counts as one failure.
        counts.1 = counts.1.max(1);
        note = problem;
    }
    report.suite("cargo test", counts, started.elapsed(), &note);
}

/// Some seconds of every fuzz target, without libFuzzer.
fn fuzz(report: &mut Report) {
    let started = Instant::now();
    let mut smoke = sh::cargo(&[
        "run",
        "--quiet",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--no-default-features",
        "--target-dir",
        "target/fuzz",
        "--",
        "--seconds",
        "10",
    ]);
    let outcome = sh::run(&mut smoke);
    report.step("fuzz targets", started.elapsed(), outcome);
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; …`
fn test_result(line: &str) -> Option<(usize, usize, usize)> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |word: &str| -> Option<usize> {
        let part = counts
            .split("; ")
            .find(|part| part.trim_end().ends_with(word))?;
        part.split_whitespace().next()?.parse().ok()
    };
    Some((count("passed")?, count("failed")?, count("ignored")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_line_of_a_test_program_is_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        assert_eq!(test_result(line), Some((12, 3, 1)));
        assert_eq!(test_result("running 3 tests"), None);
    }
}
