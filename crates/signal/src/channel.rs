use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use crate::builtin::Builtin;
use crate::members::Members;
use crate::rate::Rate;
use crate::recent::Recent;
use crate::{Limits, StoredChannel};

/// One channel: it exists as long as it has members or attributes.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) name: Arc<str>,
    /// Tells it from others that had the same name; 0 for those that the store gave.
    pub(crate) cid: u64,
    pub(crate) members: Members,
    pub(crate) attributes: BTreeMap<Box<str>, Attribute>,
    /// Changes of attributes that the store has not confirmed; those of its names have these revisions.
    pub(crate) changing: Changing,
    pub(crate) changes: HashMap<Box<str>, Rate>,
    pub(crate) messages: Rate,
    pub(crate) recent: Recent,
    /// When the last member left.
    pub(crate) empty_since: Option<Duration>,
    /// The highest revision of an attribute.
    revision: u64,
    /// The number of members that was pushed last.
    pub(crate) counted: usize,
    /// When the number is to be pushed again, if it has changed.
    pub(crate) count_at: Option<Duration>,
    /// When its timer fires.
    pub(crate) armed: Option<Duration>,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) value: Box<str>,
    pub(crate) revision: u64,
}

/// Changes that are on their way to the store.
#[derive(Debug, Default)]
pub(crate) struct Changing {
    pub(crate) count: usize,
    /// Name, its newest revision, and whether that change sets it.
    pub(crate) names: BTreeMap<Box<str>, (u64, bool)>,
}

impl Channel {
    pub(crate) fn new(name: Arc<str>, cid: u64, now: Duration) -> Self {
        Self {
            name,
            cid,
            members: Members::default(),
            attributes: BTreeMap::new(),
            changing: Changing::default(),
            changes: HashMap::new(),
            messages: Rate::default(),
            recent: Recent::default(),
            empty_since: Some(now),
            revision: 0,
            counted: 0,
            count_at: None,
            armed: None,
        }
    }

    pub(crate) fn restore(name: Arc<str>, stored: StoredChannel, now: Duration) -> Self {
        let mut channel = Self::new(name, 0, now);
        if let Some(ms) = stored.empty_since_ms {
            channel.empty_since = Some(Duration::from_millis(ms).min(now));
        }
        for (name, value) in stored.attributes {
            let revision = channel.revise(now);
            let value = value.into();
            let attribute = Attribute { value, revision };
            channel.attributes.insert(name.into(), attribute);
        }
        channel
    }

    /// A new revision. They go on with the clock, so that one of before a restart is never that of another value.
    pub(crate) fn revise(&mut self, now: Duration) -> u64 {
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.revision = now_ms.max(self.revision + 1);
        self.revision
    }

    /// The revision of an attribute with everything that is on its way; 0 when there is none.
    pub(crate) fn revision(&self, name: &str) -> u64 {
        match self.changing.names.get(name) {
            Some((revision, true)) => *revision,
            Some((_, false)) => 0,
            None => self.attributes.get(name).map_or(0, |one| one.revision),
        }
    }

    /// What a built-in attribute says.
    pub(crate) fn builtin(&self, builtin: Builtin) -> Option<u32> {
        self.attributes.get(builtin.name())?.value.parse().ok()
    }

    /// When an empty channel ends.
    pub(crate) fn end(&self, limits: &Limits) -> Option<Duration> {
        let ttl = self
            .builtin(Builtin::ChannelTtl)
            .map_or(limits.channel_ttl, |s| Duration::from_secs(s.into()));
        Some(self.empty_since? + ttl)
    }

    /// True when nothing of it is left to keep.
    pub(crate) fn is_over(&self) -> bool {
        self.members.is_empty() && self.attributes.is_empty() && self.changing.count == 0
    }

    /// Lets the number of members be pushed after `wait`, unless that is due already.
    pub(crate) fn count_within(&mut self, now: Duration, wait: Duration) {
        let at = now + wait;
        self.count_at = Some(self.count_at.map_or(at, |due| due.min(at)));
    }

    /// When its timer is due.
    pub(crate) fn deadline(&self, limits: &Limits) -> Option<Duration> {
        let end = self.end(limits).filter(|_| self.changing.count == 0);
        [end, self.count_at].into_iter().flatten().min()
    }
}
