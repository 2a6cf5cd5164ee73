//! `/v1/signaling/apps/{app_id}/webhook`: whether events arrive, and what they are signed with.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use visavis_codes::{Cause, Failure};
use visavis_store::{Secret, Webhook};

use super::unstored::Unstored;
use crate::console::ConsoleState;
use crate::console::error::ApiError;
use crate::console::extract::Segments;
use crate::console::openapi::Problems;
use crate::webhooks::new_secret;

/// What the deliveries of an app are signed with. It is a secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookSecret {
    /// As Standard Webhooks writes it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// What became of a test event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestedWebhook {
    /// The id of the event.
    id: String,
    /// Whether the receiver took it: it answered with 200 to 299.
    delivered: bool,
    /// The HTTP status of the receiver, if it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// How long it took, in milliseconds.
    took_ms: u64,
}

/// How far the webhook of an app is behind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookBacklog {
    /// Events that wait for delivery or for another attempt.
    waiting: u64,
    /// Events that were dropped because 10,000 waited, ever.
    dropped: u64,
}

/// Read the secret that the deliveries of an app are signed with.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/webhook/secret", operation_id = "getSignalingWebhookSecret",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = WebhookSecret, description = "The secret, in clear."), Problems))]
pub(crate) async fn secret(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Unstored<WebhookSecret>, ApiError> {
    Ok(answer(&existing(&state, &app_id).await?.secret))
}

/// Give the webhook of an app a new secret. Deliveries are signed with it from here on.
#[utoipa::path(post, path = "/v1/signaling/apps/{app_id}/webhook/secret/rotate", operation_id = "rotateSignalingWebhookSecret",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = WebhookSecret, description = "The new secret, in clear."), Problems))]
pub(crate) async fn rotate(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Unstored<WebhookSecret>, ApiError> {
    let _changing = state.settings.lock().await;
    let mut settings = state.store.signaling_settings(&app_id).await?;
    let webhook = settings.webhook.as_mut().ok_or_else(no_webhook)?;
    webhook.secret = new_secret().ok_or(Cause::InternalAtCall)?;
    let answer = answer(&webhook.secret);
    state
        .store
        .set_signaling_settings(&app_id, &settings)
        .await?;
    Ok(answer)
}

/// Send an event `signaling.test` to the webhook of an app right away, once, and say what it answered.
#[utoipa::path(post, path = "/v1/signaling/apps/{app_id}/webhook/test", operation_id = "testSignalingWebhook",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = TestedWebhook, description = "It was tried; `delivered` says with what success."), Problems))]
pub(crate) async fn test(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Json<TestedWebhook>, ApiError> {
    let webhook = existing(&state, &app_id).await?;
    let tried = state.webhooks.try_out(&app_id, &webhook).await;
    let (status, problem) = match tried.answer {
        Ok(status) => (Some(status), None),
        Err(problem) => (None, Some(problem)),
    };
    Ok(Json(TestedWebhook {
        id: tried.id,
        delivered: status.is_some_and(|status| (200..300).contains(&status)),
        status,
        problem,
        took_ms: u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX),
    }))
}

/// Look how far the webhook of an app is behind.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/webhook/backlog", operation_id = "getSignalingWebhookBacklog",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = WebhookBacklog, description = "What waits."), Problems))]
pub(crate) async fn backlog(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Json<WebhookBacklog>, ApiError> {
    state.store.app(&app_id).await?;
    let backlog = state.store.webhook_backlog(&app_id).await?;
    Ok(Json(WebhookBacklog {
        waiting: backlog.waiting,
        dropped: backlog.dropped,
    }))
}

async fn existing(state: &ConsoleState, app_id: &str) -> Result<Webhook, ApiError> {
    let settings = state.store.signaling_settings(app_id).await?;
    settings.webhook.ok_or_else(no_webhook)
}

fn no_webhook() -> ApiError {
    Failure::about(
        Cause::NotFound,
        "the app has no webhook: put one into its settings",
    )
    .into()
}

fn answer(secret: &Secret) -> Unstored<WebhookSecret> {
    Unstored(WebhookSecret {
        secret: secret.expose().to_owned(),
    })
}
