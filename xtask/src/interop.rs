//! `cargo xtask interop`: other people's SDKs, unmodified, against the release binary.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{report::Report, sh, system};

/// Prepares the machine, builds the server and runs `interop/run.py` with `arguments`.
pub(crate) fn run(arguments: &[String], report: &mut Report) -> Result<(), String> {
    if arguments
        .iter()
        .any(|argument| argument == "-h" || argument == "--help")
    {
        report.skip("interop", "only told about");
        return sh::run(sh::command("python3", &["interop/run.py"]).args(arguments));
    }
    let started = Instant::now();
    let prepared = prepare();
    report.step(
        "interop: preparation",
        started.elapsed(),
        prepared.clone().map(drop),
    );
    // The reason is in the report already.
    let Ok((driver, binary)) = prepared else {
        return Ok(());
    };
    alerts(report);
    suite(&driver, &binary, arguments, report);
    Ok(())
}

/// The alert rules that operators copy, and their own tests.
fn alerts(report: &mut Report) {
    let started = Instant::now();
    let folder = crate::root().join("docs/operations");
    let outcome = [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts_test.yml"],
    ]
    .iter()
    .try_for_each(|words| {
        sh::run_quietly(sh::command("promtool", words).current_dir(&folder)).map(drop)
    });
    report.step("alert rules", started.elapsed(), outcome);
}

fn prepare() -> Result<(PathBuf, PathBuf), String> {
    system::prepare()?;
    let requirements = crate::root().join("interop/requirements");
    let mut names: Vec<String> = Vec::new();
    let files =
        fs::read_dir(&requirements).map_err(|error| format!("interop/requirements: {error}"))?;
    for file in files.map_while(Result::ok) {
        if let Some(name) = file
            .file_name()
            .to_str()
            .and_then(|name| name.strip_suffix(".txt"))
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    for name in &names {
        environment(name, &requirements.join(format!("{name}.txt")))?;
    }
    node_modules()?;
    sh::release(&["visavis"])?;
    Ok((venv("driver").join("bin/python"), binary()))
}

/// The server as `cargo build --release` leaves it.
pub(crate) fn binary() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    crate::root().join(target).join("release/visavis")
}

/// One virtual environment, made again only when what it must hold has changed.
fn environment(name: &str, requirements: &Path) -> Result<(), String> {
    let wanted =
        fs::read_to_string(requirements).map_err(|error| format!("{name}.txt: {error}"))?;
    let folder = venv(name);
    let stamp = folder.join("requirements.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        println!("environment {name}: up to date");
        return Ok(());
    }
    println!("environment {name}: installing");
    let python = folder.join("bin/python");
    sh::run_quietly(sh::command("python3", &["-m", "venv", "--clear"]).arg(&folder))?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ];
    sh::run_quietly(sh::command(&python, &install).arg(requirements))?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// The published signaling SDK as `interop/node/package.json` pins it, installed where git does not look.
fn node_modules() -> Result<(), String> {
    let source = crate::root().join("interop/node");
    let folder = crate::root().join("interop/.cache/node");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut wanted = String::new();
    for name in ["package.json", "package-lock.json"] {
        let text = fs::read_to_string(source.join(name))
            .map_err(|error| format!("interop/node/{name}: {error}"))?;
        fs::write(folder.join(name), &text).map_err(|error| format!("{name}: {error}"))?;
        wanted.push_str(&text);
    }
    let stamp = folder.join("packages.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        println!("environment node: up to date");
        return Ok(());
    }
    println!("environment node: installing");
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    sh::run_quietly(sh::command("npm", &install).current_dir(&folder))?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn venv(name: &str) -> PathBuf {
    crate::root()
        .join("interop/.cache")
        .join(format!("venv-{name}"))
}

fn suite(driver: &Path, binary: &Path, arguments: &[String], report: &mut Report) {
    let started = Instant::now();
    let mut counts = None;
    let mut command = sh::command(driver, &["interop/run.py", "--binary"]);
    command
        .arg(binary)
        .args(arguments)
        .env("PYTHONUNBUFFERED", "1");
    let outcome = sh::run_lines(&mut command, |line| counts = closing_line(line).or(counts));
    let (passed, failed, skipped) = counts.unwrap_or((0, 0, 0));
    let (failed, note) = match outcome {
        Ok(()) => (failed, String::new()),
        Err(problem) => (failed.max(1), problem),
    };
    report.suite(
        "interop: published SDKs",
        (passed, failed, skipped),
        started.elapsed(),
        &note,
    );
}

/// `interop: 12 passed, 3 failed, 1 skipped`
fn closing_line(line: &str) -> Option<(usize, usize, usize)> {
    let mut counts = line.strip_prefix("interop: ")?.split(", ");
    let mut next = |word: &str| counts.next()?.strip_suffix(word)?.trim().parse().ok();
    Some((next("passed")?, next("failed")?, next("skipped")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_the_suite_is_read() {
        assert_eq!(
            closing_line("interop: 12 passed, 3 failed, 1 skipped"),
            Some((12, 3, 1))
        );
        assert_eq!(closing_line("interop: starting"), None);
    }
}
