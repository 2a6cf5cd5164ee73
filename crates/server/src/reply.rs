//! Failures as HTTP answers.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use visavis_codes::{Cause, Dialect, Emission, Failure, Phase};
use visavis_wire::problem;

/// The answer that says `failure`; `docs` is the base of the documentation links.
pub(crate) fn failure(
    failure: &Failure,
    dialect: Dialect,
    phase: Phase,
    request_id: &str,
    docs: &str,
) -> Response<Body> {
    let status = match failure.emission(dialect) {
        Emission::Http { status } => status,
        Emission::ServerError { .. } | Emission::Observed => 500,
    };
    let (content_type, body) = match failure.cause() {
        // Published SDKs compare this body byte by byte.
        Cause::TokenUndecodable => ("application/json", problem::UNDECODABLE_TOKEN.to_owned()),
        _ => (
            problem::CONTENT_TYPE,
            problem::body(failure, status, phase, request_id, docs),
        ),
    };
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, length);
    if failure.retry_after_ms() > 0 {
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from(failure.retry_after_ms().div_ceil(1000)),
        );
    }
    response
}
