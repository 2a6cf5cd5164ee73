use serde_json::Value;

use crate::hub::Hub;
use crate::tenant::TenantId;
use crate::{EventKind, Write};

impl Hub {
    /// What a webhook is to tell, if the app wants to know it.
    pub(crate) fn event(
        &mut self,
        id: TenantId,
        kind: EventKind,
        data: impl FnOnce() -> Value,
    ) -> Option<Write> {
        let wanted = &self.tenants.find(id)?.settings.webhook_events;
        if wanted.is_empty() || !wanted.contains(kind.name()) {
            return None;
        }
        Some(Write::Event {
            kind,
            at_ms: self.now_ms(),
            data: data(),
        })
    }

    /// Tells a webhook something that nothing else is kept with.
    pub(crate) fn tell(&mut self, id: TenantId, kind: EventKind, data: impl FnOnce() -> Value) {
        let event = self.event(id, kind, data);
        self.write(id, event.into_iter().collect());
    }

    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.now.as_millis()).unwrap_or(u64::MAX)
    }
}
