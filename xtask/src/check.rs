//! `cargo xtask check`: everything that can be said about the tree without running it.

use std::{process::Command, time::Instant};

use crate::{report::Report, sh, tidy};

pub(crate) fn run(report: &mut Report) -> Result<(), String> {
    step(
        report,
        "formatting",
        &mut sh::cargo(&["fmt", "--all", "--check"]),
    );
    step(
        report,
        "lints",
        &mut sh::cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]),
    );
    step(
        report,
        "documentation",
        sh::cargo(&["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "-Dwarnings"),
    );
    licences(report);
    tidiness(report)
}

fn licences(report: &mut Report) {
    if sh::has("cargo-deny") {
        step(
            report,
            "licences",
            &mut sh::cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"]),
        );
    } else {
        report.skip(
            "licences",
            "cargo-deny is not installed (cargo install cargo-deny)",
        );
    }
}

fn tidiness(report: &mut Report) -> Result<(), String> {
    let started = Instant::now();
    println!("$ tidy");
    let problems = tidy::problems(&crate::root())?;
    for problem in &problems {
        println!("tidy: {problem}");
    }
    let outcome = match problems.len() {
        0 => Ok(()),
        count => Err(format!("{count} untidy, listed above")),
    };
    report.step("tidiness", started.elapsed(), outcome);
    Ok(())
}

fn step(report: &mut Report, name: &str, command: &mut Command) {
    let started = Instant::now();
    let outcome = sh::run(command);
    report.step(name, started.elapsed(), outcome);
}
