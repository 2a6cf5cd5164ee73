//! From what was seen to a code.
//!
//! Precedence, first match wins:
//!
//! 1. The structured extension: `code_name` of a `ServerError` (field 100) or of a JSON body.
//! 2. Server codes and wordings of the published contract ([`text`]).
//! 3. Numbers 4000 to 4999, in a `ServerError` or as a close code ([`close`]).
//! 4. The HTTP status ([`status`]).
//! 5. `serverError` for what a server said, `unknown` for the rest.
//!
//! Published SDKs fall into traps that this one knows: they take an HTTP 401 that says "unauthorized" for a bad egress
//! configuration, though none was sent yet, and a bad API key for an expired token, though there was none.
//! So wordings about egress count only once a WebSocket is open, and the token call reads statuses by its own table.

mod body;
mod close;
mod status;
mod text;

#[cfg(test)]
mod tests;

use std::time::Duration;

use visavis_codes::{Code, Phase};
use visavis_wire::proto;

use crate::error::{ErrorCode, Parts};
use crate::net::Reply;

/// What there is to judge by, when the server did not name the code.
#[derive(Debug, Clone, Copy)]
struct Evidence<'a> {
    phase: Phase,
    server_code: &'a str,
    title: &'a str,
    detail: &'a str,
    http_status: Option<u16>,
    close_code: Option<u16>,
}

fn classify(evidence: &Evidence<'_>) -> Code {
    text::code(evidence)
        .or_else(|| close::number(evidence).map(|number| close::code(number, evidence.detail)))
        .or_else(|| status::code(evidence))
        .unwrap_or(match evidence.phase {
            Phase::WebsocketHandshake | Phase::WebsocketRuntime => Code::ServerError,
            _ => Code::Unknown,
        })
}

/// The error in a `ServerError`, with the close that followed it, if one did.
pub(crate) fn server_error(
    said: &proto::ServerError,
    phase: Phase,
    closed: Option<(u16, &str)>,
) -> Parts {
    let server_code = said.code.to_string();
    let by_code = visavis_codes::close::of_server_code(said.code).or_else(|| {
        u16::try_from(said.code)
            .ok()
            .filter(|code| close::is_ours(*code))
    });
    let (close_code, close_reason) = match closed {
        Some((code, reason)) if close::is_ours(code) => (Some(code), Some(reason)),
        Some((code, reason)) => (by_code.or(Some(code)), Some(reason)),
        None => (by_code, None),
    };
    let detail = if said.detail.is_empty() {
        &said.message
    } else {
        &said.detail
    };
    let code = if said.code_name.is_empty() {
        ErrorCode::Known(classify(&Evidence {
            phase,
            server_code: &server_code,
            title: &said.title,
            detail,
            http_status: None,
            close_code,
        }))
    } else {
        ErrorCode::from(said.code_name.as_str())
    };
    let mut parts = Parts::new(code, Phase::from_name(&said.phase).unwrap_or(phase), "");
    parts.server_code = Some(server_code);
    parts.server_title = filled(&said.title);
    parts.server_detail = filled(detail);
    parts.connection_id = filled(&said.connection_id);
    parts.req_id = filled(&said.req_id);
    parts.doc_url = filled(&said.doc_url);
    parts.close_code = close_code;
    parts.close_reason = close_reason.and_then(filled);
    if !said.code_name.is_empty() {
        parts.retryable = Some(said.retryable);
        parts.retry_after = millis(said.retry_after_ms.into());
    }
    if parts.server_detail.is_none() {
        parts.message = "the server reported an error without a text".into();
    }
    parts
}

/// The error in an HTTP answer.
pub(crate) fn http_error(reply: &Reply, phase: Phase) -> Parts {
    let body = body::read(&reply.body, reply.status);
    let code = body.code_name.as_deref().map_or_else(
        || {
            ErrorCode::Known(classify(&Evidence {
                phase,
                server_code: &body.code,
                title: &body.title,
                detail: &body.detail,
                http_status: Some(body.status),
                close_code: None,
            }))
        },
        ErrorCode::from,
    );
    let said = body.phase.as_deref().and_then(Phase::from_name);
    let message = format!("the server answered with HTTP status {}", reply.status);
    let mut parts = Parts::new(code, said.unwrap_or(phase), message);
    parts.http_status = Some(reply.status);
    parts.server_code = filled(&body.code);
    parts.server_title = filled(&body.title);
    parts.server_detail = filled(&body.detail);
    parts.request_id = reply.request_id.clone().or(body.instance);
    parts.doc_url = body.doc_url;
    parts.raw_body = filled(&body.raw);
    parts.retryable = body.code_name.as_ref().map(|_| body.retryable);
    parts.retry_after = millis(body.retry_after_ms).or(reply.retry_after);
    parts
}

/// The error of a connection that closed with this code and without a `ServerError`.
pub(crate) fn closed(code: u16, reason: &str, phase: Phase) -> Parts {
    let mut parts = Parts::new(
        close::code(code, reason),
        phase,
        match reason {
            "" => "the server closed the connection without a reason".to_owned(),
            reason => format!("the server closed the connection: {reason}"),
        },
    );
    parts.close_code = Some(code);
    parts.close_reason = filled(reason);
    parts
}

/// The error of a connection that ended without a close frame.
pub(crate) fn dropped(phase: Phase) -> Parts {
    Parts::new(
        Code::ConnectionClosed,
        phase,
        "the connection ended without a close",
    )
}

/// The error of a peer that does not keep to the protocol.
pub(crate) fn protocol(phase: Phase, message: &str) -> Parts {
    Parts::new(Code::ProtocolError, phase, message)
}

/// The error of a connection that could not be made.
pub(crate) fn unreachable(phase: Phase, message: String) -> Parts {
    Parts::new(Code::ConnectionFailed, phase, message)
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn millis(ms: u64) -> Option<Duration> {
    (ms > 0).then(|| Duration::from_millis(ms))
}
