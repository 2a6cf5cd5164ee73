//! Errors of the console API.

use std::{error::Error, sync::Arc};

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use visavis_codes::{Cause, Dialect, Failure, Phase};
use visavis_store::{Noun, StoreError};

use crate::{http::RequestId, reply};

/// A failed request: what the caller reads, and what only the log may hold.
#[derive(Debug)]
pub(crate) struct ApiError {
    failure: Failure,
    internal: Option<StoreError>,
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
            failure,
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
                failure: Failure::new(Cause::StoreUnavailable),
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
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() else {
        return response;
    };
    let (failure, phase) = (&error.failure, Phase::Unknown);
    let request_id = id.as_ref().map_or("", RequestId::as_str);
    let source = error.internal.as_ref().and_then(Error::source);
    let source = source.map(tracing::field::display);
    let code = failure.code().name();
    tracing::warn!(code, request_id, source, "{}", failure.detail());

    let mut answer = reply::failure(failure, Dialect::TextRule, phase, request_id, &docs);
    // What a layer below has set, such as `WWW-Authenticate`.
    for (name, value) in response.headers() {
        answer
            .headers_mut()
            .entry(name)
            .or_insert_with(|| value.clone());
    }
    answer.extensions_mut().insert(failure.clone());
    answer
}

pub(crate) async fn refuse_method(method: Method) -> ApiError {
    Failure::about(Cause::MethodRefused, method.as_str()).into()
}
