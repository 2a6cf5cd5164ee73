//! `cargo xtask autobahn`: the Autobahn test suite, unmodified, against the framing of the signaling service.

use std::time::Instant;

use crate::{interop, report::Report, sh};

/// Builds the echo server around that framing and runs `interop/autobahn/run.py` with `arguments`.
pub(crate) fn run(arguments: &[String], report: &mut Report) -> Result<(), String> {
    sh::run(&mut sh::cargo(&[
        "build",
        "--release",
        "--quiet",
        "--package",
        "visavis-bench",
    ]))?;
    let echo = interop::binary().with_file_name("visavis-bench");
    let mut command = sh::command("python3", &["interop/autobahn/run.py"]);
    command
        .args(arguments)
        .arg("--")
        .arg(&echo)
        .args(["echo", "--listen", "127.0.0.1:{port}"]);
    let started = Instant::now();
    let mut counts = None;
    let outcome = sh::run_lines(&mut command, |line| counts = closing_line(line).or(counts));
    let (passed, failed) = counts.unwrap_or_default();
    let (failed, note) = match outcome {
        Ok(()) => (failed, String::new()),
        Err(problem) => (failed.max(1), problem),
    };
    report.suite("autobahn", (passed, failed, 0), started.elapsed(), &note);
    Ok(())
}

/// `autobahn: 301 passed, 0 failed`
fn closing_line(line: &str) -> Option<(usize, usize)> {
    let (passed, failed) = line.strip_prefix("autobahn: ")?.split_once(", ")?;
    let count = |text: &str, word: &str| text.strip_suffix(word)?.trim().parse().ok();
    Some((count(passed, "passed")?, count(failed, "failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_the_suite_is_read() {
        assert_eq!(
            closing_line("autobahn: 301 passed, 2 failed"),
            Some((301, 2))
        );
        assert_eq!(closing_line("autobahn: wstest ended with 1"), None);
    }
}
