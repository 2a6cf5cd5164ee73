//! Decides, in memory, what a commit will write.
//!
//! The commit reads everything that the decision needs at once, this file decides without touching the database,
//! and what comes out is written at once. So a write costs a row, not a handful of statements,
//! and a refused unit is forgotten here, before anything of it was written.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::writes::{SignalWrite, SignalWritten};
use crate::limits::USER_ATTRIBUTES_MAX;

/// What a commit found, and what it will leave.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    pub(super) now_ms: u64,
    /// Every mailbox that the commit may touch, also those that are not there yet.
    pub(super) mailboxes: HashMap<&'a str, MailboxPlan>,
    /// Sender and message id of what was stored within the window, here or before.
    pub(super) known: HashSet<(&'a str, &'a str)>,
    /// Names of the attributes of every user who gets one set.
    pub(super) attributes: HashMap<&'a str, HashSet<String>>,
    pub(super) left: Left<'a>,
}

/// What is to be written, in order.
#[derive(Debug, Default)]
pub(super) struct Left<'a> {
    pub(super) messages: Vec<NewMessage<'a>>,
    pub(super) removed: Vec<(&'a str, u64)>,
    pub(super) sent: Vec<(&'a str, &'a str)>,
    pub(super) events: Vec<NewEvent<'a>>,
    /// Changes that need no decision.
    pub(super) others: Vec<&'a SignalWrite>,
    /// Attributes that are new to their user.
    named: Vec<(&'a str, &'a str)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct MailboxPlan {
    /// `None` for one that is not there yet.
    pub(super) id: Option<i64>,
    pub(super) last_version: u64,
    pub(super) cleared: u64,
    /// As found.
    pub(super) before: (u64, u64),
    /// Versions of the messages that wait. Only for a mailbox that this commit might fill;
    /// the others have room, because no more can wait than versions were given since the clear position.
    pub(super) waiting: Option<BTreeSet<u64>>,
}

#[derive(Debug)]
pub(super) struct NewMessage<'a> {
    pub(super) account: &'a str,
    pub(super) version: u64,
    pub(super) msgid: &'a str,
    pub(super) sender: &'a str,
    pub(super) flag: &'a str,
    pub(super) kind: &'a str,
    pub(super) time_s: u64,
    pub(super) content: &'a str,
    pub(super) expires_at_ms: u64,
}

#[derive(Debug)]
pub(super) struct NewEvent<'a> {
    pub(super) id: &'a str,
    pub(super) kind: &'a str,
    pub(super) body: &'a str,
    pub(super) created_ms: u64,
}

impl<'a> Plan<'a> {
    /// Takes one unit of work, whole or not at all.
    pub(super) fn unit(&mut self, writes: &'a [SignalWrite]) -> Vec<SignalWritten> {
        let mut undo = Undo::new(&self.left, writes.len());
        let mut written = Vec::with_capacity(writes.len());
        for write in writes {
            match self.write(write, &mut undo) {
                refused @ (SignalWritten::QueueFull | SignalWritten::OverLimit) => {
                    self.roll_back(undo);
                    return vec![refused; writes.len()];
                }
                done => written.push(done),
            }
        }
        written
    }

    fn write(&mut self, write: &'a SignalWrite, undo: &mut Undo<'a>) -> SignalWritten {
        if write.over_limit() {
            return SignalWritten::OverLimit;
        }
        match write {
            SignalWrite::PutMessage {
                account,
                msgid,
                sender,
                flag,
                kind,
                time_s,
                content,
                expires_at_ms,
                dedupe,
                queue_max,
            } => {
                let message = NewMessage {
                    account,
                    version: 0,
                    msgid,
                    sender,
                    flag,
                    kind,
                    time_s: *time_s,
                    content,
                    expires_at_ms: *expires_at_ms,
                };
                return self.put(message, dedupe.as_ref(), *queue_max, undo);
            }
            SignalWrite::ClearMessages {
                account,
                upto_version,
            } => {
                let mailbox = self.mailbox(account, undo);
                mailbox.cleared = mailbox.cleared.max(mailbox.last_version.min(*upto_version));
                if let Some(waiting) = &mut mailbox.waiting {
                    *waiting = waiting.split_off(&(mailbox.cleared + 1));
                }
            }
            SignalWrite::RemoveMessage { account, version } => {
                let mailbox = self.mailbox(account, undo);
                // A version that is not given yet belongs to a message that this must not touch.
                if *version <= mailbox.last_version {
                    if let Some(waiting) = &mut mailbox.waiting {
                        waiting.remove(version);
                    }
                    self.left.removed.push((account, *version));
                }
            }
            SignalWrite::SetUserAttribute { account, name, .. } => {
                let names = self.attributes.entry(account).or_default();
                if !names.contains(name) {
                    if names.len() >= USER_ATTRIBUTES_MAX {
                        return SignalWritten::OverLimit;
                    }
                    names.insert(name.clone());
                    self.left.named.push((account, name));
                }
                self.left.others.push(write);
            }
            SignalWrite::Event {
                id,
                kind,
                body,
                created_ms,
            } => self.left.events.push(NewEvent {
                id,
                kind,
                body,
                created_ms: *created_ms,
            }),
            SignalWrite::SetChannelAttribute { .. }
            | SignalWrite::DeleteChannelAttribute { .. }
            | SignalWrite::ClearChannelAttributes { .. }
            | SignalWrite::DestroyChannel { .. }
            | SignalWrite::ChannelEmpty { .. }
            | SignalWrite::SaveInvitation { .. }
            | SignalWrite::ForgetInvitation { .. } => self.left.others.push(write),
        }
        SignalWritten::Done
    }

    fn put(
        &mut self,
        mut message: NewMessage<'a>,
        dedupe: Option<&'a (String, String)>,
        queue_max: u32,
        undo: &mut Undo<'a>,
    ) -> SignalWritten {
        let sent = dedupe.map(|(sender, id)| (sender.as_str(), id.as_str()));
        if sent.is_some_and(|sent| self.known.contains(&sent)) {
            return SignalWritten::Duplicate;
        }
        let queue_max = usize::try_from(queue_max).unwrap_or(usize::MAX);
        let waiting = self
            .mailboxes
            .get(message.account)
            .and_then(|mailbox| mailbox.waiting.as_ref());
        if waiting.is_some_and(|waiting| waiting.len() >= queue_max) {
            return SignalWritten::QueueFull;
        }
        let lives = message.expires_at_ms > self.now_ms;
        let mailbox = self.mailbox(message.account, undo);
        mailbox.last_version += 1;
        let version = mailbox.last_version;
        if let Some(waiting) = mailbox.waiting.as_mut().filter(|_| lives) {
            waiting.insert(version);
        }
        message.version = version;
        self.left.messages.push(message);
        if let Some(sent) = sent {
            self.known.insert(sent);
            self.left.sent.push(sent);
        }
        SignalWritten::Put { version }
    }

    /// The mailbox, to change it.
    fn mailbox(&mut self, account: &'a str, undo: &mut Undo<'a>) -> &mut MailboxPlan {
        let mailbox = self.mailboxes.entry(account).or_default();
        if undo.needed {
            undo.mailboxes
                .entry(account)
                .or_insert_with(|| mailbox.clone());
        }
        mailbox
    }

    fn roll_back(&mut self, undo: Undo<'a>) {
        self.mailboxes.extend(undo.mailboxes);
        for sent in self.left.sent.drain(undo.sent..) {
            self.known.remove(&sent);
        }
        for (account, name) in self.left.named.drain(undo.named..) {
            if let Some(names) = self.attributes.get_mut(account) {
                names.remove(name);
            }
        }
        self.left.messages.truncate(undo.messages);
        self.left.removed.truncate(undo.removed);
        self.left.events.truncate(undo.events);
        self.left.others.truncate(undo.others);
    }
}

/// How things were before a unit.
struct Undo<'a> {
    /// A write changes nothing when it is refused, so only a unit of several has anything to undo.
    needed: bool,
    mailboxes: HashMap<&'a str, MailboxPlan>,
    messages: usize,
    removed: usize,
    sent: usize,
    events: usize,
    others: usize,
    named: usize,
}

impl Undo<'_> {
    fn new(left: &Left<'_>, writes: usize) -> Self {
        Self {
            needed: writes > 1,
            mailboxes: HashMap::new(),
            messages: left.messages.len(),
            removed: left.removed.len(),
            sent: left.sent.len(),
            events: left.events.len(),
            others: left.others.len(),
            named: left.named.len(),
        }
    }
}
