//! The routes of the one port.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use visavis_codes::{Cause, Dialect, Failure, Phase};

use crate::console::{self, ConsoleState};
use crate::shared::{Shared, random_id};
use crate::{errors, handshake, ingress, signaling, tokens};

/// Names one HTTP request, in its answer and in the log.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    let tokens = Router::new()
        .route("/v1/console/session-tokens", post(tokens::console))
        .route("/v1/auth/session-token", post(tokens::auth))
        .layer(DefaultBodyLimit::max(tokens::BODY_BYTES_MAX));
    let console = ConsoleState {
        store: shared.store.clone(),
        live: Arc::clone(&shared.live),
        admin_token: shared.admin_token.clone(),
        signaling: shared.signaling.clone(),
        webhooks: shared.webhooks.clone(),
        settings: Arc::default(),
        docs: Arc::clone(&shared.docs),
    };
    Router::new()
        .merge(tokens)
        .route("/v2/driveningress/websocket", get(ingress::upgrade))
        .route("/", any(root))
        .route("/signaling", get(signaling::upgrade))
        .route(
            "/getaddr",
            get(signaling::discover).options(signaling::preflight),
        )
        .route(
            "/signaling/telemetry",
            post(signaling::telemetry).options(signaling::preflight),
        )
        .route("/errors", get(errors::index))
        .route("/errors/{code}", get(errors::one))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Arc::clone(shared))
        .merge(console::router(console))
        .layer(middleware::from_fn_with_state(
            Arc::clone(shared),
            every_request,
        ))
}

/// Gives each request its id, and turns the framework's own refusals into ours.
async fn every_request(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    let id: Arc<str> = match given {
        Some(text)
            if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) =>
        {
            text.into()
        }
        _ => random_id().into(),
    };
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions().get::<Failure>() {
        shared.metrics.failed(failure, Phase::Unknown);
    } else if let Some(failure) = response
        .extensions()
        .get::<visavis_codes::signaling::Failure>()
    {
        shared.metrics.signaling_failed(failure);
    } else if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_problem(&response) {
        let failure = Failure::about(Cause::BodyTooLarge, &tokens::BODY_BYTES_MAX.to_string());
        response = shared.refuse(&failure, Dialect::TextRule, Phase::SessionToken, &id);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

fn is_problem(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == visavis_wire::problem::CONTENT_TYPE)
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if *shared.draining.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    match shared.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            crate::shared::log_store(&error);
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the store does not answer\n",
            )
                .into_response()
        }
    }
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let content_type =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    match shared.metrics.encode() {
        Ok(page) => ([(header::CONTENT_TYPE, content_type)], page).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Published signaling clients connect to the root.
async fn root(state: State<Arc<Shared>>, id: Extension<RequestId>, request: Request) -> Response {
    if handshake::accept_key(request.headers()).is_some() {
        signaling::upgrade(state, id, request).await
    } else {
        unknown_path(state, id).await
    }
}

async fn unknown_path(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
) -> Response {
    let failure = Failure::about(
        Cause::NotFound,
        "no such path; /openapi.json lists what there is",
    );
    shared.refuse(&failure, Dialect::TextRule, Phase::Unknown, id.as_str())
}

async fn wrong_method(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    let failure = Failure::about(Cause::MethodRefused, request.method().as_str());
    shared.refuse(&failure, Dialect::TextRule, Phase::Unknown, id.as_str())
}
