//! Gets the peers: from npm, Debian and the Go module proxy, into `bench/.cache`, which git ignores.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The last version of Centrifugo that these figures were taken with.
pub(crate) const CENTRIFUGO: &str = "v6.9.6";

/// Where peers live.
pub(crate) struct Cache {
    pub(crate) folder: PathBuf,
    /// Our programs and settings for them.
    pub(crate) peers: PathBuf,
}

impl Cache {
    /// `bench/.cache`, seen from the repository's root, where `cargo xtask bench` runs us.
    pub(crate) fn open() -> Result<Self, String> {
        let root = env::current_dir().map_err(|error| error.to_string())?;
        let peers = root.join("bench/peers");
        if !peers.is_dir() {
            return Err("run it in the repository's root: there is no bench/peers here".to_owned());
        }
        let folder = root.join("bench/.cache");
        fs::create_dir_all(&folder).map_err(|error| format!("bench/.cache: {error}"))?;
        Ok(Self { folder, peers })
    }

    /// A folder with the packages that `bench/peers/package.json` names.
    pub(crate) fn npm(&self) -> Result<PathBuf, String> {
        self.packages("npm", "package.json")
    }

    /// A folder of this name with the packages that a file in `bench/peers` names.
    pub(crate) fn packages(&self, folder: &str, file: &str) -> Result<PathBuf, String> {
        let folder = self.folder.join(folder);
        let wanted = fs::read(self.peers.join(file)).map_err(|e| e.to_string())?;
        let stamp = folder.join("installed.json");
        if fs::read(&stamp).is_ok_and(|have| have == wanted) {
            return Ok(folder);
        }
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        fs::write(folder.join("package.json"), &wanted).map_err(|error| error.to_string())?;
        let words = [
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--loglevel=error",
        ];
        run(Command::new("npm").args(words).current_dir(&folder))?;
        fs::write(&stamp, &wanted).map_err(|error| error.to_string())?;
        Ok(folder)
    }

    /// Makes Centrifugo with the Go on this machine.
    pub(crate) fn centrifugo(&self) -> Result<PathBuf, String> {
        let folder = self.folder.join("centrifugo");
        let program = folder.join("centrifugo");
        if program.is_file() {
            return Ok(program);
        }
        let go = find("go")
            .or_else(|| Some(PathBuf::from("/usr/local/go/bin/go")).filter(|go| go.is_file()))
            .ok_or("no Go on this machine")?;
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let module = format!("github.com/centrifugal/centrifugo/{}", &CENTRIFUGO[..2]);
        // A module of our own that requires it, so that proxies without version lists will do.
        let text = format!("module peers\n\ngo 1.26\n\nrequire {module} {CENTRIFUGO}\n");
        fs::write(folder.join("go.mod"), text).map_err(|error| error.to_string())?;
        run(Command::new(go)
            .args(["build", "-o", "centrifugo", &module])
            .env("GOTOOLCHAIN", "auto")
            .env("GOFLAGS", "-mod=mod")
            .current_dir(&folder))?;
        Ok(program)
    }

    /// A folder for the server's own files.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.folder.join("run").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        Ok(folder)
    }
}

/// A program of a Debian package.
pub(crate) fn debian(package: &str, program: &str) -> Result<PathBuf, String> {
    if let Some(path) = find(program) {
        return Ok(path);
    }
    let apt = |words: &[&str]| {
        run(Command::new("apt-get")
            .args(words)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    };
    // An outdated list can still serve; installing says what is wrong.
    let _ = apt(&["update"]);
    apt(&["install", "--yes", "--no-install-recommends", package])?;
    find(program).ok_or_else(|| format!("Debian's {package} brought no {program}"))
}

/// A program on the PATH, or where Debian keeps those of the system.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// A program that must be there already; the error says which Debian packages bring it.
pub(crate) fn present(program: &str, packages: &str) -> Result<PathBuf, String> {
    find(program).ok_or_else(|| {
        format!("there is no {program} on this machine; 'apt-get install {packages}' brings it")
    })
}

/// The version of an installed Debian package.
pub(crate) fn debian_version(package: &str) -> String {
    let words = ["--showformat=${Version}", "--show", package];
    let output = Command::new("dpkg-query").args(words).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// What a program says its version is.
pub(crate) fn version(program: &Path, word: &str) -> String {
    let output = Command::new(program).arg(word).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.split_whitespace()
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or("unknown")
        .to_owned()
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("cannot run {name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    Err(format!(
        "{name} failed: {}",
        last.unwrap_or("it said nothing")
    ))
}
