//! Which messages the app has had.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Ids that are remembered.
const IDS_MAX: usize = 10_000;

/// The ids of the last messages of one account, across its connections.
#[derive(Debug, Default)]
pub(super) struct Seen {
    account: String,
    ids: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Seen {
    /// Another account begins anew.
    pub(super) fn of_account(&mut self, account: &str) {
        if self.account != account {
            *self = Self {
                account: account.to_owned(),
                ..Self::default()
            };
        }
    }

    /// True for an id that was not seen before.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        if self.ids.contains(id) {
            return false;
        }
        if self.order.len() == IDS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        let id: Arc<str> = id.into();
        self.order.push_back(Arc::clone(&id));
        self.ids.insert(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ten_thousand_are_remembered() {
        let mut seen = Seen::default();
        seen.of_account("alice");
        for n in 0..=IDS_MAX {
            assert!(seen.is_new(&n.to_string()));
        }
        assert!(!seen.is_new("1") && !seen.is_new(&IDS_MAX.to_string()));
        assert!(seen.is_new("0"), "the oldest is forgotten");
        seen.of_account("alice");
        assert!(!seen.is_new("0"));
        seen.of_account("bob");
        assert!(seen.is_new("0"));
    }
}
