//! Which messages to this account came, and which are acknowledged, in both modes of the protocol.

use std::time::Duration;

use super::Time;

/// Polls happen this often even if nothing was announced.
const POLL_EVERY: Duration = Duration::from_secs(60);

/// After a poll that failed.
const POLL_AGAIN: Duration = Duration::from_secs(1);

/// So many messages are acknowledged without waiting for more.
const UNACKED_MAX: u64 = 100;

/// Messages in one page.
pub(super) const PAGE_MAX: usize = 30;

/// Ids in one acknowledgement.
const ACKS_MAX: usize = 100;

/// What a poll carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ack {
    /// Everything up to this version.
    UpTo(u64),
    /// These messages.
    Ids(Vec<String>),
}

/// Messages on one connection.
#[derive(Debug)]
pub(super) struct Mailbox {
    /// Ids to acknowledge, where the server wants it so.
    ids: Option<Vec<String>>,
    /// The app has had everything up to here.
    last: u64,
    /// The server has something up to here.
    target: u64,
    /// The server knows that we have everything up to here.
    acked: u64,
    poll: Poll,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Poll {
    Due(Time),
    /// Under way, with this acknowledgement.
    Asked(Ack),
}

impl Mailbox {
    /// A new connection polls at once.
    pub(super) fn new(now: Time, by_id: bool) -> Self {
        Self {
            ids: by_id.then(Vec::new),
            last: 0,
            target: 0,
            acked: 0,
            poll: Poll::Due(now),
        }
    }

    /// When [`poll`](Self::poll) has something to ask.
    pub(super) const fn deadline(&self) -> Option<Time> {
        match self.poll {
            Poll::Due(at) => Some(at),
            Poll::Asked(_) => None,
        }
    }

    /// Begins a poll if one is due.
    pub(super) fn poll(&mut self, now: Time) -> Option<Ack> {
        match self.poll {
            Poll::Due(at) if at <= now => {
                let ack = match &mut self.ids {
                    Some(ids) => Ack::Ids(ids.drain(..ids.len().min(ACKS_MAX)).collect()),
                    None => Ack::UpTo(self.last),
                };
                self.poll = Poll::Asked(ack.clone());
                Some(ack)
            }
            Poll::Due(_) | Poll::Asked(_) => None,
        }
    }

    /// A message without a version came.
    pub(super) fn came(&mut self, now: Time, id: &str, ack_after: Duration) {
        if let Some(ids) = &mut self.ids {
            ids.push(id.to_owned());
            let full = ids.len() >= PAGE_MAX;
            self.due_by(if full { now } else { now + ack_after });
        }
    }

    /// A message was pushed; true when it is the next one.
    pub(super) fn pushed(&mut self, now: Time, version: u64, ack_after: Duration) -> bool {
        if version == self.last + 1 {
            self.last = version;
            self.target = self.target.max(version);
            let wait = match self.last - self.acked >= UNACKED_MAX {
                true => Duration::ZERO,
                false => ack_after,
            };
            self.due_by(now + wait);
            return true;
        }
        self.announced(now, version);
        false
    }

    /// The server has messages up to this version.
    pub(super) fn announced(&mut self, now: Time, version: u64) {
        self.target = self.target.max(version);
        if self.target > self.last {
            self.due_by(now);
        }
    }

    /// A message of a page; true when the app has not had it on this connection.
    pub(super) fn paged(&mut self, version: u64) -> bool {
        let fresh = version > self.last;
        self.last = self.last.max(version);
        fresh
    }

    /// The poll is answered, before the messages of its page are looked at.
    pub(super) fn answered(&mut self, cleared: u64) {
        if let Poll::Asked(Ack::UpTo(upto)) = self.poll {
            self.acked = self.acked.max(upto);
        }
        self.last = self.last.max(cleared);
    }

    /// The page of so many messages is looked at.
    pub(super) fn finished(&mut self, now: Time, messages: usize, ack_after: Duration) {
        self.poll = Poll::Due(match () {
            () if messages >= PAGE_MAX => now,
            () if self.last > self.acked => now + ack_after,
            () if self.ids.as_ref().is_some_and(|ids| !ids.is_empty()) => now + ack_after,
            () => now + POLL_EVERY,
        });
        // What was announced and is not in the page expired, or was taken back.
        if messages < PAGE_MAX {
            self.target = self.last;
        }
    }

    /// The poll failed.
    pub(super) fn failed(&mut self, now: Time) {
        let poll = std::mem::replace(&mut self.poll, Poll::Due(now + POLL_AGAIN));
        if let (Poll::Asked(Ack::Ids(asked)), Some(ids)) = (poll, &mut self.ids) {
            ids.splice(..0, asked);
        }
    }

    fn due_by(&mut self, at: Time) {
        if let Poll::Due(due) = &mut self.poll {
            *due = at.min(*due);
        }
    }
}
