//! What the app can see of a session without asking its task.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{InvitationState, Side, Status};

/// Which invitation.
pub(super) type Key = (Side, String, String);

type Watched = HashMap<Key, watch::Receiver<InvitationState>>;

/// Written by the task, read by the app.
#[derive(Debug, Default)]
pub(super) struct Shared {
    status: AtomicU8,
    invitations: Mutex<Watched>,
}

impl Shared {
    pub(super) fn status(&self) -> Status {
        Status::from_number(self.status.load(Ordering::Acquire))
    }

    pub(super) fn set_status(&self, status: Status) {
        self.status.store(status.number(), Ordering::Release);
    }

    pub(super) fn opened(&self, key: Key, state: watch::Receiver<InvitationState>) {
        self.lock().insert(key, state);
    }

    pub(super) fn ended(&self, key: &Key) {
        self.lock().remove(key);
    }

    pub(super) fn find(&self, key: &Key) -> Option<watch::Receiver<InvitationState>> {
        self.lock().get(key).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.invitations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
