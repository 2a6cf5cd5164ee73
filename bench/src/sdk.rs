//! What an SDK costs its application: visavis-client beside the published Python SDK.
//!
//! Each runs in a process of its own on the load's core, in turns, against the same server. The kernel says what the
//! process used from the moment its sessions were open to its last frame.

pub(crate) mod load;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    Failure,
    figures::{head, ms, row},
    options::Options,
    server::{self, Server},
    session::Access,
    speech,
};

/// What voice agents get from most synthesizers.
const RATE: u32 = 24_000;
const CHUNK: Duration = Duration::from_millis(100);
const FRAMES_PER_S: usize = 25;
/// How often each side has its turn.
const ROUNDS: usize = 3;
/// From the root of the repository.
const PYTHON: &str = "interop/.cache/venv-spatialreal/bin/python";
const SCRIPT: &str = "bench/python/sdk_load.py";

pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    if !Path::new(PYTHON).exists() {
        return Err(format!(
            "the Python SDK is not there ({PYTHON}); run 'cargo xtask interop' once, which installs it, \
             and this from the root of the repository"
        )
        .into());
    }
    let sessions = options.count.unwrap_or(8);
    let seconds = usize::try_from(options.length.unwrap_or(Duration::from_secs(20)).as_secs())?;
    if sessions == 0 || seconds == 0 {
        return Err("sdk needs a session and a second at least".into());
    }
    let server = Server::start(options)?;
    let access = Access::new(&server, sessions).await?;
    let audio = Audio::new(seconds)?;
    let settings = json!({
        "console": server.setting("console")?,
        "ingress": server.setting("ingress")?,
        "avatar_id": server.setting("avatar_id")?,
        "api_key": access.api_key(),
        "app_id": access.app_id(),
        "sample_rate": RATE,
        "sessions": sessions,
        "audio": &audio.0,
    });
    let mut sides = [Side::default(), Side::default()];
    for _ in 0..ROUNDS {
        for (number, side) in sides.iter_mut().enumerate() {
            let mut command = if number == 0 {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("sdk-load");
                command
            } else {
                let mut command = Command::new(PYTHON);
                command.arg(SCRIPT);
                command
            };
            side.measure(&mut command, &settings, sessions * seconds * FRAMES_PER_S)?;
        }
    }
    report(&sides, sessions, seconds);
    Ok(())
}

fn report(sides: &[Side; 2], sessions: usize, seconds: usize) {
    let heard = sessions * seconds;
    println!(
        "SDKs, {ROUNDS} times {sessions} sessions of {seconds} s in turns, 24 kHz in chunks of 100 ms, on {}:\n",
        server::processor()
    );
    head(&[
        "SDK",
        "CPU per second of audio",
        "rounds",
        "audio",
        "frames",
    ]);
    let each = |cpu: Duration| cpu / u32::try_from(heard).unwrap_or(u32::MAX);
    for side in sides {
        let rounds: Vec<_> = side.cpu.iter().map(|cpu| ms(each(*cpu))).collect();
        row(&[
            side.name.clone(),
            ms(side.mean(heard)),
            rounds.join(", "),
            format!("{} s", ROUNDS * heard),
            side.frames.to_string(),
        ]);
    }
    let [ours, theirs] = sides.each_ref().map(|side| side.mean(heard).as_secs_f64());
    println!(
        "\n{} takes {:.1} times the CPU of {}.",
        sides[1].name,
        theirs / ours,
        sides[0].name
    );
}

/// What one SDK used and received.
#[derive(Default)]
struct Side {
    name: String,
    cpu: Vec<Duration>,
    frames: usize,
}

impl Side {
    /// One round, in a process of its own, which must receive all the frames.
    fn measure(
        &mut self,
        command: &mut Command,
        settings: &Value,
        wanted: usize,
    ) -> Result<(), Failure> {
        let mut process = Process::start(command)?;
        process.say(&settings.to_string())?;
        self.name = process.line()?;
        let before = process.cpu()?;
        process.say("go")?;
        let said = process.line()?;
        if said != "done" {
            return Err(format!("{} said '{said}'", self.name).into());
        }
        self.cpu.push(process.cpu()?.saturating_sub(before));
        process.say("count")?;
        let frames: usize = process.line()?.parse()?;
        if frames != wanted {
            return Err(format!("{} received {frames} frames, not {wanted}", self.name).into());
        }
        self.frames += frames;
        let status = process.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("{} failed in the end ({status})", self.name).into())
        }
    }

    /// For a second of audio.
    fn mean(&self, heard: usize) -> Duration {
        let all: Duration = self.cpu.iter().sum();
        all.div_f64((heard * self.cpu.len()) as f64)
    }
}

/// A process that is told what to do in lines; ended when it goes out of scope.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            child,
            input: input.ok_or("no pipe")?,
            output: BufReader::new(output.ok_or("no pipe")?),
        })
    }

    fn say(&mut self, line: &str) -> Result<(), Failure> {
        Ok(writeln!(self.input, "{line}")?)
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err("a process of the SDKs ended early; its message is above".into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn cpu(&self) -> Result<Duration, Failure> {
        server::cpu_of(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing can be done about a process that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The file that both sides send; removed when it goes out of scope.
struct Audio(PathBuf);

impl Audio {
    fn new(seconds: usize) -> Result<Self, Failure> {
        let file =
            Self(std::env::temp_dir().join(format!("visavis-bench-{}.pcm", std::process::id())));
        fs::write(
            &file.0,
            speech::bytes(&speech::synthesize_at(RATE, seconds)),
        )?;
        Ok(file)
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        // It lies in the folder for such files.
        let _ = fs::remove_file(&self.0);
    }
}
