//! `/v1/signaling/apps/{app_id}/settings`

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use visavis_codes::Cause;
use visavis_signal::EventKind;
use visavis_store::SignalingSettings;

use super::announce;
use crate::console::ConsoleState;
use crate::console::error::ApiError;
use crate::console::extract::{JsonBody, Segments};
use crate::console::openapi::{Problems, WriteProblems};
use crate::webhooks::new_secret;

/// What an operator decides about the signaling of an app. Every member is needed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SignalingSettings)]
pub(crate) struct Settings {
    /// Whether accounts may log in without a token: with `_no_need_token`.
    no_token_allowed: bool,
    /// What the end of a token does to a login that is alive.
    token_expiry: TokenExpiry,
    /// Refuses every login with 202 `app disabled`; those that are alive go on.
    disabled: bool,
    /// Accounts that cannot log in, at most 1000.
    blocked_accounts: BTreeSet<String>,
    /// Where the app hears of events; `null` for nowhere.
    #[serde(deserialize_with = "given")]
    #[schema(required = true)]
    webhook: Option<Webhook>,
}

/// What the end of a token does to a login that is alive.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenExpiry {
    /// Nothing; only the next login fails.
    Keep,
    /// It ends the login with 105.
    Kick,
}

/// Where events go. Deliveries are signed as Standard Webhooks says; the secret has an address of its own.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// The receiver; http or https.
    #[schema(example = "https://shop.example/signaling-events")]
    url: String,
    /// The kinds of events it wants; all of them when absent.
    #[serde(default = "all_events")]
    #[schema(example = json!(["signaling.login", "signaling.logout"]))]
    events: BTreeSet<String>,
}

/// Read the settings of an app.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/settings", operation_id = "getSignalingSettings",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = Settings, description = "The settings, without secrets."), Problems))]
pub(crate) async fn find(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Json<Settings>, ApiError> {
    let settings = state.store.signaling_settings(&app_id).await?;
    Ok(Json(settings.into()))
}

/// Put settings in place of the earlier ones. Logins feel it at once.
///
/// The certificate stays, and so does the secret of a webhook that there was before; a new webhook gets a new one.
#[utoipa::path(put, path = "/v1/signaling/apps/{app_id}/settings", operation_id = "putSignalingSettings",
    tag = "Signaling", params(("app_id" = String, Path,)), request_body = Settings,
    responses((status = 200, body = Settings, description = "The settings as they are now."), Problems, WriteProblems))]
pub(crate) async fn replace(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
    JsonBody(new): JsonBody<Settings>,
) -> Result<Json<Settings>, ApiError> {
    new.check()?;
    let _changing = state.settings.lock().await;
    let old = state.store.signaling_settings(&app_id).await?;
    let secret = match (&old.webhook, &new.webhook) {
        (Some(webhook), _) => Some(webhook.secret.clone()),
        (None, Some(_)) => Some(new_secret().ok_or(Cause::InternalAtCall)?),
        (None, None) => None,
    };
    let settings = SignalingSettings {
        certificate: old.certificate,
        no_token_allowed: new.no_token_allowed,
        token_expiry: match new.token_expiry {
            TokenExpiry::Keep => visavis_store::TokenExpiry::Keep,
            TokenExpiry::Kick => visavis_store::TokenExpiry::Kick,
        },
        disabled: new.disabled,
        blocked: new.blocked_accounts.into_iter().collect(),
        webhook: new.webhook.zip(secret).map(|(webhook, secret)| {
            let events = webhook.events.into_iter().collect();
            visavis_store::Webhook {
                url: webhook.url,
                secret,
                events,
            }
        }),
    };
    state
        .store
        .set_signaling_settings(&app_id, &settings)
        .await?;
    announce(&state, &app_id).await?;
    // What waited for another address may go now.
    state.webhooks.ring();
    Ok(Json(settings.into()))
}

impl Settings {
    fn check(&self) -> Result<(), ApiError> {
        let Some(webhook) = &self.webhook else {
            return Ok(());
        };
        let known = all_events();
        match webhook.events.iter().find(|event| !known.contains(*event)) {
            Some(unknown) => Err(ApiError::refused(&format!(
                "webhook.events: there is no {}; the kinds are {}",
                unknown.chars().take(40).collect::<String>(),
                known.into_iter().collect::<Vec<_>>().join(", ")
            ))),
            None => Ok(()),
        }
    }
}

impl From<SignalingSettings> for Settings {
    fn from(settings: SignalingSettings) -> Self {
        Self {
            no_token_allowed: settings.no_token_allowed,
            token_expiry: match settings.token_expiry {
                visavis_store::TokenExpiry::Keep => TokenExpiry::Keep,
                visavis_store::TokenExpiry::Kick => TokenExpiry::Kick,
            },
            disabled: settings.disabled,
            blocked_accounts: settings.blocked.into_iter().collect(),
            webhook: settings.webhook.map(|webhook| Webhook {
                url: webhook.url,
                events: webhook.events.into_iter().collect(),
            }),
        }
    }
}

fn all_events() -> BTreeSet<String> {
    EventKind::ALL
        .iter()
        .map(|kind| kind.name().to_owned())
        .collect()
}

/// `null` is a value here, and absence is a mistake.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Webhook>, D::Error> {
    Option::deserialize(deserializer)
}
