//! What handlers take from a request; each refusal is an [`ApiError`] that says what to correct.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, request::Parts},
    response::IntoResponse as _,
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use visavis_codes::{Cause, Failure};

use super::{BODY_BYTES_MAX, error::ApiError};

/// A JSON body. An absent one counts as `{}`, so that the answer names the member that is missing.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// The variable parts of the path.
pub(crate) struct Segments<T>(pub(crate) T);

/// The query parameters.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let bytes =
            Bytes::from_request(request, state)
                .await
                .map_err(|rejection| match rejection.into_response().status() {
                    StatusCode::PAYLOAD_TOO_LARGE => {
                        Failure::about(Cause::BodyTooLarge, &BODY_BYTES_MAX.to_string()).into()
                    }
                    _ => ApiError::refused("the body ended early: send it again"),
                })?;
        let json = if bytes.is_empty() {
            b"{}"
        } else {
            bytes.as_ref()
        };
        serde_json::from_slice(json)
            .map(Self)
            .map_err(|error| ApiError::refused(&format!("the JSON body is wrong: {error}")))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(rejection) => Err(ApiError::refused(&format!(
                "the path is wrong: {}",
                rejection.body_text()
            ))),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(ApiError::refused(&rejection.body_text())),
        }
    }
}

/// A 64-bit integer as protojson takes it: a number, or a string of digits.
pub(crate) fn int64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected an integer, as a number or a string")]
    enum Int64 {
        Number(i64),
        Text(String),
    }
    match Int64::deserialize(deserializer)? {
        Int64::Number(number) => Ok(number),
        Int64::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}
