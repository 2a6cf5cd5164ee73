//! Who may use the console API.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use visavis_codes::Cause;

use super::{ConsoleState, error::ApiError};

pub(crate) async fn require_admin_token(
    State(state): State<ConsoleState>,
    request: Request,
    next: Next,
) -> Response {
    let known = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(bearer_token)
        // In constant time: the answer must not tell how much of a guess was right.
        .is_some_and(|token| state.admin_token.matches(token));
    if known {
        return next.run(request).await;
    }
    let mut response = ApiError::from(Cause::AdminTokenRejected).into_response();
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// The scheme's name is case-insensitive (RFC 9110 §11.1).
fn bearer_token(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
