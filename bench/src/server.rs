//! The server's process: started on a core of its own, watched through the kernel.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{Failure, options::Options};

/// Clock ticks per second of /proc/PID/stat; 100 on every Linux that has not been built otherwise.
const TICKS_PER_S: f64 = 100.0;

/// Keeps a process, and the threads it will start, on one core.
pub(crate) fn pin(process: u32, core: usize) -> Result<(), Failure> {
    let mut command = Command::new("taskset");
    command
        .args(["-cp", &core.to_string(), &process.to_string()])
        .stdout(Stdio::null());
    if command.status()?.success() {
        Ok(())
    } else {
        Err(format!("taskset cannot use core {core}").into())
    }
}

/// A running `visavis dev`; ended when it goes out of scope.
pub(crate) struct Server {
    child: Child,
    ready_file: PathBuf,
    settings: Value,
}

impl Server {
    pub(crate) fn start(options: &Options) -> Result<Self, Failure> {
        let ready_file =
            std::env::temp_dir().join(format!("visavis-bench-{}.json", std::process::id()));
        // A file of a run that was cut short.
        let _ = fs::remove_file(&ready_file);
        let child = Command::new("taskset")
            .args(["-c", &options.server_core.to_string()])
            .arg(&options.server)
            .args(["dev", "--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&ready_file)
            .env("VISAVIS_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Self {
            child,
            ready_file,
            settings: Value::Null,
        };
        server.settings = server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<Value, Failure> {
        let deadline = Instant::now() + Duration::from_secs(15);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended at once ({status})").into());
            }
            if let Some(settings) = fs::read(&self.ready_file)
                .ok()
                .and_then(|text| serde_json::from_slice(&text).ok())
            {
                return Ok(settings);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err("the server was not ready within 15 s".into())
    }

    /// A string of the ready file.
    pub(crate) fn setting(&self, name: &str) -> Result<&str, Failure> {
        self.settings[name]
            .as_str()
            .ok_or_else(|| format!("the ready file has no '{name}'").into())
    }

    /// Memory that the kernel counts as the server's, in bytes.
    pub(crate) fn resident_bytes(&self) -> Result<u64, Failure> {
        resident_of(self.child.id())
    }

    /// Processor time the server has used so far.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        cpu_of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done about a server that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.ready_file);
    }
}

/// Memory that the kernel counts as a process's, in bytes.
pub(crate) fn resident_of(process: u32) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib * 1024)
}

/// Processor time a process has used so far.
pub(crate) fn cpu_of(process: u32) -> Result<Duration, Failure> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold spaces; utime and stime are the 12th and 13th fields after it.
    let fields = stat.rsplit_once(") ").ok_or("no stat")?.1;
    let ticks: u64 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(str::parse::<u64>)
        .sum::<Result<u64, _>>()?;
    Ok(Duration::from_secs_f64(ticks as f64 / TICKS_PER_S))
}

/// Processor time that everything on the machine has used so far.
pub(crate) fn cpu_of_all() -> Result<Duration, Failure> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().ok_or("no stat")?;
    // user nice system idle iowait irq softirq; what waits is no work.
    let ticks = line
        .split_whitespace()
        .skip(1)
        .map(str::parse::<u64>)
        .collect::<Result<Vec<_>, _>>()?;
    let busy: u64 = [0, 1, 2, 5, 6].iter().filter_map(|&at| ticks.get(at)).sum();
    Ok(Duration::from_secs_f64(busy as f64 / TICKS_PER_S))
}

/// What /proc/cpuinfo calls the processor.
pub(crate) fn processor() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(
        || "unknown processor".to_owned(),
        |(_, name)| name.to_owned(),
    )
}
