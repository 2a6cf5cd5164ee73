//! A peer's process and what it starts: pinned, measured, and ended together.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Failure, server};

pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `program` on one core, in a group of its own.
    pub(crate) fn start(
        core: usize,
        folder: &Path,
        program: &Path,
        prepare: impl FnOnce(&mut Command),
    ) -> Result<Self, Failure> {
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string()]).arg(program);
        prepare(&mut command);
        let log = fs::File::create(folder.join("server.log"))?;
        let child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()?;
        Ok(Self { child })
    }

    pub(crate) fn wait_for(&mut self, address: SocketAddr) -> Result<(), Failure> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended at once ({status})").into());
            }
            if TcpStream::connect(address).is_ok() {
                // What it does only once, after it listens.
                thread::sleep(Duration::from_millis(500));
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("the server did not listen within 30 s".into())
    }

    /// Processor time of the whole family.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        self.family()?.into_iter().map(server::cpu_of).sum()
    }

    /// Resident memory of the whole family.
    pub(crate) fn resident_bytes(&self) -> Result<u64, Failure> {
        self.family()?.into_iter().map(server::resident_of).sum()
    }

    /// The process and its descendants.
    fn family(&self) -> Result<Vec<u32>, Failure> {
        let mut parents = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let Some(process) = entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<u32>().ok())
            else {
                continue;
            };
            // A process that has ended meanwhile is none of ours.
            let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else {
                continue;
            };
            let parent = stat
                .rsplit_once(") ")
                .and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
            parents.extend(parent.map(|parent: u32| (process, parent)));
        }
        let mut family: Vec<u32> = vec![self.child.id()];
        let mut at = 0;
        while let Some(&parent) = family.get(at) {
            family.extend(
                parents
                    .iter()
                    .filter(|pair| pair.1 == parent)
                    .map(|pair| pair.0),
            );
            at += 1;
        }
        Ok(family)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A group that is gone already needs no ending.
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.child.id())])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.wait();
    }
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
