use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::ConnId;

/// The members of a channel, in the order in which they joined.
#[derive(Debug, Default)]
pub(crate) struct Members {
    by_account: HashMap<Arc<str>, Member>,
    by_time: BTreeMap<u64, (Arc<str>, ConnId)>,
    joined: u64,
    /// Their connections, until somebody joins or leaves.
    conns: Option<Arc<[ConnId]>>,
}

/// One member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) conn: ConnId,
    pub(crate) uid: u32,
    joined: u64,
}

impl Members {
    pub(crate) fn len(&self) -> usize {
        self.by_account.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_account.is_empty()
    }

    pub(crate) fn find(&self, account: &str) -> Option<Member> {
        self.by_account.get(account).copied()
    }

    pub(crate) fn add(&mut self, account: Arc<str>, conn: ConnId, uid: u32) {
        self.joined += 1;
        let joined = self.joined;
        self.by_time.insert(joined, (Arc::clone(&account), conn));
        let member = Member { conn, uid, joined };
        self.by_account.insert(account, member);
        self.conns = None;
    }

    pub(crate) fn remove(&mut self, account: &str) -> Option<Member> {
        let member = self.by_account.remove(account)?;
        self.by_time.remove(&member.joined);
        self.conns = None;
        Some(member)
    }

    /// The connections of all members, in the order in which they joined.
    pub(crate) fn conns(&mut self) -> Arc<[ConnId]> {
        let members = &self.by_time;
        let conns = self
            .conns
            .get_or_insert_with(|| members.values().map(|(_, conn)| *conn).collect());
        Arc::clone(conns)
    }

    /// Account and number of those who joined last, the last one last.
    pub(crate) fn latest(&self, most: usize) -> Value {
        let skip = self.len().saturating_sub(most);
        let latest = self.by_time.values().skip(skip);
        latest
            .map(|(account, _)| {
                let uid = self.find(account).map_or(0, |member| member.uid);
                json!([**account, uid])
            })
            .collect()
    }

    /// Every account and its member.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, Member)> {
        self.by_account.iter().map(|(name, member)| (name, *member))
    }
}
