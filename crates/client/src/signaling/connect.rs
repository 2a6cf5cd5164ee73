//! From a wish for a connection to a WebSocket.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use hyper::{HeaderMap, Method};
use serde_json::Value;

use super::client::Inner;
use crate::net::{Call, Endpoint, Upgrade, WebSocket, call, encode_query, upgrade};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Opens a WebSocket to the server that is next in turn; asks where the servers are if none is known.
pub(super) async fn connect(client: Arc<Inner>) -> Result<WebSocket, Failure> {
    let endpoint = match next(&client) {
        Some(endpoint) => endpoint,
        None => {
            let found = discover(&client).await?;
            lock(&client).extend(found);
            next(&client).ok_or("discovery names no server")?
        }
    };
    let opened = open(&client, &endpoint).await;
    if opened.is_err() && !client.discovery.is_empty() {
        // The next try takes another server, and asks again when there is none left.
        lock(&client).retain(|known| *known != endpoint);
    }
    opened
}

async fn open(client: &Inner, endpoint: &Endpoint) -> Result<WebSocket, Failure> {
    match upgrade(&client.dialer, endpoint, "", HeaderMap::new()).await {
        Ok(Upgrade::Open(socket)) => Ok(*socket),
        Ok(Upgrade::Refused(reply)) => Err(format!(
            "{endpoint} answered the upgrade with HTTP status {}",
            reply.status
        )
        .into()),
        Err(error) => Err(format!("could not reach {endpoint}: {error}").into()),
    }
}

/// Servers are taken in turn.
fn next(client: &Inner) -> Option<Endpoint> {
    let mut known = lock(client);
    let steps = usize::from(known.len() > 1);
    known.rotate_left(steps);
    known.back().cloned()
}

fn lock(client: &Inner) -> std::sync::MutexGuard<'_, VecDeque<Endpoint>> {
    client.known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks one after the other where the servers are.
async fn discover(client: &Inner) -> Result<Vec<Endpoint>, Failure> {
    let query = encode_query(&[("vid", &client.settings.app_id)]);
    let mut failure: Failure = "there is nobody to ask for a server".into();
    for endpoint in &client.discovery {
        let request = Call {
            method: Method::GET,
            endpoint,
            query: &query,
            headers: HeaderMap::new(),
            json: None,
        };
        match call(&client.dialer, request).await {
            Ok(reply) => match addresses(&reply.body) {
                found if found.is_empty() => {
                    let status = reply.status;
                    failure = format!("{endpoint} names no server (HTTP status {status})").into();
                }
                found => return Ok(found),
            },
            Err(error) => failure = format!("could not reach {endpoint}: {error}").into(),
        }
    }
    Err(failure)
}

/// The URLs in `web`: plain texts, or arrays of one.
fn addresses(body: &[u8]) -> Vec<Endpoint> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let web = body.get("web").and_then(Value::as_array);
    web.into_iter()
        .flatten()
        .filter_map(|entry| entry.as_str().or_else(|| entry.get(0)?.as_str()))
        .filter_map(|url| Endpoint::parse(url).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_is_read_in_both_forms() {
        let found = addresses(
            br#"{"web":[["wss://a.example/signaling"],"ws://b.example:7400/",["1.2.3.4",443],7]}"#,
        );
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["https://a.example/signaling", "http://b.example:7400"]
        );
        assert!(addresses(b"nonsense").is_empty());
    }
}
