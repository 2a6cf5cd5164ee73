//! Failures of the hub as HTTP answers: the console's problem with the members of the protocol.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoResponses, ToSchema};
use visavis_codes::signaling::{Cause, Failure};
use visavis_codes::{Dialect, Emission, Phase};
use visavis_wire::problem;

/// The body of an error that the signaling service gives: the console's members and those of the protocol.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignalingProblem<'a> {
    /// URL of the code's documentation.
    r#type: &'a str,
    /// The code in a few words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// Equal to `reason`.
    detail: &'a str,
    /// The request id, as in the server's log.
    instance: &'a str,
    /// The number of the code.
    #[schema(example = 1005)]
    code: u16,
    /// The name of the code.
    #[schema(example = "GENERAL_E_LARGE_PARAM")]
    name: &'a str,
    /// What went wrong, in the words of the protocol.
    #[schema(example = "msg too large")]
    reason: &'a str,
    /// Equal to `reason`.
    message: &'a str,
    /// Equal to `name`.
    code_name: &'a str,
    /// `unknown`.
    phase: &'a str,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// Always 0: it is left to the caller.
    retry_after_ms: u32,
    /// Equal to `type`.
    doc_url: &'a str,
}

/// How the signaling service refuses, besides [`Problems`](crate::console::openapi::Problems).
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(crate) enum SignalingProblems {
    /// A name or a value is wrong: 1004, 209 or 300.
    #[response(status = 422, content_type = "application/problem+json")]
    Wrong(SignalingProblem<'static>),
    /// A name or a value is too large: 1005.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(SignalingProblem<'static>),
    /// Too many a second, or the queue of the receiver is full: 400 or 1000.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(SignalingProblem<'static>),
}

/// The answer that says a failure.
pub(in crate::console) fn problem(failure: &Failure, request_id: &str, docs: &str) -> Response {
    let status = status(failure);
    let content_type = [(header::CONTENT_TYPE, problem::CONTENT_TYPE)];
    let body = body(failure, status, request_id, docs);
    (status, content_type, body).into_response()
}

/// The answer that says a failure of the console, with the members of the protocol that it lacks.
pub(in crate::console) fn console_problem(
    failure: &visavis_codes::Failure,
    request_id: &str,
    docs: &str,
) -> Response {
    let status = match failure.emission(Dialect::TextRule) {
        Emission::Http { status } => status,
        Emission::ServerError { .. } | Emission::Observed => 500,
    };
    let body = problem::body(failure, status, Phase::Unknown, request_id, docs);
    let mut members: Map<String, Value> = serde_json::from_str(&body).unwrap_or_default();
    members.insert("name".into(), failure.code().name().into());
    members.insert("reason".into(), failure.detail().into());
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = [(header::CONTENT_TYPE, problem::CONTENT_TYPE)];
    (status, content_type, Value::from(members).to_string()).into_response()
}

fn status(failure: &Failure) -> StatusCode {
    match failure.cause() {
        Cause::RateLimited | Cause::QueueFull => StatusCode::TOO_MANY_REQUESTS,
        Cause::MessageTooLarge | Cause::ParamTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Cause::ServerError => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn body(failure: &Failure, status: StatusCode, request_id: &str, docs: &str) -> String {
    let (code, reason) = (failure.code(), failure.reason());
    let doc_url = format!("{docs}/{}", code.name());
    let problem = SignalingProblem {
        r#type: &doc_url,
        title: code.title(),
        status: status.as_u16(),
        detail: reason,
        instance: request_id,
        code: code.number(),
        name: code.name(),
        reason,
        message: reason,
        code_name: code.name(),
        phase: Phase::Unknown.name(),
        retryable: failure.retryable(),
        retry_after_ms: 0,
        doc_url: &doc_url,
    };
    serde_json::to_string(&problem).unwrap_or_default()
}
