//! Many clients of one server, in one loop on one core.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Events, Poll, Token};

use crate::{
    Failure,
    signaling::{
        member::{Member, Script, Stage},
        tally::{self, Tally},
    },
};

/// How many log in at a time.
const ARRIVING_MAX: usize = 64;
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(120);

pub(crate) struct Swarm {
    address: SocketAddr,
    script: Script,
    members: Vec<Member>,
    tally: Tally,
    /// Accounts are never used twice.
    arrived: u64,
    calls: u64,
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
}

impl Swarm {
    pub(crate) fn new(address: SocketAddr, script: Script, window: usize) -> io::Result<Self> {
        Ok(Self {
            address,
            script,
            members: Vec::new(),
            tally: Tally::new(window),
            arrived: 0,
            calls: 10,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            buffer: vec![0; 256 << 10],
        })
    }

    /// Lets `count` more clients log in, and join where the script says so.
    pub(crate) fn grow(&mut self, count: usize) -> Result<(), Failure> {
        let wanted = self.members.len() + count;
        let deadline = Instant::now() + ARRIVAL_TIMEOUT;
        let mut ready = self.members.len();
        while ready < wanted {
            while self.members.len() < wanted && self.members.len() - ready < ARRIVING_MAX {
                let member = self.arrive(self.members.len())?;
                self.members.push(member);
            }
            self.turn(Duration::from_millis(100))?;
            // They arrive nearly in order; the slowest of the last ones holds the window back, no more.
            while self
                .members
                .get(ready)
                .is_some_and(|member| member.stage() == Stage::Ready)
            {
                ready += 1;
            }
            if Instant::now() > deadline {
                let stage = self.members[ready].stage();
                return Err(
                    format!("{ready} of {wanted} clients logged in; then {stage:?}").into(),
                );
            }
        }
        self.tally.expect_receivers(self.members.len());
        Ok(())
    }

    /// Waits until nothing has come for a while.
    pub(crate) fn settle(&mut self, quiet: Duration) -> Result<(), Failure> {
        while self.turn(quiet)? {}
        Ok(())
    }

    /// Sends as the first member as fast as the window allows; gives the deliveries of that time.
    pub(crate) fn saturate(&mut self, length: Duration) -> Result<u64, Failure> {
        let before = self.tally.deliveries();
        let end = Instant::now() + length;
        loop {
            let now = Instant::now();
            if now >= end {
                return Ok(self.tally.deliveries() - before);
            }
            for _ in 0..self.tally.room() {
                self.send(now);
            }
            self.members[0].flush()?;
            if !self.turn(Duration::from_secs(5))? {
                return Err("nothing arrived for 5 s".into());
            }
        }
    }

    /// Sends at an even rate; gives the latency of every delivery.
    pub(crate) fn pace(&mut self, rate: u32, length: Duration) -> Result<Vec<Duration>, Failure> {
        self.tally.time_deliveries();
        let begin = Instant::now();
        let interval = Duration::from_secs(1) / rate;
        let mut due = begin;
        while due < begin + length {
            let now = Instant::now();
            if now >= due {
                self.send(now);
                self.members[0].flush()?;
                due += interval;
            }
            self.turn(due.saturating_duration_since(Instant::now()))?;
        }
        self.settle(Duration::from_millis(300))?;
        Ok(self.tally.take_latencies())
    }

    /// Whether every message has reached everyone.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        self.tally.verdict()
    }

    /// Logs in, says goodbye and comes again under another account, in `slots` connections; gives how many did.
    pub(crate) fn revolve(&mut self, slots: usize, length: Duration) -> Result<u64, Failure> {
        let end = Instant::now() + length;
        let mut done = 0;
        while self.members.len() < slots {
            let member = self.arrive(self.members.len())?;
            self.members.push(member);
        }
        while Instant::now() < end {
            self.turn(Duration::from_millis(100))?;
            for at in 0..slots {
                match self.members[at].stage() {
                    Stage::Ready => self.members[at].close(self.script.dialect)?,
                    Stage::Closed => {
                        self.members[at] = self.arrive(at)?;
                        done += 1;
                    }
                    Stage::Connecting | Stage::Upgrading | Stage::Step(_) | Stage::Closing => {}
                }
            }
        }
        Ok(done)
    }

    fn arrive(&mut self, at: usize) -> io::Result<Member> {
        let number = self.arrived;
        self.arrived += 1;
        Member::connect(self.address, number, self.poll.registry(), Token(at))
    }

    fn send(&mut self, now: Instant) {
        let text = tally::text(self.tally.send(now));
        let sender = &mut self.members[0];
        self.calls += 1;
        let payload = self
            .script
            .dialect
            .send
            .replace("{line}", sender.line())
            .replace("{id}", &self.calls.to_string())
            .replace("{text}", &text);
        sender.push(self.script.dialect, payload.as_bytes());
    }

    /// Handles what has happened; says whether anything has.
    fn turn(&mut self, timeout: Duration) -> Result<bool, Failure> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            outcome => outcome?,
        }
        for event in &self.events {
            let member = &mut self.members[event.token().0];
            let before = member.stage();
            if event.is_writable() {
                member.writable(&self.script)?;
            }
            if event.is_readable() || event.is_read_closed() {
                let ends = event.is_read_closed();
                member.readable(&self.script, &mut self.tally, &mut self.buffer, ends)?;
            }
            if member.stage() == Stage::Closed && before != Stage::Closing {
                return Err(format!("the server closed {} at {before:?}", member.account()).into());
            }
        }
        Ok(!self.events.is_empty())
    }
}
