use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An answer that holds a secret in clear, which no cache may keep.
pub(crate) struct Unstored<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Unstored<T> {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], Json(self.0)).into_response()
    }
}
