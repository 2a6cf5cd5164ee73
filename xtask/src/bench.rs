//! `cargo xtask bench`: the figures of docs/benchmarks.md, measured on this machine.

use crate::{interop, sh};

/// What `sdk` compares with; `cargo xtask interop` installs it.
const PYTHON_SDK: &str = "interop/.cache/venv-spatialreal";

const NAMES: &[&str] = &[
    "animate",
    "first-frame",
    "idle",
    "sdk",
    "sessions",
    "signaling",
];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut parts = arguments.split(|argument| argument == "--");
    let (names, options) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!(
            "no measurement '{unknown}'; there are {}; options follow --",
            NAMES.join(", ")
        ));
    }
    sh::run(&mut sh::cargo(&[
        "build",
        "--release",
        "--quiet",
        "--package",
        "visavis",
        "--package",
        "visavis-bench",
    ]))?;
    let server = interop::binary();
    let program = server.with_file_name("visavis-bench");
    for name in NAMES {
        if names.is_empty() && *name == "sdk" && !crate::root().join(PYTHON_SDK).exists() {
            println!("sdk: left out; run 'cargo xtask interop' once to install the Python SDK\n");
        } else if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            let mut command = sh::command(&program, &[name, "--server"]);
            sh::run(command.arg(&server).args(options))?;
            println!();
        }
    }
    Ok(())
}
