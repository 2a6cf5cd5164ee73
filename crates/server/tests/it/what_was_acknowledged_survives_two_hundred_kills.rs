//! SIGKILL at random moments during a message storm: nothing acknowledged is lost, nothing is told twice or out of
//! order, and clients come back by themselves.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use visavis_client::signaling::{Client, Event, Events};

/// How often the server is killed.
const KILLS: usize = 200;
/// Pairs of a sender and a receiver.
const PAIRS: usize = 8;
/// How long everything may take to arrive after the last kill.
const SETTLE_MAX: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_two_hundred_kills() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut server = start(folder.path(), port);
    let over = Arc::new(AtomicBool::new(false));
    let mut senders = Vec::new();
    let mut receivers = Vec::new();
    for pair in 0..PAIRS {
        let (receiver, sender) = (format!("receiver-{pair}"), format!("sender-{pair}"));
        let (session, events) = log_in(port, &receiver).await;
        receivers.push((session, tokio::spawn(receive(events))));
        let (session, mut events) = log_in(port, &sender).await;
        tokio::spawn(async move { while events.next().await.is_some() {} });
        let over = Arc::clone(&over);
        senders.push(tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            let mut next = 0u32;
            while !over.load(Ordering::Relaxed) {
                let sent = session
                    .message_instant_send(&receiver, &next.to_string())
                    .await;
                if sent.is_ok() {
                    acknowledged.push(next);
                }
                next += 1;
                // 50 a second, under the limit of 60.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let last = session.message_instant_send(&receiver, "last").await;
            (acknowledged, last.is_ok())
        }));
    }
    for _ in 0..KILLS {
        let mut random = [0; 2];
        getrandom::fill(&mut random).unwrap();
        let millis = 100 + u64::from(u16::from_le_bytes(random)) % 500;
        tokio::time::sleep(Duration::from_millis(millis)).await;
        server.kill();
        server = start(folder.path(), port);
    }
    over.store(true, Ordering::Relaxed);
    let mut total = 0;
    for (sender, (session, receiver)) in senders.into_iter().zip(receivers) {
        let (acknowledged, said_last) = sender.await.unwrap();
        assert!(said_last, "the sender did not come back");
        let received = tokio::time::timeout(SETTLE_MAX, receiver)
            .await
            .expect("the receiver did not come back")
            .unwrap();
        drop(session);
        assert!(
            received.is_sorted_by(|a, b| a < b),
            "out of order, or twice: {received:?}"
        );
        let lost: Vec<_> = acknowledged
            .iter()
            .filter(|n| !received.contains(n))
            .collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        total += acknowledged.len();
    }
    assert!(
        total > KILLS * PAIRS,
        "{total} acknowledged messages are no storm"
    );
    println!("{total} messages acknowledged over {KILLS} kills, none lost");
}

/// The numbers that arrive until `last` does.
async fn receive(mut events: Events) -> Vec<u32> {
    let mut received = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            Event::MessageInstantReceive { msg, .. } if msg == "last" => return received,
            Event::MessageInstantReceive { msg, .. } => received.push(msg.parse().unwrap()),
            Event::Logout { error } => panic!("a receiver gave up: {error}"),
            _ => {}
        }
    }
    received
}

async fn log_in(port: u16, account: &str) -> (visavis_client::signaling::Session, Events) {
    let client = Client::builder()
        .server(&format!("http://127.0.0.1:{port}"))
        .app_id("dev-app")
        .build()
        .unwrap();
    client.login(account, "_no_need_token").await.unwrap()
}

/// A server that is killed, not asked to end.
struct Server(Child);

impl Server {
    fn kill(&mut self) {
        // SIGKILL on Unix.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn start(folder: &Path, port: u16) -> Server {
    let ready = folder.join("ready.json");
    let _ = std::fs::remove_file(&ready);
    let child = Command::new(env!("CARGO_BIN_EXE_visavis"))
        .args(["dev", "--log", "error", "--listen"])
        .arg(format!("127.0.0.1:{port}"))
        .arg("--data-dir")
        .arg(folder.join("data"))
        .arg("--ready-file")
        .arg(&ready)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !ready.exists() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the server does not get ready"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    Server(child)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
