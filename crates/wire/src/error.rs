use visavis_codes::{Failure, Phase};

use crate::proto;

/// The `ServerError` of a failure, extension included.
///
/// `server_code` is the code on the wire, `docs` the base of the documentation links, such as
/// `https://avatars.example/errors`.
#[must_use]
pub fn server_error(
    failure: &Failure,
    server_code: i32,
    phase: Phase,
    connection_id: &str,
    req_id: &str,
    docs: &str,
) -> proto::ServerError {
    proto::ServerError {
        connection_id: connection_id.into(),
        req_id: req_id.into(),
        code: server_code,
        message: failure.detail().into(),
        code_name: failure.code().name().into(),
        phase: phase.name().into(),
        title: failure.code().title().into(),
        detail: failure.detail().into(),
        retryable: failure.retryable(),
        retry_after_ms: failure.retry_after_ms(),
        doc_url: format!("{docs}/{}", failure.code()),
    }
}

#[cfg(test)]
mod tests {
    use visavis_codes::Cause;

    use super::*;
    use crate::server_message;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_bare_error_has_the_bytes_that_published_sdks_read() {
        let error = proto::ServerError {
            connection_id: "cid".into(),
            req_id: "rid".into(),
            code: 4002,
            message: "duration exceeded".into(),
            ..Default::default()
        };
        assert_eq!(
            hex(&server_message(error)),
            "08042a200a03636964120372696418a21f22116475726174696f6e206578636565646564"
        );
    }

    #[test]
    fn the_extension_has_pinned_bytes() {
        let error = proto::ServerError {
            connection_id: "cid".into(),
            req_id: "rid".into(),
            code: 4002,
            message: "session time limit reached".into(),
            code_name: "sessionDurationExceeded".into(),
            phase: "websocket_runtime".into(),
            retryable: true,
            retry_after_ms: 1000,
            ..Default::default()
        };
        assert_eq!(
            hex(&server_message(error)),
            "08042a5e0a03636964120372696418a21f221a73657373696f6e2074696d65206c696d69742072656163686564a20617\
             73657373696f6e4475726174696f6e4578636565646564aa0611776562736f636b65745f72756e74696d65c00601c806e807"
        );
    }

    #[test]
    fn every_failure_fills_the_extension() {
        for cause in Cause::ALL {
            let error = server_error(
                &Failure::about(*cause, "x"),
                0,
                Phase::WebsocketRuntime,
                "c",
                "r",
                "/errors",
            );
            assert!(
                !error.code_name.is_empty() && !error.title.is_empty() && !error.detail.is_empty()
            );
            assert_eq!(error.message, error.detail);
            assert_eq!(error.doc_url, format!("/errors/{}", error.code_name));
        }
    }
}
