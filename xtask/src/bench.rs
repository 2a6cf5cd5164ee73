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
    sh::release(&["visavis", "visavis-bench"])?;
    let server = interop::binary();
    let program = server.with_file_name("visavis-bench");
    let mut left_out = Vec::new();
    for name in NAMES {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        if *name == "sdk" && !crate::root().join(PYTHON_SDK).exists() {
            left_out.push("sdk: 'cargo xtask interop' installs the Python SDK".to_owned());
            continue;
        }
        let mut command = sh::command(&program, &[name, "--server"]);
        // The others can be measured even so.
        if let Err(problem) = sh::run(command.arg(&server).args(options)) {
            left_out.push(format!("{name}: {problem}"));
        }
        println!();
    }
    if left_out.is_empty() {
        return Ok(());
    }
    Err(format!("not measured:\n  {}", left_out.join("\n  ")))
}
