//! What the hub says, carried out.

use std::time::Duration;

use bytes::Bytes;
use visavis_signal::{self as hub, ConnId};

use super::{Happening, World};

impl World {
    pub(super) fn hub_input(&mut self, input: hub::Input) {
        let mut outputs = std::mem::take(&mut self.hub_outputs);
        self.hub.handle(self.now, input, &mut outputs);
        for output in outputs.drain(..) {
            self.hub_does(output);
        }
        self.hub_outputs = outputs;
        let due = self.hub.deadline();
        if let Some(due) = due
            && self.hub_wake.is_none_or(|wake| due < wake)
        {
            self.hub_wake = Some(due);
            self.queue.put(due, Happening::WakeHub);
        }
    }

    fn hub_does(&mut self, output: hub::Output) {
        match output {
            hub::Output::Send { to, frame } => self.hub_sends(to, frame),
            hub::Output::Broadcast { to, frame } => {
                for conn in to.iter() {
                    self.hub_sends(*conn, frame.clone());
                }
            }
            hub::Output::Close { conn, status, .. } => {
                if let Some(wire) = self.wires.get(&conn)
                    && !wire.cut
                {
                    let end = Happening::EndsAtClient(conn, Some(status));
                    self.queue.put(wire.to_client.max(self.now), end);
                }
            }
            hub::Output::LoadApp { app } => {
                let at = self.store_time();
                self.queue.put(at, Happening::App(self.epoch, app));
            }
            hub::Output::Store { ticket, writes, .. } => {
                let at = self.store_time();
                let store = Happening::Store(self.epoch, ticket, writes);
                self.queue.put(at, store);
            }
            hub::Output::Load { ticket, query, .. } => {
                let at = self.store_time();
                let load = Happening::Load(self.epoch, ticket, query);
                self.queue.put(at, load);
            }
            hub::Output::Answer { answer, .. } => self.answers.push(answer),
            hub::Output::AllowBinary { .. } | hub::Output::Report(_) => {}
        }
    }

    fn hub_sends(&mut self, conn: ConnId, frame: Bytes) {
        let after = self.latency();
        if let Some(wire) = self.wires.get_mut(&conn)
            && !wire.cut
        {
            wire.to_client = wire.to_client.max(self.now + after);
            let at = wire.to_client;
            self.queue.put(at, Happening::ToClient(conn, frame));
        }
    }

    /// The store does one thing after the other.
    fn store_time(&mut self) -> Duration {
        let after = self.latency() / 4;
        self.store_last = self.store_last.max(self.now + after);
        self.store_last
    }
}
