//! The load, from another core: what it reads of the server is the kernel's account of it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Failure, serve::LIBRARIES};

const IDLE: usize = 5_000;
const RECEIVERS: [usize; 2] = [100, 1_000];
const PAYLOADS: [usize; 2] = [100, 4_096];
const LENGTH: Duration = Duration::from_millis(1_500);

/// Every figure of one library, over all rounds.
#[derive(Default)]
struct Figures {
    opened: Vec<f64>,
    used: Vec<f64>,
    deliveries: [Vec<f64>; RECEIVERS.len() * PAYLOADS.len()],
}

pub(crate) fn run(rounds: usize) -> Result<(), Failure> {
    let done = Command::new("taskset")
        .args(["-cp", "1", &std::process::id().to_string()])
        .stdout(Stdio::null())
        .status()?;
    if !done.success() {
        return Err("taskset cannot use core 1".into());
    }
    let mut figures: [Figures; LIBRARIES.len()] = Default::default();
    for _ in 0..rounds {
        for (library, figures) in LIBRARIES.iter().zip(&mut figures) {
            memory(library, figures)?;
            let mut at = figures.deliveries.iter_mut();
            for receivers in RECEIVERS {
                for (payload, at) in PAYLOADS.into_iter().zip(&mut at) {
                    at.push(delivery(library, receivers, payload)?);
                }
            }
        }
    }
    println!("Medians of {rounds} rounds; {IDLE} idle connections.\n");
    println!(
        "| | idle: opened | idle: after one message of 1 KiB | 100 × 100 B | 100 × 4 KiB | 1,000 × 100 B | 1,000 × 4 KiB |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (library, figures) in LIBRARIES.iter().zip(&mut figures) {
        let [a, b, c, d] = &mut figures.deliveries;
        println!(
            "| {library} | {:.0} B | {:.0} B | {:.2} µs | {:.2} µs | {:.2} µs | {:.2} µs |",
            median(&mut figures.opened),
            median(&mut figures.used),
            median(a),
            median(b),
            median(c),
            median(d),
        );
    }
    Ok(())
}

fn memory(library: &str, figures: &mut Figures) -> Result<(), Failure> {
    let server = Server::start(library)?;
    // What is set up once is not counted against the connections.
    let mut clients = vec![server.connect()?];
    exchange(&mut clients, 1_024)?;
    let before = server.resident_bytes()?;
    for _ in 0..IDLE {
        clients.push(server.connect()?);
    }
    thread::sleep(Duration::from_millis(200));
    let each = |after: f64| (after - before) / IDLE as f64;
    figures.opened.push(each(server.resident_bytes()?));
    exchange(&mut clients, 1_024)?;
    thread::sleep(Duration::from_millis(200));
    figures.used.push(each(server.resident_bytes()?));
    Ok(())
}

/// Processor time of the server per message and receiver, in microseconds.
fn delivery(library: &str, receivers: usize, payload: usize) -> Result<f64, Failure> {
    let server = Server::start(library)?;
    let mut clients = Vec::new();
    for _ in 0..receivers {
        clients.push(server.connect()?);
    }
    for _ in 0..5 {
        exchange(&mut clients, payload)?;
    }
    let (before, started, mut messages) = (server.cpu_ns()?, Instant::now(), 0);
    while started.elapsed() < LENGTH {
        exchange(&mut clients, payload)?;
        messages += 1;
    }
    let spent = server.cpu_ns()? - before;
    Ok(spent / (messages * receivers) as f64 / 1_000.0)
}

/// The first client sends; everybody receives, before anything else is sent.
fn exchange(clients: &mut [TcpStream], payload: usize) -> Result<(), Failure> {
    let mask = [0x12, 0x34, 0x56, 0x78];
    let mut frame = vec![0x81];
    let head = if payload < 126 {
        frame.push(0x80 | payload as u8);
        2
    } else {
        frame.push(0x80 | 126);
        frame.extend((payload as u16).to_be_bytes());
        4
    };
    frame.extend(mask);
    frame.extend((0..payload).map(|at| b'a' ^ mask[at % 4]));
    clients[0].write_all(&frame)?;
    let mut received = vec![0; head + payload];
    for client in clients {
        client.read_exact(&mut received)?;
        if received[0] != 0x81 || received[head..].iter().any(|byte| *byte != b'a') {
            return Err("something else came back".into());
        }
    }
    Ok(())
}

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(library: &str) -> Result<Self, Failure> {
        let mut child = Command::new("taskset")
            .args(["-c", "0"])
            .arg(std::env::current_exe()?)
            .args(["serve", library, "broadcast", "0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse();
        let mut server = Self { child, port: 0 };
        server.port = port?;
        Ok(server)
    }

    fn connect(&self) -> Result<TcpStream, Failure> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        )?;
        let mut response = Vec::new();
        let mut space = [0; 256];
        while !response.ends_with(b"\r\n\r\n") {
            let read = stream.read(&mut space)?;
            if read == 0 {
                return Err("no upgrade".into());
            }
            response.extend(&space[..read]);
        }
        Ok(stream)
    }

    fn resident_bytes(&self) -> Result<f64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .ok_or("no VmRSS")?;
        Ok(kib.parse::<f64>()? * 1_024.0)
    }

    /// Time on the processor of its one thread.
    fn cpu_ns(&self) -> Result<f64, Failure> {
        let schedstat = fs::read_to_string(format!("/proc/{}/schedstat", self.child.id()))?;
        let spent = schedstat.split(' ').next().ok_or("no schedstat")?;
        Ok(spent.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done about a server that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
