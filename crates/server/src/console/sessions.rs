//! `/v1/sessions`: the avatar sessions that are open now.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ConsoleState, openapi::Problems, page::timestamp};

/// An open avatar session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    /// Names the connection in logs, errors and frames.
    connection_id: String,
    app_id: String,
    avatar_id: String,
    /// Faults can be armed for it.
    test: bool,
    /// When it was upgraded, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
}

/// Every open session, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    sessions: Vec<Session>,
}

/// Lists the open avatar sessions of this server
#[utoipa::path(get, operation_id = "listSessions", path = "/v1/sessions", tag = "Operations", responses((status = 200, body = SessionList), Problems))]
pub(crate) async fn list(State(state): State<ConsoleState>) -> Json<SessionList> {
    let sessions = state
        .live
        .sessions()
        .into_iter()
        .map(|(connection_id, session)| Session {
            connection_id,
            app_id: session.app_id,
            avatar_id: session.avatar_id,
            test: session.test,
            since: timestamp(session.since),
        });
    Json(SessionList {
        sessions: sessions.collect(),
    })
}
