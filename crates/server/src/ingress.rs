//! `GET /v2/driveningress/websocket`: from an HTTP request to a running avatar session.

mod admission;
mod driver;
mod ledger;
mod socket;

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use visavis_codes::{Cause, Dialect, Phase};

use crate::handshake;
use crate::http::RequestId;
use crate::server::Abort;
use crate::shared::Shared;
use admission::Refusal;

/// Answers the upgrade: 101 and a session, or a refusal that every SDK can read.
pub(crate) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    mut request: Request,
) -> Response {
    let upgraded = hyper::upgrade::on(&mut request);
    let (head, _) = request.into_parts();
    let Some(accept) = handshake::accept_key(&head.headers) else {
        return refuse(&shared, &Cause::NotAnUpgrade.into(), Dialect::TextRule, &id);
    };
    match admission::admit(&shared, &head).await {
        Ok(admitted) => {
            tokio::spawn(driver::run(Arc::clone(&shared), admitted, upgraded));
            handshake::switching_protocols(&accept)
        }
        Err(Refusal { failure, dialect }) => refuse(&shared, &failure, dialect, &id),
    }
}

fn refuse(
    shared: &Shared,
    failure: &visavis_codes::Failure,
    dialect: Dialect,
    id: &RequestId,
) -> Response {
    let mut response = shared.refuse(failure, dialect, Phase::WebsocketConnect, id.as_str());
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    if failure.cause() == Cause::Unreachable {
        response.extensions_mut().insert(Abort);
    }
    response
}
