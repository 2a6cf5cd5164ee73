//! Measures how many messages a second the store takes: `cargo run --release -p visavis-store --example signal_throughput [FOLDER]`.
//!
//! Messages of 100 bytes go to 1,000 accounts, 200 in a transaction, and half of the time accounts clear their mailboxes.

use std::{error::Error, path::PathBuf, time::Instant};

use visavis_store::{NewApp, SignalWrite, Store};

const TRANSACTIONS: u64 = 200;
const UNITS: u64 = 200;
const ACCOUNTS: u64 = 1000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("signal-throughput-{}.db", std::process::id()));
    for (what, store) in [
        ("in memory", Store::in_memory().await?),
        ("on a file", Store::open(&path).await?),
    ] {
        let app = store.create_app(&NewApp::named("measure")).await?.app_id;
        for (with, unit) in [
            ("messages", message as fn(u64) -> Vec<SignalWrite>),
            ("messages, each with an event", message_with_event),
            ("clearings", clearing),
        ] {
            let started = Instant::now();
            for transaction in 0..TRANSACTIONS {
                let units = (transaction * UNITS..(transaction + 1) * UNITS).map(unit);
                store.signal_commit(&app, units.collect(), 1000).await?;
            }
            let seconds = started.elapsed().as_secs_f64();
            println!(
                "{what}: {:.0} {with} a second, {:.2} ms a transaction of {UNITS}",
                (TRANSACTIONS * UNITS) as f64 / seconds,
                seconds * 1000.0 / TRANSACTIONS as f64,
            );
        }
        store.close().await;
    }
    for suffix in ["", ".lock"] {
        std::fs::remove_file(format!("{}{suffix}", path.display()))?;
    }
    Ok(())
}

fn message(n: u64) -> Vec<SignalWrite> {
    vec![SignalWrite::PutMessage {
        account: account(n),
        msgid: format!("{n:032x}"),
        sender: account(n / 3),
        flag: "v1:E:3600".into(),
        kind: "instant".into(),
        time_s: 1,
        content: "x".repeat(100),
        expires_at_ms: 3_600_000,
        dedupe: Some((account(n / 3), n.to_string())),
        queue_max: 1000,
    }]
}

fn message_with_event(n: u64) -> Vec<SignalWrite> {
    let mut unit = message(n + TRANSACTIONS * UNITS);
    unit.push(SignalWrite::Event {
        id: n.to_string(),
        kind: "message.offline".into(),
        body: "x".repeat(200),
        created_ms: 1000,
    });
    unit
}

/// The first round clears half of what waits, the second the rest, later ones nothing.
fn clearing(n: u64) -> Vec<SignalWrite> {
    vec![SignalWrite::ClearMessages {
        account: account(n),
        upto_version: n / ACCOUNTS * 4 + 4,
    }]
}

fn account(n: u64) -> String {
    format!("account-{}", n % ACCOUNTS)
}
