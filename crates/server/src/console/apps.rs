//! `/v1/apps`

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visavis_store::{NewApp, PageRequest, Store, StoreError, limits::KEYS_PER_APP_MAX};

use super::{
    ConsoleState,
    error::ApiError,
    extract::{JsonBody, Params, Segments},
    keys::ApiKey,
    openapi::{Empty, Problems, WriteProblems},
    page::{PageParams, Pagination, timestamp},
};

/// One tenant of the server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct App {
    /// Stable id, never reused.
    #[schema(example = "app_5f0c1d2e3a4b5c6d")]
    app_id: String,
    /// For people to recognise it by.
    name: String,
    /// Test apps may cause faults on purpose.
    test: bool,
    /// Sessions at the same time; absent where the server's own limit holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency_max: Option<u32>,
    /// The app's keys, each named by its prefix.
    api_keys: Vec<ApiKey>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A new app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateApp {
    /// For people to recognise it by.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Whether it may cause faults on purpose.
    #[serde(default)]
    test: bool,
    /// Sessions at the same time; absent for the server's own limit.
    concurrency_max: Option<u32>,
}

/// The id of a new app.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedApp {
    app_id: String,
}

/// One page of apps.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Apps {
    apps: Vec<App>,
    pagination: Pagination,
}

/// Create an app.
#[utoipa::path(post, path = "/v1/apps", operation_id = "createApp", tag = "Apps",
    request_body = CreateApp,
    responses((status = 200, body = CreatedApp, description = "Created."), Problems, WriteProblems))]
pub(crate) async fn create(
    State(console): State<ConsoleState>,
    JsonBody(new): JsonBody<CreateApp>,
) -> Result<Json<CreatedApp>, ApiError> {
    let app = console
        .store
        .create_app(&NewApp {
            name: new.name,
            test: new.test,
            concurrency_max: new.concurrency_max,
        })
        .await?;
    Ok(Json(CreatedApp { app_id: app.app_id }))
}

/// List the apps, oldest first.
#[utoipa::path(get, path = "/v1/apps", operation_id = "listApps", tag = "Apps",
    params(PageParams),
    responses((status = 200, body = Apps, description = "One page."), Problems))]
pub(crate) async fn list(
    State(console): State<ConsoleState>,
    Params(page): Params<PageParams>,
) -> Result<Json<Apps>, ApiError> {
    let page = console.store.apps(&page.into()).await?;
    let pagination = Pagination::from(&page);
    let mut apps = Vec::with_capacity(page.items.len());
    for app in page.items {
        match with_keys(&console.store, app).await {
            Ok(app) => apps.push(app),
            // Deleted since the page was read.
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(Apps { apps, pagination }))
}

/// Look at one app.
#[utoipa::path(get, path = "/v1/apps/{app_id}", operation_id = "getApp", tag = "Apps",
    params(("app_id" = String, Path,)),
    responses((status = 200, body = App, description = "The app."), Problems))]
pub(crate) async fn find(
    State(console): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Json<App>, ApiError> {
    let app = console.store.app(&app_id).await?;
    Ok(Json(with_keys(&console.store, app).await?))
}

/// Delete an app: its keys stop working, its signaling logins end, its avatars are gone, its ledger stays.
#[utoipa::path(delete, path = "/v1/apps/{app_id}", operation_id = "deleteApp", tag = "Apps",
    params(("app_id" = String, Path,)),
    responses((status = 200, body = Empty, description = "Deleted."), Problems))]
pub(crate) async fn remove(
    State(console): State<ConsoleState>,
    Segments(app_id): Segments<String>,
) -> Result<Json<Empty>, ApiError> {
    console.store.delete_app(&app_id).await?;
    console.signaling.app_changed(&app_id, None);
    Ok(Json(Empty {}))
}

async fn with_keys(store: &Store, app: visavis_store::App) -> Result<App, StoreError> {
    let all = PageRequest {
        size: Some(KEYS_PER_APP_MAX),
        token: None,
    };
    let keys = store.keys(&app.app_id, &all).await?;
    Ok(App {
        api_keys: keys.items.into_iter().map(ApiKey::listed).collect(),
        app_id: app.app_id,
        name: app.name,
        test: app.test,
        concurrency_max: app.concurrency_max,
        created_at: timestamp(app.created_at),
        updated_at: timestamp(app.updated_at),
    })
}
