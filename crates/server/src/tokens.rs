//! `POST /v1/console/session-tokens` and `POST /v1/auth/session-token`: an API key in, a session token out.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use visavis_codes::{Cause, Dialect, Failure, Fault, Phase};
use visavis_wire::token::{Claims, check_expiry};
use visavis_wire::{AppId, Secret};

use crate::http::RequestId;
use crate::server::Abort;
use crate::shared::{Shared, log_store, unix_now};

/// Largest body of a token call, in bytes.
pub(crate) const BODY_BYTES_MAX: usize = 16 << 10;

#[derive(Deserialize)]
struct Wish {
    #[serde(rename = "expireAt", alias = "expire_at")]
    expire_at: Option<serde_json::Value>,
}

/// Both answer forms at once: each SDK reads its own key.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(rename = "sessionToken")]
    camel: &'a str,
    session_token: &'a str,
}

pub(crate) async fn console(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    issue(&shared, Dialect::TextRule, &id, &headers, &body).await
}

pub(crate) async fn auth(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    issue(&shared, Dialect::CloseCode, &id, &headers, &body).await
}

async fn issue(
    shared: &Shared,
    dialect: Dialect,
    id: &RequestId,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let key = headers
        .get("x-api-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some(fault) = Fault::parse(key).filter(|_| shared.fault_keys) {
        return disturbed(shared, dialect, id, fault);
    }
    match mint(shared, dialect, key, body).await {
        Ok(token) => {
            shared.metrics.tokens.inc();
            let answer = Answer {
                camel: token.expose(),
                session_token: token.expose(),
            };
            (
                [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
                axum::Json(answer),
            )
                .into_response()
        }
        Err(failure) => shared.refuse(&failure, dialect, Phase::SessionToken, id.as_str()),
    }
}

/// Answers an API key that asks for a failure.
fn disturbed(
    shared: &Shared,
    dialect: Dialect,
    id: &RequestId,
    fault: Result<Fault, String>,
) -> Response {
    let failure = match fault {
        Ok(Fault {
            phase: Phase::SessionToken,
            cause,
            ..
        }) => Fault::failure_of(cause),
        Ok(fault) => match Fault::cause(fault.cause.code(), Some(Phase::SessionToken)) {
            Some((cause, _)) => Fault::failure_of(cause),
            None => Failure::about(
                Cause::BodyRefused,
                "fault: this code cannot occur at the token call",
            )
            .on_purpose(),
        },
        Err(what) => Failure::about(Cause::BodyRefused, &what).on_purpose(),
    };
    let mut answer = shared.refuse(&failure, dialect, Phase::SessionToken, id.as_str());
    match failure.cause() {
        Cause::NotAToken => StatusCode::OK.into_response(),
        Cause::Unclassified => (StatusCode::CREATED, "{}").into_response(),
        Cause::Unreachable => {
            answer.extensions_mut().insert(Abort);
            answer
        }
        _ => answer,
    }
}

async fn mint(
    shared: &Shared,
    dialect: Dialect,
    key: &str,
    body: &[u8],
) -> Result<Secret, Failure> {
    let app = shared
        .store
        .app_by_key(key)
        .await
        .map_err(|error| unavailable(&error))?
        .ok_or(Cause::ApiKeyRejected)?;
    if app.deleted {
        return Err(Cause::AppUnknownAtTokenCall.into());
    }
    let now = unix_now();
    let expires_at = wished_expiry(body, now)?;
    if shared.credits.enforced {
        let balance = shared
            .store
            .balance(&app.app_id)
            .await
            .map_err(|error| unavailable(&error))?;
        if balance.lifetime_earned == 0 {
            return Err(Failure::about(Cause::NoPlanAtTokenCall, NEVER_FUNDED));
        }
    }
    let app_id = AppId::new(&app.app_id).map_err(|_| Cause::InternalAtCall)?;
    let claims = Claims {
        app_id,
        dialect,
        issued_at: now,
        expires_at,
    };
    shared.signer.mint(&claims).map_err(|error| {
        tracing::error!(%error, "a session token could not be signed");
        Cause::InternalAtCall.into()
    })
}

/// The reason of [`Cause::NoPlan`] and [`Cause::NoPlanAtTokenCall`].
pub(crate) const NEVER_FUNDED: &str = "the app was never granted credits";

fn wished_expiry(body: &[u8], now: u64) -> Result<u64, Failure> {
    let refused = |what: &str| Failure::about(Cause::ExpiryRefused, what);
    let wish: Wish = serde_json::from_slice(body).map_err(|_| {
        refused("the body must be a JSON object such as {\"expireAt\": 1800000000}")
    })?;
    let expire_at = match &wish.expire_at {
        Some(serde_json::Value::Number(number)) => number.as_i64(),
        // The JSON form of protobuf writes 64-bit integers as texts.
        Some(serde_json::Value::String(text)) => text.parse().ok(),
        None => {
            return Err(refused(
                "expire_at is missing: send expireAt in seconds since 1970",
            ));
        }
        Some(_) => None,
    };
    let expire_at = expire_at
        .ok_or_else(|| refused("expire_at must be a whole number of seconds since 1970"))?;
    check_expiry(expire_at, now).map_err(refused)
}

fn unavailable(error: &visavis_store::StoreError) -> Failure {
    log_store(error);
    match error {
        visavis_store::StoreError::NotFound { .. } => Cause::AppUnknownAtTokenCall.into(),
        _ => Failure::new(Cause::StoreUnavailable).with_retry_after_ms(1000),
    }
}
