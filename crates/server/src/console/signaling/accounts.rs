//! `/v1/signaling/apps/{app_id}/accounts`: who is logged in.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visavis_signal::{Answer, Command};

use super::failure::SignalingProblems;
use super::names::{Count, NamesParams, page};
use super::{operate, unexpected};
use crate::console::ConsoleState;
use crate::console::error::ApiError;
use crate::console::extract::{JsonBody, Params, Segments};
use crate::console::openapi::{Empty, Problems};

/// How long a message waits when the request does not say: what the hosted service kept.
const TTL_S_DEFAULT: u64 = 24 * 60 * 60;

/// Accounts that are logged in, in the order of their names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accounts {
    accounts: Vec<String>,
    /// Send it as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Why a login ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KickLogin {
    /// For the server's log; the client is told `kicked by administrator`.
    #[schema(max_length = 128)]
    reason: Option<String>,
}

/// A message from `system`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeerMessage {
    /// The text, at most 8196 bytes.
    msg: String,
    /// Seconds that it waits for an account that is offline; a day when absent.
    #[schema(minimum = 1, example = 3600)]
    ttl_s: Option<u64>,
}

/// The value of an attribute.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttributeValue {
    /// At most 8096 bytes.
    pub(super) value: String,
}

/// Attributes by their names.
#[derive(Serialize, ToSchema)]
pub(crate) struct Attributes {
    attributes: BTreeMap<String, String>,
}

/// List the accounts that are logged in.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/accounts", operation_id = "listSignalingAccounts",
    tag = "Signaling", params(("app_id" = String, Path,), NamesParams),
    responses((status = 200, body = Accounts, description = "One page."), Problems))]
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
    Params(names): Params<NamesParams>,
) -> Result<Json<Accounts>, ApiError> {
    let (after, limit) = names.split();
    let command = Command::Accounts { after, limit };
    let (accounts, next) = page(operate(&state, &app_id, command, "").await?)?;
    Ok(Json(Accounts { accounts, next }))
}

/// Count the accounts that are logged in.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/accounts/count", operation_id = "countSignalingAccounts",
    tag = "Signaling", params(("app_id" = String, Path,)),
    responses((status = 200, body = Count, description = "How many there are."), Problems))]
pub(crate) async fn count(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Json<Count>, ApiError> {
    let answer = operate(&state, &app_id, Command::CountAccounts, "").await?;
    Ok(Json(answer.try_into()?))
}

/// End the login of an account. Its client reads `close` with 100.
#[utoipa::path(post, path = "/v1/signaling/apps/{app_id}/accounts/{account}/kick", operation_id = "kickSignalingAccount",
    tag = "Signaling", params(("app_id" = String, Path,), ("account" = String, Path,)), request_body = KickLogin,
    responses((status = 200, body = Empty, description = "Ended."), Problems, SignalingProblems))]
pub(crate) async fn kick(
    State(state): State<ConsoleState>,
    Segments((app_id, account)): Segments<(String, String)>,
    JsonBody(KickLogin { reason }): JsonBody<KickLogin>,
) -> Result<Json<Empty>, ApiError> {
    if reason.as_ref().is_some_and(|reason| reason.len() > 128) {
        return Err(ApiError::refused("reason must be at most 128 bytes"));
    }
    tracing::info!(
        app = app_id,
        account,
        reason,
        "an operator ends a signaling login"
    );
    let command = Command::KickLogin { account, reason };
    operate(&state, &app_id, command, "the account is not logged in").await?;
    Ok(Json(Empty {}))
}

/// Send a message to an account as `system`. It is stored, and waits for an account that is offline.
#[utoipa::path(post, path = "/v1/signaling/apps/{app_id}/accounts/{account}/messages", operation_id = "sendToSignalingAccount",
    tag = "Signaling", params(("app_id" = String, Path,), ("account" = String, Path,)), request_body = PeerMessage,
    responses((status = 200, body = Empty, description = "Stored."), Problems, SignalingProblems))]
pub(crate) async fn send(
    State(state): State<ConsoleState>,
    Segments((app_id, account)): Segments<(String, String)>,
    JsonBody(PeerMessage { msg, ttl_s }): JsonBody<PeerMessage>,
) -> Result<Json<Empty>, ApiError> {
    if ttl_s == Some(0) {
        return Err(ApiError::refused("ttl_s must be at least 1"));
    }
    let command = Command::SendPeer {
        account,
        msg,
        ttl_s: ttl_s.unwrap_or(TTL_S_DEFAULT),
    };
    operate(&state, &app_id, command, "no such account").await?;
    Ok(Json(Empty {}))
}

/// Read the attributes of an account, which need not be logged in.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/accounts/{account}/attributes", operation_id = "getSignalingAccountAttributes",
    tag = "Signaling", params(("app_id" = String, Path,), ("account" = String, Path,)),
    responses((status = 200, body = Attributes, description = "All of them."), Problems, SignalingProblems))]
pub(crate) async fn attributes(
    State(state): State<ConsoleState>,
    Segments((app_id, account)): Segments<(String, String)>,
) -> Result<Json<Attributes>, ApiError> {
    let command = Command::UserAttributes { account };
    let answer = operate(&state, &app_id, command, "no such account").await?;
    Ok(Json(answer.try_into()?))
}

/// Set an attribute of an account, which need not be logged in.
#[utoipa::path(put, path = "/v1/signaling/apps/{app_id}/accounts/{account}/attributes/{name}", operation_id = "setSignalingAccountAttribute",
    tag = "Signaling", params(("app_id" = String, Path,), ("account" = String, Path,), ("name" = String, Path,)),
    request_body = AttributeValue,
    responses((status = 200, body = Empty, description = "Set."), Problems, SignalingProblems))]
pub(crate) async fn set_attribute(
    State(state): State<ConsoleState>,
    Segments((app_id, account, name)): Segments<(String, String, String)>,
    JsonBody(AttributeValue { value }): JsonBody<AttributeValue>,
) -> Result<Json<Empty>, ApiError> {
    let command = Command::SetUserAttribute {
        account,
        name,
        value,
    };
    operate(&state, &app_id, command, "no such account").await?;
    Ok(Json(Empty {}))
}

impl TryFrom<Answer> for Attributes {
    type Error = ApiError;

    fn try_from(answer: Answer) -> Result<Self, ApiError> {
        match answer {
            Answer::Attributes(attributes) => Ok(Self {
                attributes: attributes.into_iter().collect(),
            }),
            _ => Err(unexpected()),
        }
    }
}
