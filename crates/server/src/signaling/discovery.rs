//! Where clients find the server, and where they leave their telemetry.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::shared::Shared;

const CORS: [(HeaderName, HeaderValue); 3] = [
    (
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS"),
    ),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("*"),
    ),
];

/// `GET /getaddr`: always a usable address, for any app, since published clients hang on anything else.
pub(crate) async fn discover(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let url = match &shared.public_url {
        Some(url) => url.replacen("http", "ws", 1),
        None => format!("ws://{}", host(&headers)),
    };
    let mut answer = json!({
        "web": [[format!("{url}/signaling")]],
        "visavis": {"version": env!("CARGO_PKG_VERSION")},
    });
    if let Some(authority) = url.strip_prefix("wss://") {
        let authority = match authority.split_once('/') {
            Some((authority, _)) => authority,
            None => authority,
        };
        let port = if authority.contains(':') { "" } else { ":443" };
        answer["wx_web"] = json!([format!("{authority}{port}")]);
    }
    (CORS, axum::Json(answer)).into_response()
}

/// The host as the client named it; what is no host must not come back to it.
fn host(headers: &HeaderMap) -> &str {
    let is_host = |host: &&str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
    };
    headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(is_host)
        .unwrap_or("127.0.0.1")
}

/// `OPTIONS` of both paths below.
pub(crate) async fn preflight() -> Response {
    (StatusCode::NO_CONTENT, CORS).into_response()
}

/// `POST /signaling/telemetry`: published clients send account and token here; nothing of it is read.
pub(crate) async fn telemetry() -> Response {
    (StatusCode::NO_CONTENT, CORS).into_response()
}
