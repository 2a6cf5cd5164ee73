use std::time::Duration;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::sync::mpsc;
use tokio::time::Instant;
use visavis_codes::Phase;

use super::classify;
use super::client::unix;
use super::core::{Core, Settings};
use super::driver::{Clock, Driver, Queues};
use super::session::{Events, Session, SessionBuilder};
use super::token::SessionToken;
use crate::Error;
use crate::net::{NetError, Upgrade, WebSocket, encode_query, upgrade};

/// Calls that may wait for the driver.
const CALLS_MAX: usize = 4;

const APP_ID: HeaderName = HeaderName::from_static("x-app-id");
const SESSION_KEY: HeaderName = HeaderName::from_static("x-session-key");

/// Opens a session with this token, once.
pub(super) async fn open(
    wanted: &SessionBuilder,
    token: &SessionToken,
) -> Result<(Session, Events), Error> {
    let socket = connect(wanted, token).await?;
    let clock = Clock::new(unix(), Instant::now());
    let settings = Settings {
        seed: super::seed(),
        ..wanted.settings.clone()
    };
    let mut outputs = vec![];
    let core = Core::open(clock.now(), settings, &mut outputs);
    let (calls, calls_out) = mpsc::channel(CALLS_MAX);
    let (closes, closes_out) = mpsc::channel(1);
    let (events_in, events) = mpsc::channel(wanted.events_max);
    let queues = Queues {
        calls: calls_out,
        closes: closes_out,
        events: events_in,
    };
    let mut driver = Driver::new(socket, core, clock, queues);
    let ready = driver.handshake(outputs).await?;
    let over = driver.over();
    let task = tokio::spawn(driver.run());
    let session = Session::new(ready, calls, closes, over, task);
    Ok((session, Events::new(events)))
}

async fn connect(wanted: &SessionBuilder, token: &SessionToken) -> Result<WebSocket, Error> {
    const PHASE: Phase = Phase::WebsocketConnect;
    let client = wanted.client.inner();
    let endpoint = client.ingress.join("/websocket");
    let mut headers = HeaderMap::new();
    let mut query = vec![("id", wanted.avatar_id.as_str())];
    if wanted.query_auth {
        query.push(("appId", &client.app_id));
        query.push(("sessionKey", token.token.expose()));
    } else {
        headers.insert(APP_ID, header("app id", &client.app_id)?);
        headers.insert(SESSION_KEY, header("session token", token.token.expose())?);
    }
    let query = encode_query(&query);
    let answer = upgrade(&client.dialer, &endpoint, &query, headers);
    let parts = match tokio::time::timeout(wanted.connect_timeout, answer).await {
        Ok(Ok(Upgrade::Open(socket))) => return Ok(*socket),
        Ok(Ok(Upgrade::Refused(reply))) if reply.status < 400 => {
            let message = format!(
                "{endpoint} answered the upgrade with HTTP status {}",
                reply.status
            );
            let mut parts = classify::protocol(PHASE, &message);
            parts.http_status = Some(reply.status);
            parts
        }
        Ok(Ok(Upgrade::Refused(reply))) => classify::http_error(&reply, PHASE),
        Ok(Err(error @ NetError::Accept(_))) => {
            classify::protocol(PHASE, &format!("{endpoint} is no WebSocket")).caused_by(error)
        }
        Ok(Err(error)) => {
            classify::unreachable(PHASE, format!("could not reach {endpoint}")).caused_by(error)
        }
        Err(_) => classify::unreachable(PHASE, timed_out(&endpoint, wanted.connect_timeout)),
    };
    Err(parts.redacted(&[&token.token]).into())
}

fn timed_out(endpoint: &crate::net::Endpoint, timeout: Duration) -> String {
    format!(
        "{endpoint} did not answer within {} s",
        timeout.as_secs_f32()
    )
}

fn header(what: &str, value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        Error::misuse(format!(
            "the {what} cannot be sent in a header: use query_auth"
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}
