//! A `visavis dev` of its own for one test.

use std::fs;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) struct Server {
    child: Child,
    pub(crate) http: String,
    pub(crate) admin_token: String,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts one that logs everything, and waits until it is ready.
    pub(crate) fn start() -> Self {
        Self::start_with_log("trace")
    }

    /// Starts one that logs what this filter lets through.
    pub(crate) fn start_with_log(filter: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready.json");
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_visavis"))
            .args([
                "dev",
                "--listen",
                "127.0.0.1:0",
                "--log",
                filter,
                "--log-json",
                "--ready-file",
            ])
            .arg(&ready)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let started = Instant::now();
        let settings: Value = loop {
            if let Ok(text) = fs::read(&ready) {
                break serde_json::from_slice(&text).unwrap();
            }
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "the server does not get ready"
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        let text = |key: &str| settings[key].as_str().unwrap().to_owned();
        Self {
            child,
            http: text("http"),
            admin_token: text("admin_token"),
            folder,
        }
    }

    /// Its resident memory, from the kernel.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Ends it as Ctrl-C does, and gives all that it logged.
    pub(crate) fn stop(mut self) -> String {
        let asked = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(asked.success());
        assert!(
            self.child.wait().unwrap().success(),
            "the server did not end cleanly"
        );
        let mut log = String::new();
        fs::File::open(self.folder.path().join("log"))
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
