use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Method, Request, Uri};

use super::http::{NetError, alongside};
use super::{Dialer, Endpoint};

/// Longest answer that is read, in bytes; of a longer one the connection is closed.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Posts JSON to servers that other people run, such as the receivers of webhooks.
///
/// Each call has a connection of its own. Redirects are not followed, and nothing of an answer but its head is kept.
#[derive(Debug, Default)]
pub struct Poster {
    dialer: Dialer,
}

/// How a server answered a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The HTTP status.
    pub status: u16,
    /// How long the server asks to wait before the next try, where it says so in seconds.
    pub retry_after: Option<Duration>,
}

/// A post that no server answered.
#[derive(Debug)]
pub struct PostError(Why);

#[derive(Debug)]
enum Why {
    Url(String),
    Net(NetError),
}

impl Poster {
    /// Posts `json` to `url`, as it stands; the caller sets the time limit.
    ///
    /// # Errors
    /// When the URL is none, or the server cannot be reached or does not speak HTTP.
    pub async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        json: String,
    ) -> Result<Posted, PostError> {
        let (endpoint, target) = parse(url).map_err(|why| PostError(Why::Url(why)))?;
        self.send(&endpoint, target, headers, json)
            .await
            .map_err(|error| PostError(Why::Net(error)))
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        target: Uri,
        mut headers: HeaderMap,
        json: String,
    ) -> Result<Posted, NetError> {
        let io = self.dialer.dial(endpoint).await.map_err(NetError::Dial)?;
        let (mut sender, connection) = http1::handshake(io).await.map_err(NetError::Http)?;
        if let Ok(host) = endpoint.authority().parse() {
            headers.insert(HOST, host);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, json.len().into());
        let mut request = Request::new(Full::new(Bytes::from(json)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = target;
        *request.headers_mut() = headers;
        alongside(connection, async {
            let response = sender.send_request(request).await.map_err(NetError::Http)?;
            let seconds = response.headers().get(RETRY_AFTER);
            let seconds = seconds.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
            let status = response.status().as_u16();
            // Read so that the server sees its answer taken; what is in it, and whether it ends well, does not matter.
            let _ = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
                .collect()
                .await;
            Ok(Posted {
                status,
                retry_after: seconds.map(Duration::from_secs),
            })
        })
        .await
    }
}

/// Where to dial, and what to ask for there: path and query exactly as given.
fn parse(url: &str) -> Result<(Endpoint, Uri), String> {
    let endpoint = Endpoint::parse(url)?;
    let uri: Uri = url.trim().parse().map_err(|_| "is not a URL".to_owned())?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("must begin with https:// or http://".into());
    }
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let target = target.parse().map_err(|_| "is not a URL".to_owned())?;
    Ok((endpoint, target))
}

impl fmt::Display for PostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Url(why) => write!(f, "the URL {why}"),
            Why::Net(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PostError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Why::Url(_) => None,
            Why::Net(error) => error.source(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn the_path_goes_out_as_it_stands() {
        for (url, target) in [
            ("https://a.example", "/"),
            ("https://a.example/hook/", "/hook/"),
            ("http://a.example:81/hook?key=%20x", "/hook?key=%20x"),
        ] {
            assert_eq!(parse(url).unwrap().1.to_string(), target);
        }
        for url in ["", "ws://a.example/", "file:///etc/passwd", "http://u:p@a/"] {
            assert!(parse(url).is_err(), "{url}");
        }
    }

    #[tokio::test]
    async fn an_answer_is_its_status_however_long_it_is() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = socket.read(&mut request).await.unwrap();
            let head = "HTTP/1.1 307 x\r\nlocation: /other\r\nretry-after: 7\r\ncontent-length: 9999999\r\n\r\n";
            socket.write_all(head.as_bytes()).await.unwrap();
            // The other side stops reading long before the end.
            let _ = socket.write_all(&[b'x'; 1 << 20]).await;
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("1"));
        let posted = Poster::default()
            .post(&url, headers, "{}".into())
            .await
            .unwrap();
        assert_eq!(posted.status, 307);
        assert_eq!(posted.retry_after, Some(Duration::from_secs(7)));
        let request = server.await.unwrap();
        assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("webhook-id: 1\r\n"), "{request}");
    }
}
