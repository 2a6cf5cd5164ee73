//! The three measurements, each of one server that has just been started.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{
    Failure,
    figures::Durations,
    server,
    signaling::{peer::Peer, process::Process, swarm::Swarm},
};

/// What was measured, by name.
pub(crate) type Figures = BTreeMap<String, f64>;

/// How the measurements are made, the same for every server.
pub(crate) struct Plan {
    pub(crate) server_core: usize,
    /// Messages on their way at once when a channel is saturated.
    pub(crate) window: usize,
    pub(crate) length: Duration,
    pub(crate) connections: usize,
    /// Logins at a time.
    pub(crate) slots: usize,
}

const WARM_UP: Duration = Duration::from_secs(1);
const QUIET: Duration = Duration::from_millis(300);
/// Messages a second when the server has next to nothing to do.
const UNLOADED: u32 = 20;

/// One channel: saturated, then nearly idle.
pub(crate) fn fan_out(peer: &Peer, plan: &Plan, receivers: usize) -> Result<Figures, Failure> {
    let (process, address) = peer.start(plan.server_core)?;
    let mut swarm = Swarm::new(address, peer.script(true), plan.window)?;
    // The first makes the channel; some servers lose those who come while it is being made.
    swarm.grow(1)?;
    swarm.grow(receivers - 1)?;
    swarm.settle(QUIET)?;
    swarm.saturate(WARM_UP)?;
    let mut figures = Figures::new();
    let meter = Meter::start(&process)?;
    let deliveries = swarm.saturate(plan.length)? as f64;
    let server = meter.stop(&process, &mut figures)?;
    swarm.settle(QUIET)?;
    swarm.verdict()?;
    let mut add = |name: &str, value| figures.insert(name.to_owned(), value);
    add("deliveries/s", deliveries / plan.length.as_secs_f64());
    add("server µs/delivery", server * 1e6 / deliveries);
    let latencies = Durations::from(swarm.pace(UNLOADED, plan.length)?);
    swarm.verdict()?;
    add("p50 ms", latencies.percentile(0.5).as_secs_f64() * 1e3);
    add("p99 ms", latencies.percentile(0.99).as_secs_f64() * 1e3);
    Ok(figures)
}

/// Connections that are logged in, are in no channel and do nothing.
pub(crate) fn memory(peer: &Peer, plan: &Plan) -> Result<Figures, Failure> {
    let (process, address) = peer.start(plan.server_core)?;
    let mut swarm = Swarm::new(address, peer.script(false), 1)?;
    // A few first, so that what the server sets up once is not counted against the others.
    swarm.grow(10)?;
    swarm.settle(QUIET)?;
    let before = process.resident_bytes()?;
    swarm.grow(plan.connections)?;
    swarm.settle(Duration::from_secs(1))?;
    std::thread::sleep(Duration::from_secs(1));
    let after = process.resident_bytes()?;
    let each = after.saturating_sub(before) as f64 / plan.connections as f64;
    Ok(Figures::from([
        ("KiB/connection".to_owned(), each / 1024.0),
        ("resident MiB".to_owned(), after as f64 / f64::from(1 << 20)),
    ]))
}

/// Connect, upgrade, log in, say goodbye, and again.
pub(crate) fn logins(peer: &Peer, plan: &Plan) -> Result<Figures, Failure> {
    let (process, address) = peer.start(plan.server_core)?;
    let mut swarm = Swarm::new(address, peer.script(false), 1)?;
    swarm.revolve(plan.slots, WARM_UP)?;
    let mut figures = Figures::new();
    let meter = Meter::start(&process)?;
    let logins = swarm.revolve(plan.slots, plan.length)? as f64;
    let server = meter.stop(&process, &mut figures)?;
    if logins == 0.0 {
        return Err("nobody logged in and out".into());
    }
    figures.insert("logins/s".to_owned(), logins / plan.length.as_secs_f64());
    figures.insert("server µs/login".to_owned(), server * 1e6 / logins);
    Ok(figures)
}

/// Processor time of the server, of the load and of everything, between two moments.
struct Meter {
    since: Instant,
    server: Duration,
    load: Duration,
    all: Duration,
}

impl Meter {
    fn start(process: &Process) -> Result<Self, Failure> {
        Ok(Self {
            since: Instant::now(),
            server: process.cpu()?,
            load: server::cpu_of(std::process::id())?,
            all: server::cpu_of_all()?,
        })
    }

    /// Notes the shares of one core; gives the seconds of the server.
    fn stop(self, process: &Process, figures: &mut Figures) -> Result<f64, Failure> {
        let now = Self::start(process)?;
        let seconds = (now.since - self.since).as_secs_f64();
        let server = (now.server - self.server).as_secs_f64();
        let load = (now.load - self.load).as_secs_f64();
        let other = ((now.all - self.all).as_secs_f64() - server - load).max(0.0);
        figures.insert("server CPU".to_owned(), server / seconds);
        figures.insert("load CPU".to_owned(), load / seconds);
        figures.insert("other work".to_owned(), other / seconds);
        Ok(server)
    }
}
