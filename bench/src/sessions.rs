//! Concurrent real-time sessions on one core.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{
    sync::mpsc,
    task::{JoinSet, LocalSet},
    time::{Instant as Tick, sleep_until},
};
use visavis_animate::{Animator, Options as Engine};

use crate::{
    Failure,
    figures::{Durations, head, mib, ms, row},
    options::Options,
    server::{self, Server},
    session::{Access, Receiver, Sender},
    speech,
};

/// The aim: 99 of 100 frames arrive this soon after the chunk that completes them.
const AIM: Duration = Duration::from_millis(20);
const CHUNK: Duration = Duration::from_millis(100);
/// Samples of one frame at 25 a second.
const FRAME: usize = 640;
/// How long each number of sessions runs.
const LENGTH: Duration = Duration::from_secs(15);
/// Not measured: connections are still being made, caches are cold.
const WARM_UP: Duration = Duration::from_secs(3);

pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    println!(
        "Real-time sessions, 16 kHz in chunks of 100 ms, server on one core of {}:\n",
        server::processor()
    );
    head(&[
        "sessions",
        "chunk-to-frame p50",
        "p99",
        "p99.9",
        "frames",
        "server CPU",
        "load CPU",
        "other work",
        "server's memory",
    ]);
    let (mut best, mut missed) = (None, 0);
    for &sessions in &options.sessions {
        let server = Server::start(options)?;
        let access = Rc::new(Access::new(&server, sessions).await?);
        let length = options.length.unwrap_or(LENGTH);
        let run = LocalSet::new()
            .run_until(load(&server, access, sessions, length))
            .await?;
        row(&[
            sessions.to_string(),
            ms(run.latencies.percentile(0.5)),
            ms(run.latencies.percentile(0.99)),
            ms(run.latencies.percentile(0.999)),
            run.latencies.len().to_string(),
            format!("{:.0} %", 100.0 * run.server_cpu),
            format!("{:.0} %", 100.0 * run.load_cpu),
            format!("{:.0} %", 100.0 * run.other_cpu),
            mib(run.resident_bytes),
        ]);
        if run.latencies.percentile(0.99) < AIM {
            best = Some(sessions);
        } else {
            missed += 1;
        }
        // One miss may be the machine's; two are the server's.
        if missed == 2 {
            break;
        }
    }
    match best {
        Some(sessions) => println!(
            "\n{sessions} sessions per core with p99 under {} ms, of those tried.",
            AIM.as_millis()
        ),
        None => println!(
            "\nNone of the numbers tried had p99 under {} ms.",
            AIM.as_millis()
        ),
    }
    Ok(())
}

struct Run {
    latencies: Durations,
    server_cpu: f64,
    load_cpu: f64,
    /// What else ran on the machine, in cores: far from zero, the latencies tell of that and not of the server.
    other_cpu: f64,
    resident_bytes: u64,
}

async fn load(
    server: &Server,
    access: Rc<Access>,
    sessions: usize,
    length: Duration,
) -> Result<Run, Failure> {
    let engine =
        Animator::new(speech::RATE, &Engine::default()).map_err(|error| error.to_string())?;
    let reach = usize::try_from(engine.first_frame_samples())?;
    let audio = Bytes::from(speech::bytes(&speech::synthesize(12)));
    let mut opened = Vec::with_capacity(sessions);
    for _ in 0..sessions {
        opened.push(access.open().await?);
    }
    let begin = Tick::now() + Duration::from_millis(200);
    let mut tasks = JoinSet::new();
    for (number, (sender, receiver)) in opened.into_iter().enumerate() {
        // Phases spread over the chunk, in an order that has nothing to do with that of the connections.
        let phase = CHUNK.mul_f64((number as f64 * 0.618_034).fract());
        let chunks = usize::try_from((WARM_UP + length).as_millis() / CHUNK.as_millis())?;
        tasks.spawn_local(speak(
            sender,
            receiver,
            audio.clone(),
            begin + phase,
            chunks,
            reach,
        ));
    }
    tokio::time::sleep_until(begin + WARM_UP).await;
    let (began, before) = (Instant::now(), Cpu::now(server)?);
    tokio::time::sleep_until(begin + WARM_UP + length).await;
    let wall = began.elapsed().as_secs_f64();
    let after = Cpu::now(server)?;
    let share = |of: fn(&Cpu) -> Duration| (of(&after) - of(&before)).as_secs_f64() / wall;
    let (server_cpu, load_cpu) = (share(|cpu| cpu.server), share(|cpu| cpu.load));
    let other_cpu = (share(|cpu| cpu.all) - server_cpu - load_cpu).max(0.0);
    let resident_bytes = server.resident_bytes()?;
    let mut latencies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies.extend(done?.map_err(|problem| format!("{sessions} sessions: {problem}"))?);
    }
    Ok(Run {
        latencies: latencies.into(),
        server_cpu,
        load_cpu,
        other_cpu,
        resident_bytes,
    })
}

/// Processor time used so far.
struct Cpu {
    server: Duration,
    load: Duration,
    all: Duration,
}

impl Cpu {
    fn now(server: &Server) -> Result<Self, Failure> {
        Ok(Self {
            server: server.cpu()?,
            load: server::cpu_of(std::process::id())?,
            all: server::cpu_of_all()?,
        })
    }
}

/// One session: a chunk every 100 ms, and how long each frame took after the chunk that completed it.
async fn speak(
    mut sender: Sender,
    mut receiver: Receiver,
    audio: Bytes,
    begin: Tick,
    chunks: usize,
    reach: usize,
) -> Result<Vec<Duration>, String> {
    let (times, mut sent) = mpsc::unbounded_channel();
    let sending = tokio::task::spawn_local(async move {
        for number in 0..chunks {
            sleep_until(begin + CHUNK * u32::try_from(number).unwrap_or(u32::MAX)).await;
            let at = number * 2 * speech::CHUNK % audio.len();
            let last = number + 1 == chunks;
            // The receiver lives as long as this task does.
            let _ = times.send(Instant::now());
            let chunk = audio.slice(at..at + 2 * speech::CHUNK);
            sender
                .audio("speech", chunk, last)
                .await
                .map_err(|problem| problem.to_string())?;
        }
        Ok::<_, String>(sender)
    });
    let mut at = Vec::with_capacity(chunks);
    let mut latencies = Vec::new();
    let mut frame = 0;
    let mut ended = false;
    while !ended {
        let (frames, end) = receiver
            .animation()
            .await
            .map_err(|problem| problem.to_string())?;
        let now = Instant::now();
        while let Ok(time) = sent.try_recv() {
            at.push(time);
        }
        for _ in 0..frames {
            let chunk = (frame * FRAME + reach).div_ceil(speech::CHUNK) - 1;
            // The last frames wait for the end of the audio, not for a chunk; the first ones are the warm-up.
            if let Some(time) = at.get(chunk)
                && CHUNK * u32::try_from(chunk).unwrap_or(u32::MAX) >= WARM_UP
            {
                latencies.push(now.saturating_duration_since(*time));
            }
            frame += 1;
        }
        ended = end;
    }
    sending.await.map_err(|problem| problem.to_string())??;
    Ok(latencies)
}
