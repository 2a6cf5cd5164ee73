use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::Key;
use super::state::Invitation;

/// Invitations by name, by account and by deadline.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    open: BTreeMap<Arc<Key>, Invitation>,
    accounts: BTreeMap<String, BTreeSet<Arc<Key>>>,
    deadlines: BTreeSet<(Duration, Arc<Key>)>,
}

impl Book {
    /// Puts an invitation in, in the place of one of the same name.
    pub(super) fn put(&mut self, key: Key, invitation: Invitation) {
        self.take(&key);
        let key = Arc::new(key);
        for account in [&key.caller, &key.callee] {
            let keys = self.accounts.entry(account.clone()).or_default();
            keys.insert(Arc::clone(&key));
        }
        if let Some(deadline) = invitation.deadline() {
            self.deadlines.insert((deadline, Arc::clone(&key)));
        }
        self.open.insert(key, invitation);
    }

    /// Takes an invitation out.
    pub(super) fn take(&mut self, key: &Key) -> Option<Invitation> {
        let (key, invitation) = self.open.remove_entry(key)?;
        for account in [&key.caller, &key.callee] {
            if let Some(keys) = self.accounts.get_mut(account) {
                keys.remove(&key);
                if keys.is_empty() {
                    self.accounts.remove(account);
                }
            }
        }
        if let Some(deadline) = invitation.deadline() {
            self.deadlines.remove(&(deadline, key));
        }
        Some(invitation)
    }

    /// The invitation of this name.
    pub(super) fn find(&self, key: &Key) -> Option<&Invitation> {
        self.open.get(key)
    }

    /// Every invitation from or to an account.
    pub(super) fn of(&self, account: &str) -> Vec<Arc<Key>> {
        let keys = self.accounts.get(account);
        keys.into_iter().flatten().cloned().collect()
    }

    /// The earliest deadline.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// The invitation with the earliest deadline, if that has passed.
    pub(super) fn due(&self, now: Duration) -> Option<Arc<Key>> {
        let (deadline, key) = self.deadlines.first()?;
        (*deadline <= now).then(|| Arc::clone(key))
    }

    /// Every invitation, in the order of the names.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &Invitation)> {
        self.open
            .iter()
            .map(|(key, invitation)| (&**key, invitation))
    }

    /// Whether nothing is left in any index.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.accounts.is_empty() && self.deadlines.is_empty()
    }
}
