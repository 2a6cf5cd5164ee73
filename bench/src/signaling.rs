//! Signaling beside other servers: fan-out in a channel, memory of idle connections, logins.
//!
//! Every server is a process of its own on one core and speaks its own protocol; the load is one thread on another.
//! The rounds go through all servers in turn, so that what else the machine does falls on all of them.

mod dialect;
mod frames;
mod measure;
mod member;
mod own;
mod peer;
mod process;
mod results;
mod swarm;
mod tally;

use std::{fmt, time::Duration};

use measure::{Figures, Plan};
use peer::Peer;
use results::Results;

use crate::{
    Failure, install,
    options::{Options, chosen},
    server,
};

/// One measurement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// With this many receivers.
    FanOut(usize),
    Memory,
    Logins,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FanOut(receivers) => write!(f, "fan-out to {receivers}"),
            Self::Memory => f.write_str("memory"),
            Self::Logins => f.write_str("logins"),
        }
    }
}

/// Descriptors for 10,000 connections and what else is open.
const DESCRIPTORS: u64 = 20_000;

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let descriptors = rlimit::increase_nofile_limit(DESCRIPTORS)?;
    let plan = Plan {
        server_core: options.server_core,
        window: options.window,
        length: options.length.unwrap_or(Duration::from_secs(3)),
        connections: options.count.unwrap_or(10_000),
        slots: 64,
    };
    if descriptors < plan.connections as u64 + 100 {
        return Err(format!("{descriptors} open files are too few; raise 'ulimit -Hn'").into());
    }
    let parts = parts(options)?;
    let (peers, absent) = install(options)?;
    let mut results = Results {
        titles: peers.iter().map(|peer| peer.title.clone()).collect(),
        absent,
        ..Results::default()
    };
    for round in 1..=options.rounds {
        for &part in &parts {
            for peer in &peers {
                eprintln!(
                    "round {round} of {}: {part}, {}",
                    options.rounds, peer.title
                );
                let outcome = measure(part, peer, &plan).map_err(|failure| failure.to_string());
                results
                    .rounds
                    .entry((peer.title.clone(), part))
                    .or_default()
                    .add(outcome);
            }
        }
    }
    println!(
        "Signaling, median of {} rounds, {} messages in flight, on {}:\n",
        options.rounds,
        plan.window,
        server::processor()
    );
    results.print();
    if let Some(file) = &options.json {
        results.write(file, &server::processor())?;
    }
    Ok(())
}

/// What the command line wants to know.
fn parts(options: &Options) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    for name in chosen(&options.parts, &["fan-out", "memory", "logins"])? {
        match name {
            "fan-out" => parts.extend(options.receivers.iter().copied().map(Part::FanOut)),
            "memory" => parts.push(Part::Memory),
            _ => parts.push(Part::Logins),
        }
    }
    if parts.contains(&Part::FanOut(0)) {
        return Err("a channel without receivers delivers nothing".into());
    }
    Ok(parts)
}

fn measure(part: Part, peer: &Peer, plan: &Plan) -> Result<Figures, Failure> {
    match part {
        Part::FanOut(receivers) => measure::fan_out(peer, plan, receivers),
        Part::Memory => measure::memory(peer, plan),
        Part::Logins => measure::logins(peer, plan),
    }
}

type Installed = (Vec<Peer>, Vec<(&'static str, String)>);

/// The peers that can be measured here, and why the others cannot.
fn install(options: &Options) -> Result<Installed, Failure> {
    let names = peer::ALL.map(peer::Kind::name);
    let wanted = chosen(&options.peers, &names)?;
    let cache = install::Cache::open()?;
    let mut peers = Vec::new();
    let mut absent = Vec::new();
    for kind in peer::ALL {
        if wanted.contains(&kind.name()) {
            match Peer::install(kind, &cache, &options.server) {
                Ok(peer) => peers.push(peer),
                Err(reason) => absent.push((kind.name(), reason)),
            }
        }
    }
    Ok((peers, absent))
}
