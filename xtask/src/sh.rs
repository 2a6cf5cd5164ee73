//! Running other programs, with one line that says what is run.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

/// A command in the repository's root.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(crate::root())
        .stdin(Stdio::null());
    command
}

/// The cargo that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    command(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        arguments,
    )
}

/// Builds the release binaries of these packages.
pub(crate) fn release(packages: &[&str]) -> Result<(), String> {
    let mut build = cargo(&["build", "--release", "--quiet"]);
    for package in packages {
        build.args(["--package", package]);
    }
    run(&mut build)
}

/// Runs it with its output shown.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    announce(command);
    let status = command
        .status()
        .map_err(|error| unstartable(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed ({status})", text(command)))
    }
}

/// Runs it quietly; on failure the end of its output is the error.
pub(crate) fn run_quietly(command: &mut Command) -> Result<String, String> {
    announce(command);
    let output = command
        .output()
        .map_err(|error| unstartable(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    let tail: Vec<&str> = said.lines().rev().take(15).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    Err(format!(
        "{} failed ({}):\n{}",
        text(command),
        output.status,
        tail.join("\n")
    ))
}

/// Runs it, shows every line of its standard output as it comes, and hands each to `each`.
pub(crate) fn run_lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<(), String> {
    announce(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| unstartable(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            println!("{line}");
            each(&line);
        }
    }
    let status = child.wait().map_err(|error| unstartable(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed ({status})", text(command)))
    }
}

/// Whether `program` is on the PATH.
pub(crate) fn has(program: &str) -> bool {
    let Some(paths) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

fn announce(command: &Command) {
    println!("$ {}", text(command));
}

fn unstartable(command: &Command, error: &std::io::Error) -> String {
    format!(
        "cannot run {}: {error}",
        command.get_program().to_string_lossy()
    )
}

/// The command as one would type it, without the machine's folders.
fn text(command: &Command) -> String {
    let root = crate::root();
    let mut words = vec![short(Path::new(command.get_program()), &root)];
    words.extend(command.get_args().map(|word| short(Path::new(word), &root)));
    words.join(" ")
}

fn short(word: &Path, root: &Path) -> String {
    if word.file_name().is_some_and(|name| name == "cargo") {
        return "cargo".to_owned();
    }
    word.strip_prefix(root)
        .unwrap_or(word)
        .to_string_lossy()
        .into_owned()
}
