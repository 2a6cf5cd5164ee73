//! Session tokens: fetched with the API key, kept until shortly before they expire.

use std::time::Duration;

use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use visavis_codes::{Code, Phase};
use visavis_wire::Secret;

use super::classify;
use super::client::{Inner, unix};
use crate::Error;
use crate::error::Parts;
use crate::net::{Call, NetError, call};

/// How long before its expiry a token counts as used up.
const MARGIN: Duration = Duration::from_secs(60);

/// How long the token call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

const PHASE: Phase = Phase::SessionToken;
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// A session token and when it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionToken {
    /// The token; opaque.
    pub token: Secret,
    /// Time since 1970 from which on it is no longer good.
    pub expires_at: Duration,
    /// True when it came from the cache.
    pub(super) cached: bool,
}

/// The token that is in use.
#[derive(Debug, Default)]
pub(super) struct TokenCache(Option<SessionToken>);

impl TokenCache {
    /// The token, if it is good for a while yet.
    pub(super) fn fresh(&self, now: Duration) -> Option<SessionToken> {
        self.0
            .as_ref()
            .filter(|token| now + MARGIN < token.expires_at)
            .map(|token| SessionToken {
                cached: true,
                ..token.clone()
            })
    }

    pub(super) fn keep(&mut self, token: &SessionToken) {
        self.0 = Some(token.clone());
    }

    /// Drops this token; another one, fetched meanwhile, stays.
    pub(super) fn forget(&mut self, token: &SessionToken) {
        self.0.take_if(|kept| kept.token == token.token);
    }
}

/// Makes the token call once.
pub(super) async fn fetch(client: &Inner) -> Result<SessionToken, Error> {
    let expires_at = Duration::from_secs((unix() + client.token_ttl).as_secs());
    let mut headers = HeaderMap::new();
    let mut key = HeaderValue::from_str(client.api_key.expose())
        .map_err(|_| Error::misuse("the API key cannot be sent in a header"))?;
    key.set_sensitive(true);
    headers.insert(API_KEY, key);
    let endpoint = client.console.join("/session-tokens");
    let request = Call {
        method: Method::POST,
        endpoint: &endpoint,
        query: "",
        headers,
        json: Some(format!("{{\"expireAt\":{}}}", expires_at.as_secs())),
    };
    let reply = tokio::time::timeout(TIMEOUT, call(&client.dialer, request)).await;
    let parts = match reply {
        Ok(Ok(reply)) if reply.status == 200 => match read(&reply.body) {
            Answer::Token(token) => {
                return Ok(SessionToken {
                    token,
                    expires_at,
                    cached: false,
                });
            }
            Answer::Errors => classify::http_error(&reply, PHASE),
            Answer::Neither => {
                let mut parts =
                    classify::protocol(PHASE, "the answer to the token call holds no token");
                parts.http_status = Some(reply.status);
                parts.request_id = reply.request_id;
                parts
            }
        },
        Ok(Ok(reply)) => classify::http_error(&reply, PHASE),
        Ok(Err(NetError::Http(source))) if source.is_parse() => {
            classify::protocol(PHASE, &format!("{endpoint} does not answer in HTTP"))
                .caused_by(source)
        }
        Ok(Err(error)) => {
            classify::unreachable(PHASE, format!("could not reach {endpoint}")).caused_by(error)
        }
        Err(_) => Parts::new(
            Code::ConnectionFailed,
            PHASE,
            format!("{endpoint} did not answer within {} s", TIMEOUT.as_secs()),
        ),
    };
    Err(parts.redacted(&[&client.api_key]).into())
}

enum Answer {
    Token(Secret),
    Errors,
    Neither,
}

/// Either spelling of the token; a success with `errors` is none.
fn read(body: &[u8]) -> Answer {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return Answer::Neither;
    };
    if body
        .get("errors")
        .and_then(Value::as_array)
        .is_some_and(|errors| !errors.is_empty())
    {
        return Answer::Errors;
    }
    ["sessionToken", "session_token"]
        .iter()
        .find_map(|name| body.get(*name)?.as_str().filter(|token| !token.is_empty()))
        .map_or(Answer::Neither, |token| Answer::Token(Secret::from(token)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, expires_s: u64) -> SessionToken {
        SessionToken {
            token: text.into(),
            expires_at: Duration::from_secs(expires_s),
            cached: false,
        }
    }

    #[test]
    fn a_token_is_used_until_a_minute_before_its_expiry() {
        let mut cache = TokenCache::default();
        assert_eq!(cache.fresh(Duration::ZERO), None);
        cache.keep(&token("a", 3600));
        assert!(
            cache
                .fresh(Duration::from_secs(3539))
                .is_some_and(|token| token.cached)
        );
        assert_eq!(cache.fresh(Duration::from_secs(3540)), None);
    }

    #[test]
    fn forgetting_an_old_token_keeps_the_new_one() {
        let mut cache = TokenCache::default();
        cache.keep(&token("new", 3600));
        cache.forget(&token("old", 3600));
        assert!(cache.fresh(Duration::ZERO).is_some());
        cache.forget(&token("new", 3600));
        assert_eq!(cache.fresh(Duration::ZERO), None);
    }

    #[test]
    fn both_answer_forms_are_read() {
        for body in [
            r#"{"sessionToken":"t"}"#,
            r#"{"session_token":"t","errors":[]}"#,
        ] {
            assert!(matches!(read(body.as_bytes()), Answer::Token(token) if token.matches("t")));
        }
        for body in [
            "",
            "[]",
            "{}",
            r#"{"sessionToken":""}"#,
            r#"{"sessionToken":7}"#,
        ] {
            assert!(matches!(read(body.as_bytes()), Answer::Neither), "{body}");
        }
        let errors = br#"{"sessionToken":"t","errors":[{}]}"#;
        assert!(matches!(read(errors), Answer::Errors));
    }
}
