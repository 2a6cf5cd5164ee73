//! `/v1/signaling/apps/{app_id}/channels`: who is where.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visavis_signal::Command;

use super::accounts::{AttributeValue, Attributes};
use super::failure::SignalingProblems;
use super::names::{Count, NamesParams, page};
use super::operate;
use crate::console::ConsoleState;
use crate::console::error::ApiError;
use crate::console::extract::{JsonBody, Params, Segments};
use crate::console::openapi::{Empty, Problems};

const NO_MEMBERS: &str = "nobody is in the channel";
const NO_CHANNEL: &str = "no such channel";

/// Channels that have members, in the order of their names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Channels {
    channels: Vec<String>,
    /// Send it as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Members of a channel, in the order of their names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Users {
    users: Vec<String>,
    /// Send it as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Who is removed from a channel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KickUser {
    account: String,
}

/// A message from `system` to everyone in a channel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelMessage {
    /// The text, at most 8196 bytes.
    msg: String,
}

/// List the channels that have members.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/channels", operation_id = "listSignalingChannels",
    tag = "Signaling", params(("app_id" = String, Path,), NamesParams),
    responses((status = 200, body = Channels, description = "One page."), Problems))]
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    Segments(app_id): Segments<String>,
    Params(names): Params<NamesParams>,
) -> Result<Json<Channels>, ApiError> {
    let (after, limit) = names.split();
    let command = Command::Channels { after, limit };
    let (channels, next) = page(operate(&state, &app_id, command, "").await?)?;
    Ok(Json(Channels { channels, next }))
}

/// End a channel: its members are removed with 600 and its attributes are gone.
#[utoipa::path(delete, path = "/v1/signaling/apps/{app_id}/channels/{channel}", operation_id = "endSignalingChannel",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,)),
    responses((status = 200, body = Empty, description = "Ended."), Problems, SignalingProblems))]
pub(crate) async fn end(
    State(state): State<ConsoleState>,
    Segments((app_id, channel)): Segments<(String, String)>,
) -> Result<Json<Empty>, ApiError> {
    operate(&state, &app_id, Command::EndChannel { channel }, NO_CHANNEL).await?;
    Ok(Json(Empty {}))
}

/// Count the members of a channel.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/channels/{channel}/count", operation_id = "countSignalingChannelUsers",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,)),
    responses((status = 200, body = Count, description = "How many there are."), Problems))]
pub(crate) async fn count(
    State(state): State<ConsoleState>,
    Segments((app_id, channel)): Segments<(String, String)>,
) -> Result<Json<Count>, ApiError> {
    let command = Command::CountMembers { channel };
    let answer = operate(&state, &app_id, command, NO_CHANNEL).await?;
    Ok(Json(answer.try_into()?))
}

/// List the members of a channel.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/channels/{channel}/users", operation_id = "listSignalingChannelUsers",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,), NamesParams),
    responses((status = 200, body = Users, description = "One page."), Problems))]
pub(crate) async fn users(
    State(state): State<ConsoleState>,
    Segments((app_id, channel)): Segments<(String, String)>,
    Params(names): Params<NamesParams>,
) -> Result<Json<Users>, ApiError> {
    let (after, limit) = names.split();
    let command = Command::Members {
        channel,
        after,
        limit,
    };
    let (users, next) = page(operate(&state, &app_id, command, NO_CHANNEL).await?)?;
    Ok(Json(Users { users, next }))
}

/// Remove a user from a channel, with 601.
#[utoipa::path(post, path = "/v1/signaling/apps/{app_id}/channels/{channel}/kick", operation_id = "kickFromSignalingChannel",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,)), request_body = KickUser,
    responses((status = 200, body = Empty, description = "Removed."), Problems, SignalingProblems))]
pub(crate) async fn kick(
    State(state): State<ConsoleState>,
    Segments((app_id, channel)): Segments<(String, String)>,
    JsonBody(KickUser { account }): JsonBody<KickUser>,
) -> Result<Json<Empty>, ApiError> {
    let command = Command::KickFromChannel { channel, account };
    operate(
        &state,
        &app_id,
        command,
        "the account is not in the channel",
    )
    .await?;
    Ok(Json(Empty {}))
}

/// Send a message into a channel as `system`. It is not stored.
#[utoipa::path(post, path = "/v1/signaling/apps/{app_id}/channels/{channel}/messages", operation_id = "sendToSignalingChannel",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,)), request_body = ChannelMessage,
    responses((status = 200, body = Empty, description = "Sent."), Problems, SignalingProblems))]
pub(crate) async fn send(
    State(state): State<ConsoleState>,
    Segments((app_id, channel)): Segments<(String, String)>,
    JsonBody(ChannelMessage { msg }): JsonBody<ChannelMessage>,
) -> Result<Json<Empty>, ApiError> {
    let command = Command::SendChannel { channel, msg };
    operate(&state, &app_id, command, NO_MEMBERS).await?;
    Ok(Json(Empty {}))
}

/// Read the attributes of a channel.
#[utoipa::path(get, path = "/v1/signaling/apps/{app_id}/channels/{channel}/attributes", operation_id = "getSignalingChannelAttributes",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,)),
    responses((status = 200, body = Attributes, description = "All of them."), Problems, SignalingProblems))]
pub(crate) async fn attributes(
    State(state): State<ConsoleState>,
    Segments((app_id, channel)): Segments<(String, String)>,
) -> Result<Json<Attributes>, ApiError> {
    let command = Command::ChannelAttributes { channel };
    let answer = operate(&state, &app_id, command, NO_CHANNEL).await?;
    Ok(Json(answer.try_into()?))
}

/// Delete all attributes of a channel; its members are told.
#[utoipa::path(delete, path = "/v1/signaling/apps/{app_id}/channels/{channel}/attributes", operation_id = "clearSignalingChannelAttributes",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,)),
    responses((status = 200, body = Empty, description = "Deleted."), Problems, SignalingProblems))]
pub(crate) async fn clear_attributes(
    State(state): State<ConsoleState>,
    Segments((app_id, channel)): Segments<(String, String)>,
) -> Result<Json<Empty>, ApiError> {
    let command = Command::ClearChannelAttributes { channel };
    operate(&state, &app_id, command, NO_CHANNEL).await?;
    Ok(Json(Empty {}))
}

/// Set an attribute of a channel; its members are told.
#[utoipa::path(put, path = "/v1/signaling/apps/{app_id}/channels/{channel}/attributes/{name}", operation_id = "setSignalingChannelAttribute",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,), ("name" = String, Path,)),
    request_body = AttributeValue,
    responses((status = 200, body = Empty, description = "Set."), Problems, SignalingProblems))]
pub(crate) async fn set_attribute(
    State(state): State<ConsoleState>,
    Segments((app_id, channel, name)): Segments<(String, String, String)>,
    JsonBody(AttributeValue { value }): JsonBody<AttributeValue>,
) -> Result<Json<Empty>, ApiError> {
    let command = Command::SetChannelAttribute {
        channel,
        name,
        value,
    };
    operate(&state, &app_id, command, NO_CHANNEL).await?;
    Ok(Json(Empty {}))
}

/// Delete an attribute of a channel; its members are told.
#[utoipa::path(delete, path = "/v1/signaling/apps/{app_id}/channels/{channel}/attributes/{name}", operation_id = "deleteSignalingChannelAttribute",
    tag = "Signaling", params(("app_id" = String, Path,), ("channel" = String, Path,), ("name" = String, Path,)),
    responses((status = 200, body = Empty, description = "Deleted."), Problems, SignalingProblems))]
pub(crate) async fn delete_attribute(
    State(state): State<ConsoleState>,
    Segments((app_id, channel, name)): Segments<(String, String, String)>,
) -> Result<Json<Empty>, ApiError> {
    let command = Command::DeleteChannelAttribute { channel, name };
    operate(&state, &app_id, command, "no such attribute").await?;
    Ok(Json(Empty {}))
}
