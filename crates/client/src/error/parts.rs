use std::sync::Arc;
use std::time::Duration;

use visavis_codes::{Code, Phase};
use visavis_wire::Secret;

use super::{Error, ErrorCode};

/// Shortest secret that is looked for in a server's text; shorter ones would blot out ordinary words.
const REDACTED_BYTES_MIN: usize = 4;

/// What an [`Error`] holds; complete once it becomes one.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) code: ErrorCode,
    pub(crate) phase: Phase,
    /// The SDK's own sentence, for failures that no server described.
    pub(crate) message: String,
    pub(crate) http_status: Option<u16>,
    pub(crate) server_code: Option<String>,
    pub(crate) server_title: Option<String>,
    pub(crate) server_detail: Option<String>,
    pub(crate) connection_id: Option<String>,
    pub(crate) req_id: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) close_code: Option<u16>,
    pub(crate) close_reason: Option<String>,
    pub(crate) raw_body: Option<String>,
    pub(crate) doc_url: Option<String>,
    /// What the server says about a retry.
    pub(crate) retryable: Option<bool>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Parts {
    pub(crate) fn new(
        code: impl Into<ErrorCode>,
        phase: Phase,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            phase,
            message: message.into(),
            http_status: None,
            server_code: None,
            server_title: None,
            server_detail: None,
            connection_id: None,
            req_id: None,
            request_id: None,
            close_code: None,
            close_reason: None,
            raw_body: None,
            doc_url: None,
            retryable: None,
            retry_after: None,
            source: None,
        }
    }

    pub(crate) fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Blots out secrets that a server or a proxy repeated.
    pub(crate) fn redacted(mut self, secrets: &[&Secret]) -> Self {
        for secret in secrets.iter().map(|secret| secret.expose()) {
            if secret.len() < REDACTED_BYTES_MIN {
                continue;
            }
            for text in [
                &mut self.server_code,
                &mut self.server_title,
                &mut self.server_detail,
                &mut self.close_reason,
                &mut self.raw_body,
            ]
            .into_iter()
            .flatten()
            {
                if text.contains(secret) {
                    *text = text.replace(secret, "[redacted]");
                }
            }
        }
        self
    }
}

impl Error {
    /// A call or a setting that cannot be right, found before anything was sent.
    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Parts::new(Code::InvalidRequest, Phase::Unknown, message).into()
    }
}
