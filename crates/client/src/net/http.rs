use std::fmt;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{HeaderMap, Method, Request, Response};

use super::{Dialer, Endpoint};

/// Longest answer that is read, in bytes: a page of the console API is far below it.
const BODY_BYTES_MAX: usize = 1 << 20;

/// How this SDK names itself.
pub(super) const AGENT: &str = concat!("visavis-rust/", env!("CARGO_PKG_VERSION"));

/// One HTTP request.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) query: &'a str,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Option<String>,
}

/// A whole HTTP answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

/// No HTTP answer, and how far it got.
#[derive(Debug)]
pub(crate) enum NetError {
    /// No connection: name, network or TLS.
    Dial(std::io::Error),
    /// The connection ended, or the answer was not HTTP.
    Http(hyper::Error),
    /// The answer is longer than this SDK reads.
    TooLong,
    /// The answer to an upgrade is not one.
    Accept(&'static str),
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dial(error) => error.fmt(f),
            Self::Http(error) => error.fmt(f),
            Self::TooLong => write!(f, "the answer is longer than {BODY_BYTES_MAX} bytes"),
            Self::Accept(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for NetError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Dial(error) => error.source(),
            Self::Http(error) => error.source(),
            Self::TooLong | Self::Accept(_) => None,
        }
    }
}

/// Opens a connection, makes one call on it and closes it. Dropping the future drops the connection.
pub(crate) async fn call(dialer: &Dialer, call: Call<'_>) -> Result<Reply, NetError> {
    let io = dialer.dial(call.endpoint).await.map_err(NetError::Dial)?;
    let (mut sender, connection) = http1::handshake(io).await.map_err(NetError::Http)?;
    let request = request(call);
    alongside(connection, async {
        let response = sender.send_request(request).await.map_err(NetError::Http)?;
        read(response).await
    })
    .await
}

fn request(call: Call<'_>) -> Request<Full<Bytes>> {
    let body = Bytes::from(call.json.unwrap_or_default());
    let mut request = Request::new(Full::new(body.clone()));
    *request.method_mut() = call.method;
    // A target that hyper cannot read becomes `/`; endpoints are checked and queries encoded, so there is none.
    *request.uri_mut() = call.endpoint.target(call.query).parse().unwrap_or_default();
    *request.headers_mut() = call.headers;
    let headers = request.headers_mut();
    if let Ok(host) = call.endpoint.authority().parse() {
        headers.insert(HOST, host);
    }
    headers.insert(USER_AGENT, hyper::header::HeaderValue::from_static(AGENT));
    if !body.is_empty() {
        headers.insert(
            CONTENT_TYPE,
            hyper::header::HeaderValue::from_static("application/json"),
        );
        headers.insert(CONTENT_LENGTH, body.len().into());
    }
    request
}

/// Reads an answer to its end.
pub(super) async fn read(response: Response<Incoming>) -> Result<Reply, NetError> {
    let (head, body) = response.into_parts();
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let request_id = text("x-request-id").map(str::to_owned);
    let retry_after = text(RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok());
    let body = Limited::new(body, BODY_BYTES_MAX)
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                return NetError::TooLong;
            }
            error
                .downcast::<hyper::Error>()
                .map_or(NetError::TooLong, |error| NetError::Http(*error))
        })?;
    Ok(Reply {
        status: head.status.as_u16(),
        request_id,
        retry_after: retry_after.map(Duration::from_secs),
        body: body.to_bytes(),
    })
}

/// Drives a connection while `work` uses it, so that neither needs a task of its own.
pub(super) async fn alongside<T>(
    connection: impl Future<Output = hyper::Result<()>>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = &mut work => done,
        _ = connection => work.await,
    }
}
