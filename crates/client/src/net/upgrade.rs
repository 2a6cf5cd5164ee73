use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderName, HeaderValue, UPGRADE, USER_AGENT};
use hyper::upgrade::Upgraded;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use visavis_wire::limits::SERVER_MESSAGE_BYTES_MAX;

use super::http::{AGENT, alongside, read};
use super::{Dialer, Endpoint, NetError, Reply};

/// An open WebSocket.
pub(crate) type WebSocket = WebSocketStream<TokioIo<Upgraded>>;

const KEY: HeaderName = HeaderName::from_static("sec-websocket-key");
const VERSION: HeaderName = HeaderName::from_static("sec-websocket-version");
const ACCEPT: HeaderName = HeaderName::from_static("sec-websocket-accept");

/// Read buffer of one socket, in bytes.
const READ_BUFFER_BYTES: usize = 4 << 10;

/// What came of an upgrade request.
pub(crate) enum Upgrade {
    /// The WebSocket is open.
    Open(Box<WebSocket>),
    /// The server answered with something else, which is here in full.
    Refused(Reply),
}

/// Opens a connection and upgrades it (RFC 6455 §4.1).
///
/// The HTTP half is hyper's, so that the body of a refusal is read to its end however it is cut into packets.
pub(crate) async fn upgrade(
    dialer: &Dialer,
    endpoint: &Endpoint,
    query: &str,
    headers: HeaderMap,
) -> Result<Upgrade, NetError> {
    let io = dialer.dial(endpoint).await.map_err(NetError::Dial)?;
    let (mut sender, connection) = http1::handshake(io).await.map_err(NetError::Http)?;
    let key = generate_key();
    let request = request(endpoint, query, headers, &key);
    alongside(connection.with_upgrades(), async {
        let response = sender.send_request(request).await.map_err(NetError::Http)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return read(response).await.map(Upgrade::Refused);
        }
        let accept = response.headers().get(ACCEPT).map(HeaderValue::as_bytes);
        if accept != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
            return Err(NetError::Accept(
                "the answer to the upgrade is not a WebSocket's",
            ));
        }
        let stream = hyper::upgrade::on(response).await.map_err(NetError::Http)?;
        let limit = Some(2 * SERVER_MESSAGE_BYTES_MAX);
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .max_message_size(limit)
            .max_frame_size(limit);
        let socket =
            WebSocketStream::from_raw_socket(TokioIo::new(stream), Role::Client, Some(config))
                .await;
        Ok(Upgrade::Open(Box::new(socket)))
    })
    .await
}

fn request(
    endpoint: &Endpoint,
    query: &str,
    headers: HeaderMap,
    key: &str,
) -> Request<Empty<Bytes>> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = endpoint.target(query).parse().unwrap_or_default();
    *request.headers_mut() = headers;
    let headers = request.headers_mut();
    for (name, value) in [(HOST, endpoint.authority()), (KEY, key.to_owned())] {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(VERSION, HeaderValue::from_static("13"));
    request
}
