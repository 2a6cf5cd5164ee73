//! The console API: apps, API keys, avatars, credits and signaling over HTTP, for whoever holds the admin token.
//!
//! Everything the command line and the page do goes through here; there is no private API.
//! The shapes are those that console clients of the protocol know: camelCase, times as RFC 3339,
//! 64-bit integers as strings.

mod apps;
mod auth;
mod avatars;
mod credits;
mod error;
mod extract;
mod faults;
mod keys;
mod openapi;
mod page;
mod sessions;
mod signaling;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{delete, get, post},
};
use tokio::sync::Mutex;
use visavis_store::Store;
use visavis_wire::Secret;

use crate::live::Live;
use crate::{signaling::Handle as Hub, webhooks::Handle as Webhooks};

/// Largest request body: the longest avatar fits ten times.
const BODY_BYTES_MAX: usize = 64 << 10;

/// What the console works on.
#[derive(Clone)]
pub(crate) struct ConsoleState {
    pub(crate) store: Store,
    pub(crate) live: Arc<Live>,
    /// The one credential of the console API.
    pub(crate) admin_token: Secret,
    /// Base of the documentation links in errors, such as `http://127.0.0.1:7400/errors`.
    pub(crate) docs: Arc<str>,
    pub(crate) signaling: Hub,
    pub(crate) webhooks: Webhooks,
    /// Held while signaling settings are read, changed and told to the hub.
    pub(crate) settings: Arc<Mutex<()>>,
}

/// The console API and `/openapi.json`, ready to be merged into the server's router.
pub(crate) fn router(state: ConsoleState) -> Router {
    Router::new()
        .route("/v1/apps", get(apps::list).post(apps::create))
        .route("/v1/apps/{app_id}", get(apps::find).delete(apps::remove))
        .route(
            "/v1/apps/{app_id}/api-keys",
            get(keys::list).post(keys::create),
        )
        .route("/v1/apps/{app_id}/api-keys/{api_key}", delete(keys::remove))
        .route(
            "/v2/console/avatars",
            get(avatars::list).post(avatars::create),
        )
        .route(
            "/v2/console/avatars/{id}",
            get(avatars::find).delete(avatars::remove),
        )
        .route("/v2/console/public-avatars", get(avatars::list_public))
        .route("/v2/billing/credits", get(credits::balance))
        .route("/v2/billing/credits/grants", post(credits::grant))
        .route(
            "/v2/billing/credits/transactions",
            get(credits::transactions),
        )
        .route("/v1/sessions", get(sessions::list))
        .route("/v1/faults", get(faults::list).post(faults::arm))
        .route("/v1/faults/{fault_id}", delete(faults::disarm))
        .nest("/v1/signaling/apps/{app_id}", signaling::router())
        .route_layer(from_fn_with_state(state.clone(), auth::require_admin_token))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        // Not behind the admin token: a client needs the document to learn that there is one.
        .route("/openapi.json", get(openapi::document))
        .method_not_allowed_fallback(error::refuse_method)
        .layer(from_fn_with_state(state.docs.clone(), error::render))
        .with_state(state)
}
