//! The signaling service: sockets and the store around the hub, which decides everything.

mod connection;
mod discovery;
mod driver;
mod encoded;
mod handle;
mod keeper;
mod outbox;
mod report;
mod settings;

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::response::Response;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use visavis_codes::{Cause, Dialect, Phase};

use crate::handshake;
use crate::http::RequestId;
use crate::server::Slot;
use crate::shared::Shared;

pub(crate) use discovery::{discover, preflight, telemetry};
pub(crate) use driver::{Options, Running, start};
pub(crate) use handle::Handle;
pub(crate) use settings::app_settings;

/// `GET /signaling`, and an upgrade at `/`: from an HTTP request to a connection of the hub.
pub(crate) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    mut request: Request,
) -> Response {
    let Some(accept) = handshake::accept_key(request.headers()) else {
        return shared.refuse(
            &Cause::NotAnUpgrade.into(),
            Dialect::TextRule,
            Phase::WebsocketConnect,
            id.as_str(),
        );
    };
    let upgraded = hyper::upgrade::on(&mut request);
    let slot = request.extensions().get::<Slot>().cloned();
    let hub = shared.signaling.clone();
    tokio::spawn(async move {
        let Ok(upgraded) = upgraded.await else {
            return;
        };
        // The listener serves plain TCP and nothing else.
        if let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() {
            // A task of its own: the state of the upgrade is larger than that of a connection.
            tokio::spawn(connection::run(
                parts.io.into_inner(),
                parts.read_buf,
                hub,
                slot,
            ));
        }
    });
    handshake::switching_protocols(&accept)
}
