//! The project's own commands, as `cargo xtask COMMAND`.
//!
//! Everything that a contributor or the continuous integration runs is here and nowhere else,
//! so that a shell script never holds logic that the other one lacks.

mod autobahn;
mod bench;
mod check;
mod codegen;
mod interop;
mod report;
mod sh;
mod strips;
mod system;
mod test;
mod tidy;

use std::{path::PathBuf, process::ExitCode};

use crate::report::Report;

const HELP: &str = "\
The project's commands

Usage: cargo xtask COMMAND [OPTIONS]

Commands:
  check            Formatting, lints, documentation, licences and tidiness; needs only Rust
  test             check, every Rust test, then the published SDKs against the release binary
  interop [ARGS]   Only the published SDKs; ARGS go to interop/run.py (see --help there)
  autobahn [ARGS]  The Autobahn test suite against the signaling service's WebSockets; needs Python 2.7
  bench [NAME]     Builds the release binary and measures it: animate, first-frame, idle, sdk, sessions, signaling
  codegen          Writes the files that are generated from others
  strips           Draws the face saying four sentences, to be judged by eye; needs espeak-ng

Options:
  -h, --help       Prints this

`test` is what continuous integration runs. On a Debian machine it installs what the SDK tests
need (Python virtual environments in interop/.cache, speech synthesizers from the distribution).
Exit status 0 means that everything passed.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    let mut report = Report::new();
    let outcome = match command.as_str() {
        "-h" | "--help" | "help" => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        "check" => without_arguments(rest).and_then(|()| check::run(&mut report)),
        "test" => without_arguments(rest).and_then(|()| test::run(&mut report)),
        "interop" => interop::run(rest, &mut report),
        "autobahn" => autobahn::run(rest, &mut report),
        "bench" => return exit(bench::run(rest)),
        "codegen" => return exit(codegen::run(rest)),
        "strips" => return exit(strips::run(rest)),
        other => Err(format!(
            "no command '{other}'; cargo xtask --help lists them"
        )),
    };
    if let Err(problem) = outcome {
        eprintln!("xtask: {problem}");
        if report.is_empty() {
            return ExitCode::from(2);
        }
        report.fail(command, &problem);
    }
    report.print();
    if report.failed() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn exit(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn without_arguments(rest: &[String]) -> Result<(), String> {
    match rest.first() {
        None => Ok(()),
        Some(extra) => Err(format!("unexpected argument '{extra}'; cargo xtask --help")),
    }
}

/// The repository's root: the parent of this crate's folder.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
