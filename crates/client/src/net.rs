//! Sockets: dialling, one HTTP call, one WebSocket upgrade. Nothing here decides what a failure means.

mod dial;
mod endpoint;
mod http;
mod post;
mod upgrade;

pub(crate) use dial::Dialer;
pub(crate) use endpoint::{Endpoint, encode_query, encode_segment};
pub(crate) use http::{Call, NetError, Reply, call};
pub use post::{PostError, Posted, Poster};
pub(crate) use upgrade::{Upgrade, WebSocket, upgrade};
