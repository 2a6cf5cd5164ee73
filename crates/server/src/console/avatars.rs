//! `/v2/console/avatars` and `/v2/console/public-avatars`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use visavis_store::{AvatarScope, Character, NewAvatar, PageRequest};

use super::{
    ConsoleState,
    error::ApiError,
    extract::{JsonBody, Params, Segments},
    openapi::{Empty, Problems, WriteProblems},
    page::{PageParams, Pagination, timestamp},
};

/// One avatar that sessions can ask for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Avatar {
    /// What sessions ask for it by.
    #[schema(example = "vera")]
    id: String,
    /// The app that owns it; absent when every app may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<String>,
    /// Comes with the server and cannot be deleted.
    built_in: bool,
    /// For people to recognise it by.
    name: String,
    /// What it is like.
    description: String,
    /// A picture of it, or empty.
    cover_url: String,
    /// The owner's own note.
    remark: String,
    /// How it moves: `vera` or `otto`.
    #[schema(example = "vera")]
    character: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A new avatar.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateAvatar {
    /// The app that will own it; absent to let every app use it.
    app_id: Option<String>,
    /// For people to recognise it by.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it is like.
    #[serde(default)]
    #[schema(max_length = 1000)]
    description: String,
    /// An `http` or `https` URL of a picture of it, or empty.
    #[serde(default)]
    #[schema(max_length = 2048)]
    cover_url: String,
    /// A note for yourself.
    #[serde(default)]
    #[schema(max_length = 1000)]
    remark: String,
    /// How it moves: `vera` (lively, the default) or `otto` (calm).
    character: Option<String>,
}

/// Which avatars.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AvatarParams {
    /// Only those that this app owns; absent for all.
    #[serde(rename = "appId")]
    app_id: Option<String>,
    /// Rows wanted: 50 when absent or 0, never more than 200.
    #[serde(rename = "pagination.pageSize")]
    page_size: Option<u32>,
    /// `nextPageToken` of the page before; absent or empty for the first page.
    #[serde(rename = "pagination.pageToken")]
    page_token: Option<String>,
}

/// One page of avatars.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Avatars {
    avatars: Vec<Avatar>,
    pagination: Pagination,
}

/// One page of the avatars that every app may use.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicAvatars {
    public_avatars: Vec<Avatar>,
    pagination: Pagination,
}

impl From<visavis_store::Avatar> for Avatar {
    fn from(avatar: visavis_store::Avatar) -> Self {
        Self {
            id: avatar.id,
            app_id: avatar.app_id,
            built_in: avatar.built_in,
            name: avatar.name,
            description: avatar.description,
            cover_url: avatar.cover_url,
            remark: avatar.remark,
            character: avatar.character.to_string(),
            created_at: timestamp(avatar.created_at),
            updated_at: timestamp(avatar.updated_at),
        }
    }
}

/// Create an avatar.
#[utoipa::path(post, path = "/v2/console/avatars", operation_id = "createAvatar", tag = "Avatars",
    request_body = CreateAvatar,
    responses((status = 200, body = Avatar, description = "Created."), Problems, WriteProblems))]
pub(crate) async fn create(
    State(console): State<ConsoleState>,
    JsonBody(new): JsonBody<CreateAvatar>,
) -> Result<Json<Avatar>, ApiError> {
    let character = match &new.character {
        Some(name) => name.parse()?,
        None => Character::Vera,
    };
    let avatar = console
        .store
        .create_avatar(&NewAvatar {
            app_id: new.app_id,
            name: new.name,
            description: new.description,
            cover_url: new.cover_url,
            remark: new.remark,
            character,
        })
        .await?;
    Ok(Json(avatar.into()))
}

/// List avatars, oldest first.
#[utoipa::path(get, path = "/v2/console/avatars", operation_id = "listAvatars", tag = "Avatars",
    params(AvatarParams),
    responses((status = 200, body = Avatars, description = "One page."), Problems))]
pub(crate) async fn list(
    State(console): State<ConsoleState>,
    Params(params): Params<AvatarParams>,
) -> Result<Json<Avatars>, ApiError> {
    let scope = match &params.app_id {
        Some(app_id) => AvatarScope::OwnedBy(app_id),
        None => AvatarScope::All,
    };
    let page = PageRequest {
        size: params.page_size,
        token: params.page_token,
    };
    let page = console.store.avatars(scope, &page).await?;
    Ok(Json(Avatars {
        pagination: Pagination::from(&page),
        avatars: page.items.into_iter().map(Into::into).collect(),
    }))
}

/// List the avatars that every app may use, the built-in ones first.
#[utoipa::path(get, path = "/v2/console/public-avatars", operation_id = "listPublicAvatars", tag = "Avatars",
    params(PageParams),
    responses((status = 200, body = PublicAvatars, description = "One page."), Problems))]
pub(crate) async fn list_public(
    State(console): State<ConsoleState>,
    Params(page): Params<PageParams>,
) -> Result<Json<PublicAvatars>, ApiError> {
    let page = console
        .store
        .avatars(AvatarScope::Public, &page.into())
        .await?;
    Ok(Json(PublicAvatars {
        pagination: Pagination::from(&page),
        public_avatars: page.items.into_iter().map(Into::into).collect(),
    }))
}

/// Look at one avatar.
#[utoipa::path(get, path = "/v2/console/avatars/{id}", operation_id = "getAvatar", tag = "Avatars",
    params(("id" = String, Path,)),
    responses((status = 200, body = Avatar, description = "The avatar."), Problems))]
pub(crate) async fn find(
    State(console): State<ConsoleState>,
    Segments(id): Segments<String>,
) -> Result<Json<Avatar>, ApiError> {
    let avatar = console
        .store
        .avatar(&id)
        .await
        .map_err(ApiError::about_avatar(&id))?;
    Ok(Json(avatar.into()))
}

/// Delete an avatar. Sessions that use it run on.
#[utoipa::path(delete, path = "/v2/console/avatars/{id}", operation_id = "deleteAvatar", tag = "Avatars",
    params(("id" = String, Path,)),
    responses((status = 200, body = Empty, description = "Deleted."), Problems, WriteProblems))]
pub(crate) async fn remove(
    State(console): State<ConsoleState>,
    Segments(id): Segments<String>,
) -> Result<Json<Empty>, ApiError> {
    console
        .store
        .delete_avatar(&id)
        .await
        .map_err(ApiError::about_avatar(&id))?;
    Ok(Json(Empty {}))
}
