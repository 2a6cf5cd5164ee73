use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};
use visavis_client::{PostError, Posted, Poster};
use visavis_store::{Delivery, Webhook};

use super::signature::sign;
use crate::shared::unix_now;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("visavis-webhooks/", env!("CARGO_PKG_VERSION")));

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: String,
    data: Map<String, Value>,
}

/// Makes one attempt. The error is a sentence that names neither the secret nor the URL, which may hold one too.
pub(super) async fn post(
    poster: &Poster,
    webhook: &Webhook,
    delivery: &Delivery,
    timeout: Duration,
) -> Result<Posted, String> {
    let body = body(delivery);
    let now_s = unix_now();
    let signature = sign(&webhook.secret, &delivery.id, now_s, &body)
        .ok_or("the secret is not one of this server: rotate it")?;
    let text = |text: &str| HeaderValue::from_str(text).map_err(|_| "the id is no header");
    let headers = HeaderMap::from_iter([
        (USER_AGENT, AGENT),
        (ID, text(&delivery.id)?),
        (TIMESTAMP, now_s.into()),
        (SIGNATURE, text(&signature)?),
    ]);
    match tokio::time::timeout(timeout, poster.post(&webhook.url, headers, body)).await {
        Ok(Ok(posted)) => Ok(posted),
        Ok(Err(error)) => Err(sentence(&error)),
        Err(_) => Err(format!("no answer within {} s", timeout.as_secs_f32())),
    }
}

/// The same at every attempt.
fn body(delivery: &Delivery) -> String {
    let mut data = match serde_json::from_str(&delivery.body) {
        Ok(Value::Object(members)) => members,
        // The hub writes objects.
        _ => Map::new(),
    };
    data.insert("appId".into(), delivery.app_id.as_str().into());
    let at = UNIX_EPOCH + Duration::from_millis(delivery.created_ms);
    let body = Body {
        r#type: &delivery.kind,
        timestamp: humantime::format_rfc3339_millis(at).to_string(),
        data,
    };
    serde_json::to_string(&body).unwrap_or_default()
}

fn sentence(error: &PostError) -> String {
    let text = error.to_string();
    match error.source().map(ToString::to_string) {
        Some(source) if !text.contains(&source) => format!("{text}: {source}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_tells_type_time_and_app() {
        let mut delivery = Delivery {
            seq: 1,
            app_id: "shop".into(),
            id: "msg_1".into(),
            kind: "signaling.login".into(),
            body: r#"{"account":"ada"}"#.into(),
            attempts: 0,
            created_ms: 1_700_000_000_123,
        };
        assert_eq!(
            body(&delivery),
            r#"{"type":"signaling.login","timestamp":"2023-11-14T22:13:20.123Z","data":{"account":"ada","appId":"shop"}}"#
        );
        delivery.body = "[]".into();
        assert!(body(&delivery).ends_with(r#""data":{"appId":"shop"}}"#));
    }
}
