use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use visavis_wire::signaling::{Packed, VoipKind};

use crate::answer::Caller;
use crate::{Mailbox, Message};

/// Polls of one login that wait for its mailbox.
pub(crate) const WAITING_POLLS_MAX: usize = 8;

/// After this long a message that was pushed by its id and not acknowledged is pushed again.
const PUSH_AGAIN: Duration = Duration::from_secs(5);

/// The mailbox of a login.
#[derive(Debug)]
pub(crate) enum MailboxState {
    /// The store could not give it; the next poll asks again.
    Absent,
    /// The store is asked.
    Loading(Vec<Poll>),
    /// It is here.
    Ready(Box<Inbox>),
}

/// One call that asks for messages.
#[derive(Debug)]
pub(crate) struct Poll {
    pub(crate) caller: Caller,
    pub(crate) ack: Ack,
    pub(crate) max: usize,
}

/// What a poll acknowledges.
#[derive(Debug)]
pub(crate) enum Ack {
    /// Everything up to a version.
    UpTo(u64),
    /// Single messages.
    Ids(Vec<String>),
}

/// The messages that wait for a login, and what it knows of them.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// The highest version given.
    last: u64,
    /// Everything up to here is acknowledged.
    cleared: u64,
    /// The highest version that this connection has seen; none before the answer to its first poll.
    sent: Option<u64>,
    messages: VecDeque<Waiting>,
}

/// One message that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) version: u64,
    expires_at_ms: u64,
    pushed: Option<Duration>,
    pub(crate) invite: Option<Box<Invite>>,
    pub(crate) sender: Box<str>,
    pub(crate) packed: Arc<str>,
}

/// Of which invitation a `voip_invite` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invite {
    pub(crate) channel: String,
    pub(crate) caller: String,
}

impl Waiting {
    pub(crate) fn new(version: u64, account: &str, message: &Message) -> Self {
        let packed = Packed {
            msgid: Some(&message.msgid),
            src: &message.sender,
            dst: account,
            flag: &message.flag,
            kind: &message.kind,
            time_s: message.time_s,
            content: &message.content,
        };
        let invite = (message.kind == VoipKind::Invite.name()).then(|| {
            let content: Value = serde_json::from_str(&message.content).unwrap_or_default();
            Box::new(Invite {
                channel: content["channel"].as_str().unwrap_or_default().to_owned(),
                caller: message.sender.clone(),
            })
        });
        Self {
            version,
            expires_at_ms: message.expires_at_ms,
            pushed: None,
            invite,
            sender: message.sender.as_str().into(),
            packed: packed.to_string().into(),
        }
    }

    /// The id that the server gave it.
    pub(crate) fn msgid(&self) -> &str {
        self.packed.split(' ').nth(1).unwrap_or_default()
    }
}

impl Inbox {
    pub(crate) fn new(account: &str, mailbox: &Mailbox) -> Self {
        let messages = mailbox.messages.iter();
        Self {
            last: mailbox.last_version,
            cleared: mailbox.cleared,
            sent: None,
            messages: messages
                .map(|(version, message)| Waiting::new(*version, account, message))
                .collect(),
        }
    }

    /// Puts a new message in; false when it is there already.
    pub(crate) fn put(&mut self, message: Waiting) -> bool {
        let new = message.version > self.last;
        if new {
            self.last = message.version;
            self.messages.push_back(message);
        }
        new
    }

    /// Whether this connection has seen everything before this version; then it has seen this, too.
    pub(crate) fn follows(&mut self, version: u64) -> bool {
        let follows = self.sent.is_some_and(|sent| sent + 1 == version);
        if follows {
            self.sent = Some(version);
        }
        follows
    }

    /// Takes out what is acknowledged. Nothing is acknowledged that was never given.
    pub(crate) fn clear(&mut self, ack: &Ack) -> Cleared {
        match ack {
            Ack::UpTo(version) => {
                let upto = (*version).min(self.last);
                if upto <= self.cleared {
                    return Cleared::default();
                }
                self.cleared = upto;
                let count = self.messages.partition_point(|one| one.version <= upto);
                Cleared {
                    messages: self.messages.drain(..count).collect(),
                    upto: Some(upto),
                }
            }
            Ack::Ids(ids) => {
                let mut cleared = Cleared::default();
                self.messages.retain(|one| {
                    let acked = ids.iter().any(|id| id == one.msgid());
                    if acked {
                        cleared.messages.push(one.clone());
                    }
                    !acked
                });
                let newest = cleared.messages.last().map(|one| one.version);
                let rest = self.messages.front().map_or(u64::MAX, |one| one.version);
                cleared.upto = newest.filter(|newest| *newest < rest);
                self.cleared = self.cleared.max(cleared.upto.unwrap_or(0));
                cleared
            }
        }
    }

    /// Drops what has expired, and takes out every `voip_invite` that is not to be shown any more: all but the newest of
    /// one invitation, and those that `rings` does not know.
    pub(crate) fn sweep(&mut self, now: Duration, rings: impl Fn(&Invite) -> bool) -> Vec<u64> {
        let now_ms = now.as_millis();
        self.messages
            .retain(|one| u128::from(one.expires_at_ms) > now_ms);
        let invites = |one: &Waiting| one.invite.as_deref().cloned();
        let newest: Vec<(u64, Invite)> = self
            .messages
            .iter()
            .filter_map(|one| Some((one.version, invites(one)?)))
            .collect();
        if newest.is_empty() {
            return Vec::new();
        }
        let mut stale = Vec::new();
        for (at, (version, invite)) in newest.iter().enumerate() {
            let replaced = newest[at + 1..].iter().any(|(_, other)| other == invite);
            if replaced || !rings(invite) {
                stale.push(*version);
            }
        }
        self.messages.retain(|one| !stale.contains(&one.version));
        stale
    }

    /// Takes every `voip_invite` of an invitation out.
    pub(crate) fn retract(&mut self, channel: &str, caller: &str) -> Vec<u64> {
        let mut versions = Vec::new();
        self.messages.retain(|one| {
            let of = one.invite.as_ref();
            let stale = of.is_some_and(|of| of.channel == channel && of.caller == caller);
            if stale {
                versions.push(one.version);
            }
            !stale
        });
        versions
    }

    /// The answer to a poll by version: what it acknowledges in turn, and the page.
    pub(crate) fn page(&mut self, asked: u64, max: usize) -> (u64, Vec<Waiting>) {
        let after = asked.max(self.cleared);
        let newer = self.messages.iter().filter(|one| one.version > after);
        let page: Vec<Waiting> = newer.take(max).cloned().collect();
        let before = match page.first() {
            Some(first) => first.version - 1,
            None if max == 0 => after,
            None => self.last,
        };
        let clear = after.max(before);
        let seen = page.last().map_or(clear, |last| last.version);
        self.sent = Some(self.sent.unwrap_or(0).max(seen));
        (clear, page)
    }

    /// What is to be pushed by its id now: what was not, or was some time ago.
    pub(crate) fn pushes(&mut self, now: Duration, max: usize) -> Vec<Waiting> {
        self.sent = Some(self.last);
        let due = self
            .messages
            .iter_mut()
            .filter(|one| one.pushed.is_none_or(|at| at + PUSH_AGAIN <= now));
        due.take(max)
            .map(|one| {
                one.pushed = Some(now);
                one.clone()
            })
            .collect()
    }

    /// Whether a message is to be pushed by its id now; then this is noted. It waits for the next poll while an older one
    /// does, and for the first.
    pub(crate) fn push(&mut self, now: Duration, version: u64) -> bool {
        let now_ms = now.as_millis();
        let waits = |one: &Waiting| {
            one.version < version && one.pushed.is_none() && u128::from(one.expires_at_ms) > now_ms
        };
        let turn = self.sent.is_some() && !self.messages.iter().any(waits);
        if turn {
            self.note_push(now, version);
        }
        turn
    }

    /// Notes that a message was pushed by its id, or is never to be: nothing waits behind it.
    pub(crate) fn note_push(&mut self, now: Duration, version: u64) {
        if let Some(one) = self.messages.iter_mut().rfind(|one| one.version == version) {
            one.pushed = Some(now);
        }
    }
}

/// What an acknowledgement took out.
#[derive(Debug, Default)]
pub(crate) struct Cleared {
    pub(crate) messages: Vec<Waiting>,
    /// Everything up to here is gone; without it only the single messages are.
    pub(crate) upto: Option<u64>,
}
