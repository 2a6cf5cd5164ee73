//! `/v1/signaling/apps/{app_id}`: who is logged in and where, and what an operator can do about it.

pub(super) mod accounts;
pub(super) mod certificate;
pub(super) mod channels;
mod failure;
mod names;
pub(super) mod settings;
mod unstored;
pub(super) mod webhook;

use axum::Router;
use axum::routing::{delete, get, post, put};
use visavis_codes::{Cause, Failure};
use visavis_signal::{Answer, Command};
use visavis_store::StoreError;

use super::{ConsoleState, error::ApiError};
use crate::signaling::app_settings;

pub(super) use failure::{SignalingProblem, console_problem, problem};

pub(super) fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/accounts", get(accounts::list))
        .route("/accounts/count", get(accounts::count))
        .route("/accounts/{account}/kick", post(accounts::kick))
        .route("/accounts/{account}/messages", post(accounts::send))
        .route("/accounts/{account}/attributes", get(accounts::attributes))
        .route(
            "/accounts/{account}/attributes/{name}",
            put(accounts::set_attribute),
        )
        .route("/channels", get(channels::list))
        .route("/channels/{channel}", delete(channels::end))
        .route("/channels/{channel}/count", get(channels::count))
        .route("/channels/{channel}/users", get(channels::users))
        .route("/channels/{channel}/kick", post(channels::kick))
        .route("/channels/{channel}/messages", post(channels::send))
        .route(
            "/channels/{channel}/attributes",
            get(channels::attributes).delete(channels::clear_attributes),
        )
        .route(
            "/channels/{channel}/attributes/{name}",
            put(channels::set_attribute).delete(channels::delete_attribute),
        )
        .route("/settings", get(settings::find).put(settings::replace))
        .route("/certificate", get(certificate::find))
        .route("/certificate/rotate", post(certificate::rotate))
        .route("/webhook/secret", get(webhook::secret))
        .route("/webhook/secret/rotate", post(webhook::rotate))
        .route("/webhook/test", post(webhook::test))
        .route("/webhook/backlog", get(webhook::backlog))
}

/// What an operator was told, when it was not "no such thing".
async fn operate(
    state: &ConsoleState,
    app_id: &str,
    command: Command,
    what: &str,
) -> Result<Answer, ApiError> {
    // The hub asks for apps that exist only.
    state.store.app(app_id).await?;
    match state.signaling.operate(app_id, command).await? {
        Answer::NotFound => Err(Failure::about(Cause::NotFound, what).into()),
        answer => Ok(answer),
    }
}

/// The hub said something that this command is not answered with.
fn unexpected() -> ApiError {
    Cause::InternalAtCall.into()
}

/// Tells the hub what the store has now of an app. The caller holds the lock of the settings.
async fn announce(state: &ConsoleState, app_id: &str) -> Result<(), StoreError> {
    let settings = app_settings(&state.store, app_id).await?;
    state.signaling.app_changed(app_id, Some(settings));
    Ok(())
}
