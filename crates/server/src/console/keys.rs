//! `/v1/apps/{app_id}/api-keys`

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visavis_store::KeyRecord;

use super::{
    ConsoleState,
    error::ApiError,
    extract::{JsonBody, Params, Segments},
    openapi::{Empty, Problems, WriteProblems},
    page::{PageParams, Pagination, timestamp},
};

/// Who asked for a key when the request does not say.
const CREATED_BY_DEFAULT: &str = "console";

/// One API key of an app.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKey {
    /// The key in clear in the answer that creates it, and its prefix ever after.
    #[schema(example = "vv_5f0c1d2e")]
    api_key: String,
    /// Names the key within its app; use it to delete the key.
    #[schema(example = "vv_5f0c1d2e")]
    prefix: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// Who asked for it.
    created_by: String,
}

/// A new API key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateApiKey {
    /// Who asks for it; `console` when absent.
    #[schema(min_length = 1, max_length = 100)]
    created_by: Option<String>,
}

/// One page of API keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeys {
    api_keys: Vec<ApiKey>,
    pagination: Pagination,
}

impl ApiKey {
    pub(crate) fn listed(record: KeyRecord) -> Self {
        Self {
            api_key: record.prefix.clone(),
            prefix: record.prefix,
            created_at: timestamp(record.created_at),
            created_by: record.created_by,
        }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// Create an API key. The answer holds it in clear; it cannot be had again.
#[utoipa::path(post, path = "/v1/apps/{app_id}/api-keys", operation_id = "createApiKey", tag = "API keys",
    params(("app_id" = String, Path,)),
    request_body = CreateApiKey,
    responses(
        (status = 200, body = ApiKey, description = "Created; the only answer with the key in clear."),
        Problems, WriteProblems,
    ))]
pub(crate) async fn create(
    State(console): State<ConsoleState>,
    Segments(app_id): Segments<String>,
    JsonBody(new): JsonBody<CreateApiKey>,
) -> Result<([(HeaderName, &'static str); 1], Json<ApiKey>), ApiError> {
    let created_by = new.created_by.as_deref().unwrap_or(CREATED_BY_DEFAULT);
    let (key, record) = console.store.create_key(&app_id, created_by).await?;
    let answer = ApiKey {
        api_key: key.expose().to_owned(),
        ..ApiKey::listed(record)
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}

/// List an app's API keys by their prefixes, oldest first.
#[utoipa::path(get, path = "/v1/apps/{app_id}/api-keys", operation_id = "listApiKeys", tag = "API keys",
    params(("app_id" = String, Path,), PageParams),
    responses((status = 200, body = ApiKeys, description = "One page."), Problems))]
pub(crate) async fn list(
    State(console): State<ConsoleState>,
    Segments(app_id): Segments<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<ApiKeys>, ApiError> {
    let page = console.store.keys(&app_id, &page.into()).await?;
    Ok(Json(ApiKeys {
        pagination: Pagination::from(&page),
        api_keys: page.items.into_iter().map(ApiKey::listed).collect(),
    }))
}

/// Delete an API key, named by its prefix or in full. It stops working at once.
#[utoipa::path(delete, path = "/v1/apps/{app_id}/api-keys/{api_key}", operation_id = "deleteApiKey", tag = "API keys",
    params(("app_id" = String, Path,), ("api_key" = String, Path, description = "The key's prefix, or the key")),
    responses((status = 200, body = Empty, description = "Deleted."), Problems))]
pub(crate) async fn remove(
    State(console): State<ConsoleState>,
    Segments((app_id, api_key)): Segments<(String, String)>,
) -> Result<Json<Empty>, ApiError> {
    console.store.delete_key(&app_id, &api_key).await?;
    Ok(Json(Empty {}))
}
