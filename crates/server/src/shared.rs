//! What every connection of one server shares.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use visavis_avatar::Gate;
use visavis_codes::{Dialect, Failure, Phase};
use visavis_store::{Store, StoreError};
use visavis_wire::{AppId, Secret, token::Signer};

use crate::config::{Credits, Sessions};
use crate::engine::Workbench;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::{signaling, webhooks};

/// The parts of a running server.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) signer: Signer,
    pub(crate) admin_token: Secret,
    pub(crate) sessions: Sessions,
    pub(crate) credits: Credits,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) workbench: Workbench,
    /// How clients reach this server, without a slash at the end; `None` to believe what they ask for.
    pub(crate) public_url: Option<Arc<str>>,
    pub(crate) signaling: signaling::Handle,
    pub(crate) webhooks: webhooks::Handle,
    /// Base of the documentation links.
    pub(crate) docs: Arc<str>,
    /// Turns true once, when the server goes down.
    pub(crate) draining: watch::Receiver<bool>,
    pub(crate) gate: Mutex<Gate>,
    pub(crate) live: Arc<Live>,
    /// Answer API keys such as `fault:CODE` with that failure.
    pub(crate) fault_keys: bool,
}

/// A place among the open sessions of an app, given back on drop.
pub(crate) struct Place {
    shared: Arc<Shared>,
    app_id: AppId,
}

impl Shared {
    /// Takes a place for one more session of the app.
    pub(crate) fn enter(
        self: &Arc<Self>,
        app_id: &AppId,
        sessions_max: u32,
    ) -> Result<Place, Failure> {
        self.gate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .enter(app_id, sessions_max)?;
        self.metrics.sessions_open.inc();
        Ok(Place {
            shared: Arc::clone(self),
            app_id: app_id.clone(),
        })
    }

    /// Logs and counts a failure of an HTTP call, and turns it into the answer.
    pub(crate) fn refuse(
        &self,
        failure: &Failure,
        dialect: Dialect,
        phase: Phase,
        request_id: &str,
    ) -> axum::response::Response {
        self.metrics.failed(failure, phase);
        tracing::warn!(
            fault = failure.is_on_purpose(),
            code = failure.code().name(),
            phase = phase.name(),
            request_id,
            "{}",
            failure.detail()
        );
        crate::reply::failure(failure, dialect, phase, request_id, &self.docs)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared
            .gate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .leave(&self.app_id);
        self.shared.metrics.sessions_open.dec();
    }
}

/// Seconds since 1970.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}

/// Milliseconds since 1970.
pub(crate) fn unix_now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_millis() as u64)
}

/// 128 random bits in hex.
pub(crate) fn random_id() -> String {
    let mut bytes = [0u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without a source of randomness no token could be signed either; ids only have to differ.
        bytes = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_nanos())
            .to_le_bytes();
    }
    visavis_wire::hex(&bytes)
}

/// Logs a store failure, whose cause must not reach a wire.
pub(crate) fn log_store(error: &StoreError) {
    let source = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    tracing::error!(source, "{error}");
}
