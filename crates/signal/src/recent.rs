use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

/// How long an id is remembered, as in the store for messages to peers.
const REMEMBERED: Duration = Duration::from_secs(300);

/// Ids that are remembered at once.
const IDS_MAX: usize = 4096;

/// Ids of messages that were sent into a channel, so that a client may repeat one whose answer it lost.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    order: VecDeque<(Duration, u64)>,
    known: HashSet<u64>,
}

impl Recent {
    /// Remembers an id of a sender; false when it is known.
    pub(crate) fn is_new(&mut self, now: Duration, sender: &str, id: &str) -> bool {
        while let Some((_, old)) = self.order.pop_front_if(|(at, _)| *at + REMEMBERED <= now) {
            self.known.remove(&old);
        }
        let mut hasher = DefaultHasher::new();
        (sender, id).hash(&mut hasher);
        let key = hasher.finish();
        if !self.known.insert(key) {
            return false;
        }
        if self.order.len() == IDS_MAX
            && let Some((_, old)) = self.order.pop_front()
        {
            self.known.remove(&old);
        }
        self.order.push_back((now, key));
        true
    }
}
