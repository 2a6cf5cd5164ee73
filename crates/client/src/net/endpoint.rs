use std::fmt::{self, Write as _};

use hyper::Uri;

/// A base URL, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Begins with `/` or is empty; never ends with `/`.
    path: String,
    /// What the configured URL had after `?`.
    query: String,
}

impl Endpoint {
    /// Reads an `http`, `https`, `ws` or `wss` URL.
    ///
    /// The error is a sentence that goes on after the name of the setting.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url.trim().parse().map_err(|_| "is not a URL".to_owned())?;
        let tls = match uri.scheme_str() {
            Some("http" | "ws") => false,
            Some("https" | "wss") => true,
            Some(other) => {
                return Err(format!(
                    "has the scheme {other}: use http, https, ws or wss"
                ));
            }
            None => return Err("has no scheme: begin with http:// or https://".into()),
        };
        if uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'))
        {
            return Err("must not carry a user name or password".into());
        }
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or("has no host")?;
        Ok(Self {
            tls,
            host: host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned(),
            port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            path: uri.path().trim_end_matches('/').to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
        })
    }

    /// The same endpoint with more path.
    pub(crate) fn join(&self, path: &str) -> Self {
        Self {
            path: format!("{}{path}", self.path),
            ..self.clone()
        }
    }

    /// Path and query of a request, the configured query first.
    pub(crate) fn target(&self, query: &str) -> String {
        let path = if self.path.is_empty() {
            "/"
        } else {
            &self.path
        };
        match (self.query.as_str(), query) {
            ("", "") => path.to_owned(),
            ("", query) | (query, "") => format!("{path}?{query}"),
            (own, query) => format!("{path}?{own}&{query}"),
        }
    }

    /// The `Host` header.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        match (self.tls, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

/// Without the query, which may hold a token.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

/// A query string of these members.
pub(crate) fn encode_query(members: &[(&str, &str)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("{name}={}", encode_segment(value)))
        .collect();
    members.join("&")
}

/// One segment of a path, or one value of a query: all but the unreserved characters encoded (RFC 3986 §2.3).
pub(crate) fn encode_segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_and_put_together() {
        let endpoint = Endpoint::parse("wss://[::1]:7400/v2/driveningress/?region=x").unwrap();
        assert_eq!((endpoint.tls, endpoint.port), (true, 7400));
        assert_eq!(endpoint.host, "::1");
        let socket = endpoint.join("/websocket");
        assert_eq!(
            socket.target(&encode_query(&[("id", "fault:x@connect")])),
            "/v2/driveningress/websocket?region=x&id=fault%3Ax%40connect"
        );
        assert_eq!(socket.authority(), "[::1]:7400");
        assert_eq!(
            socket.to_string(),
            "https://[::1]:7400/v2/driveningress/websocket"
        );
        let plain = Endpoint::parse("http://example.com").unwrap();
        assert_eq!((plain.target("").as_str(), plain.port), ("/", 80));
        assert_eq!(plain.authority(), "example.com");
    }

    #[test]
    fn what_is_no_endpoint_says_why() {
        for (url, why) in [
            ("", "is not a URL"),
            ("127.0.0.1:7400", "has no scheme"),
            ("ftp://a/", "has the scheme ftp"),
            ("http://user:secret@a/", "must not carry"),
            ("/v1/console", "has no scheme"),
        ] {
            let error = Endpoint::parse(url).unwrap_err();
            assert!(error.starts_with(why), "{url}: {error}");
            assert!(!error.contains("secret"));
        }
    }
}
