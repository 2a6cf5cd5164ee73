//! Errors of the console API.

use std::{error::Error, sync::Arc};

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use visavis_codes::{Cause, Dialect, Failure, Phase, signaling::Failure as SignalingFailure};
use visavis_store::{Noun, StoreError};

use super::signaling;
use crate::{http::RequestId, reply};

/// A failed request: what the caller reads, and what only the log may hold.
#[derive(Debug)]
pub(crate) struct ApiError {
    failure: Said,
    internal: Option<StoreError>,
}

/// Of which service the failure is.
#[derive(Debug)]
enum Said {
    Console(Failure),
    Signaling(SignalingFailure),
}

impl ApiError {
    /// The request is wrong in the way that `text` says.
    pub(crate) fn refused(text: &str) -> Self {
        Failure::about(Cause::BodyRefused, text).into()
    }

    /// As the store's own error, and for an avatar with the id that was asked for.
    pub(crate) fn about_avatar(id: &str) -> impl FnOnce(StoreError) -> Self {
        move |error| match error {
            StoreError::NotFound { noun: Noun::Avatar } => {
                Failure::about(Cause::AvatarUnknown, id).into()
            }
            error => error.into(),
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self {
            failure: Said::Console(failure),
            internal: None,
        }
    }
}

impl From<SignalingFailure> for ApiError {
    fn from(failure: SignalingFailure) -> Self {
        Self {
            failure: Said::Signaling(failure),
            internal: None,
        }
    }
}

impl From<Cause> for ApiError {
    fn from(cause: Cause) -> Self {
        Failure::new(cause).into()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { noun: Noun::App } => Cause::AppUnknown.into(),
            StoreError::NotFound { noun } => {
                Failure::about(Cause::NotFound, &format!("{noun} not found")).into()
            }
            StoreError::Conflict(text) => Failure::about(Cause::Conflict, &text).into(),
            StoreError::Invalid(text) => Self::refused(&text),
            error @ StoreError::Unavailable(_) => Self {
                failure: Said::Console(Failure::new(Cause::StoreUnavailable)),
                internal: Some(error),
            },
        }
    }
}

impl IntoResponse for ApiError {
    /// Leaves everything to [`render`], which knows the request.
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Logs every [`ApiError`] that passes and turns it into the answer to this request.
///
/// The answer carries its [`Failure`] as an extension, for whoever counts failures.
pub(crate) async fn render(State(docs): State<Arc<str>>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let of_signaling = request.uri().path().starts_with("/v1/signaling/");
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() else {
        return response;
    };
    let request_id = id.as_ref().map_or("", RequestId::as_str);
    let source = error.internal.as_ref().and_then(Error::source);
    let source = source.map(tracing::field::display);
    let (code, detail) = match &error.failure {
        Said::Console(failure) => (failure.code().name(), failure.detail()),
        Said::Signaling(failure) => (failure.code().name(), failure.reason()),
    };
    tracing::warn!(code, request_id, source, "{detail}");

    let mut answer = match &error.failure {
        Said::Console(failure) => {
            let mut answer = match of_signaling {
                true => signaling::console_problem(failure, request_id, &docs),
                false => reply::failure(
                    failure,
                    Dialect::TextRule,
                    Phase::Unknown,
                    request_id,
                    &docs,
                ),
            };
            answer.extensions_mut().insert(failure.clone());
            answer
        }
        Said::Signaling(failure) => {
            let mut answer = signaling::problem(failure, request_id, &docs);
            answer.extensions_mut().insert(failure.clone());
            answer
        }
    };
    // What a layer below has set, such as `WWW-Authenticate`.
    for (name, value) in response.headers() {
        answer
            .headers_mut()
            .entry(name)
            .or_insert_with(|| value.clone());
    }
    answer
}

pub(crate) async fn refuse_method(method: Method) -> ApiError {
    Failure::about(Cause::MethodRefused, method.as_str()).into()
}
