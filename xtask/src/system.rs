//! What the SDK tests need from the operating system, and how to get it on Debian.

use std::process::Command;

use crate::sh;

/// A program or library that must be there, and the Debian package that brings it.
struct Need {
    package: &'static str,
    what: What,
}

enum What {
    Program(&'static str),
    Library(&'static str),
    /// `python3 -m venv` works; Debian splits that from python3.
    Venv,
}

const NEEDS: &[Need] = &[
    Need {
        package: "espeak-ng",
        what: What::Program("espeak-ng"),
    },
    Need {
        package: "flite",
        what: What::Program("flite"),
    },
    // Ogg Opus as an application would send it.
    Need {
        package: "opus-tools",
        what: What::Program("opusenc"),
    },
    // What the SDKs' own Opus encoders load.
    Need {
        package: "libopus0",
        what: What::Library("libopus.so.0"),
    },
    // Run the published signaling SDK.
    Need {
        package: "nodejs",
        what: What::Program("node"),
    },
    Need {
        package: "npm",
        what: What::Program("npm"),
    },
    Need {
        package: "chromium",
        what: What::Program("chromium"),
    },
    // Checks the alert rules.
    Need {
        package: "prometheus",
        what: What::Program("promtool"),
    },
    Need {
        package: "python3",
        what: What::Program("python3"),
    },
    Need {
        package: "python3-venv",
        what: What::Venv,
    },
];

/// Installs what is missing, or says which line would.
pub(crate) fn prepare() -> Result<(), String> {
    let missing: Vec<&str> = NEEDS
        .iter()
        .filter(|need| !need.is_met())
        .map(|need| need.package)
        .collect();
    if missing.is_empty() {
        println!("system packages: all there");
        return Ok(());
    }
    println!("system packages: missing {}", missing.join(", "));
    let line = format!(
        "apt-get update && apt-get install --yes {}",
        missing.join(" ")
    );
    let Some(apt) = apt() else {
        return Err(format!(
            "the SDK tests need {}; as root, run: {line}",
            missing.join(", ")
        ));
    };
    // An outdated list can still serve; installing says what is wrong.
    let _ = sh::run_quietly(&mut apt(&["update"]));
    let mut words = vec!["install", "--yes", "--no-install-recommends"];
    words.extend(&missing);
    sh::run_quietly(&mut apt(&words))
        .map_err(|problem| format!("{problem}\nas root, run: {line}"))?;
    Ok(())
}

impl Need {
    fn is_met(&self) -> bool {
        match self.what {
            What::Program(name) => sh::has(name),
            What::Library(name) => has_library(name),
            What::Venv => succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])),
        }
    }
}

fn has_library(name: &str) -> bool {
    ["/sbin/ldconfig", "ldconfig"].iter().any(|program| {
        let listed = Command::new(program).arg("-p").output();
        listed.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(name))
    })
}

/// How to call apt-get with the rights to install: as root, or with sudo that asks nothing.
fn apt() -> Option<fn(&[&str]) -> Command> {
    if !sh::has("apt-get") {
        return None;
    }
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if root {
        return Some(|words| {
            let mut command = sh::command("apt-get", words);
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        });
    }
    if sh::has("sudo") && succeeds(Command::new("sudo").args(["-n", "true"])) {
        return Some(|words| {
            let mut command = sh::command(
                "sudo",
                &["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
            );
            command.args(words);
            command
        });
    }
    None
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
