//! The console API: apps, keys, avatars and credits, for whoever holds the admin token.
//!
//! Answers are JSON as the server's `/openapi.json` describes them; failures are the same [`Error`] as everywhere.
//!
//! ```no_run
//! use visavis_client::console::Console;
//!
//! # async fn example() -> Result<(), visavis_client::Error> {
//! let console = Console::new("http://127.0.0.1:7400", "dev-admin")?;
//! let app = console.post(&["v1", "apps"], &serde_json::json!({ "name": "shop" })).await?;
//! let balance = console
//!     .get(&["v2", "billing", "credits"], &[("appId", app["appId"].as_str().unwrap_or_default())])
//!     .await?;
//! println!("{} credits", balance["balance"]);
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use hyper::Method;
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;
use visavis_codes::{Code, Phase};
use visavis_wire::Secret;

use crate::Error;
use crate::avatar::classify;
use crate::error::Parts;
use crate::net::{Call, Dialer, Endpoint, call, encode_query, encode_segment};

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Rows that are asked for at once.
const PAGE_ROWS: &str = "200";
/// Names that are asked for at once.
const PAGE_NAMES: &str = "1000";

/// A server's console API.
#[derive(Debug)]
pub struct Console {
    server: Endpoint,
    admin_token: Secret,
    dialer: Dialer,
}

impl Console {
    /// The console API of the server at this root, such as `https://avatars.example`.
    ///
    /// # Errors
    /// When the URL is none.
    pub fn new(server: &str, admin_token: impl Into<Secret>) -> Result<Self, Error> {
        Ok(Self {
            server: Endpoint::parse(server)
                .map_err(|why| Error::misuse(format!("the server (VISAVIS_SERVER) {why}")))?,
            admin_token: admin_token.into(),
            dialer: Dialer::default(),
        })
    }

    /// Reads; `path` is the path's segments, `query` its members. Both are encoded here.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, Error> {
        self.call(Method::GET, path, query, None).await
    }

    /// Creates.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn post(&self, path: &[&str], body: &Value) -> Result<Value, Error> {
        self.call(Method::POST, path, &[], Some(body)).await
    }

    /// Puts in place.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn put(&self, path: &[&str], body: &Value) -> Result<Value, Error> {
        self.call(Method::PUT, path, &[], Some(body)).await
    }

    /// Deletes.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn delete(&self, path: &[&str]) -> Result<Value, Error> {
        self.call(Method::DELETE, path, &[], None).await
    }

    /// Reads a list to its end, page by page; `member` is the name of the list in the answer.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn list(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        member: &str,
    ) -> Result<Vec<Value>, Error> {
        let mut rows = vec![];
        let mut token = String::new();
        loop {
            let mut query = query.to_vec();
            query.push(("pagination.pageSize", PAGE_ROWS));
            if !token.is_empty() {
                query.push(("pagination.pageToken", &token));
            }
            let mut page = self.get(path, &query).await?;
            if let Some(Value::Array(more)) = page.get_mut(member).map(Value::take) {
                rows.extend(more);
            }
            match page["pagination"]["nextPageToken"].as_str() {
                Some(next) if !next.is_empty() && next != token => token = next.to_owned(),
                _ => return Ok(rows),
            }
        }
    }

    /// Reads a list of names to its end, page by page; `member` is the name of the list in the answer.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn names(&self, path: &[&str], member: &str) -> Result<Vec<String>, Error> {
        let mut names = vec![];
        let mut after = String::new();
        loop {
            let query = [("after", after.as_str()), ("limit", PAGE_NAMES)];
            let page = self.get(path, &query).await?;
            let more = page[member].as_array().into_iter().flatten();
            names.extend(more.filter_map(Value::as_str).map(str::to_owned));
            match page["next"].as_str() {
                Some(next) if next > after.as_str() => after = next.to_owned(),
                _ => return Ok(names),
            }
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, Error> {
        const PHASE: Phase = Phase::Unknown;
        let path: String = path
            .iter()
            .flat_map(|part| ["/".into(), encode_segment(part)])
            .collect();
        let endpoint = self.server.join(&path);
        let mut headers = HeaderMap::new();
        let mut token = HeaderValue::try_from(format!("Bearer {}", self.admin_token.expose()))
            .map_err(|_| {
                Error::misuse("the admin token (VISAVIS_ADMIN_TOKEN) cannot be sent in a header")
            })?;
        token.set_sensitive(true);
        headers.insert(AUTHORIZATION, token);
        let request = Call {
            method,
            endpoint: &endpoint,
            query: &encode_query(query),
            headers,
            json: body.map(Value::to_string),
        };
        let parts = match tokio::time::timeout(TIMEOUT, call(&self.dialer, request)).await {
            Ok(Ok(reply)) if (200..300).contains(&reply.status) => {
                match serde_json::from_slice(&reply.body) {
                    Ok(value) => return Ok(value),
                    Err(error) => {
                        classify::protocol(PHASE, &format!("{endpoint} does not answer in JSON"))
                            .caused_by(error)
                    }
                }
            }
            Ok(Ok(reply)) => classify::http_error(&reply, PHASE),
            Ok(Err(error)) => Parts::new(
                Code::ConnectionFailed,
                PHASE,
                format!("could not reach {endpoint}"),
            )
            .caused_by(error),
            Err(_) => Parts::new(
                Code::ConnectionFailed,
                PHASE,
                format!("{endpoint} did not answer within {} s", TIMEOUT.as_secs()),
            ),
        };
        Err(parts.redacted(&[&self.admin_token]).into())
    }
}
