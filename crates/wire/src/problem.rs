//! The one JSON object of every HTTP error: RFC 9457 members, the shapes published SDKs read, and the extension.

use serde::Serialize;
use visavis_codes::{Cause, Failure, Phase};

/// The content type of [`body`] (RFC 9457 §6.1).
pub const CONTENT_TYPE: &str = "application/problem+json";

/// The byte-exact answer to an undecodable session token.
pub const UNDECODABLE_TOKEN: &str = "{\"message\":\"Invalid session token\"}\n";

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: &'a str,
    message: &'a str,
    code_name: &'a str,
    phase: &'a str,
    retryable: bool,
    retry_after_ms: u32,
    doc_url: &'a str,
    errors: [Entry<'a>; 1],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    status: u16,
    code: &'a str,
    title: &'a str,
    detail: &'a str,
    message: &'a str,
}

/// The error body of a failure.
///
/// SDKs take `errors[0]` before the flat members and `detail` before `message`, so all copies are equal.
/// `docs` is the base of the documentation links, `request_id` becomes `instance`.
#[must_use]
pub fn body(failure: &Failure, status: u16, phase: Phase, request_id: &str, docs: &str) -> String {
    let doc_url = format!("{docs}/{}", failure.code());
    let (title, detail) = (failure.code().title(), failure.detail());
    let code = match failure.cause() {
        // Published SDKs know this one by the name of the gRPC status.
        Cause::ExpiryRefused => "INVALID_ARGUMENT",
        _ => failure.code().name(),
    };
    let body = Body {
        r#type: &doc_url,
        title,
        status,
        detail,
        instance: request_id,
        code,
        message: detail,
        code_name: failure.code().name(),
        phase: phase.name(),
        retryable: failure.retryable(),
        retry_after_ms: failure.retry_after_ms(),
        doc_url: &doc_url,
        errors: [Entry {
            id: code,
            status,
            code,
            title,
            detail,
            message: detail,
        }],
    };
    serde_json::to_string(&body).unwrap_or_else(|_| String::from("{}"))
}

#[cfg(test)]
mod tests {
    use visavis_codes::{Dialect, Emission};

    use super::*;

    #[test]
    fn the_undecodable_token_has_its_36_bytes() {
        assert_eq!(UNDECODABLE_TOKEN.len(), 36);
        assert_eq!(
            UNDECODABLE_TOKEN,
            "{\"message\":\"Invalid session token\"}\n"
        );
    }

    #[test]
    fn every_copy_agrees_and_the_body_fits_the_shortest_reader() {
        for cause in Cause::ALL {
            let Emission::Http { status } = cause.emission(Dialect::TextRule) else {
                continue;
            };
            let failure = Failure::about(*cause, &"x".repeat(64));
            let docs = "https://a-rather-long-host-name.example:7400/errors";
            let text = body(
                &failure,
                status,
                Phase::WebsocketConnect,
                "0123456789abcdef0123456789abcdef",
                docs,
            );
            assert!(text.len() <= 1024, "{cause:?}: {} bytes", text.len());
            assert!(!text.to_lowercase().contains("unauthorized"), "{cause:?}");
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            for member in ["status", "code", "title", "detail", "message"] {
                assert_eq!(
                    json[member], json["errors"][0][member],
                    "{cause:?} {member}"
                );
            }
            assert!(json["status"].is_number());
        }
    }
}
