//! The one error type of the SDK.

mod code;
mod display;
mod parts;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use visavis_codes::{Advice, Phase};

pub use code::ErrorCode;
pub(crate) use parts::Parts;

/// A failure of the service, or of reaching it. Cheap to clone.
///
/// `Display` is one line that a person can act on; what the operating system or a library said below it is the
/// [`source`](std::error::Error::source) and is not repeated.
///
/// ```
/// use visavis_client::{Advice, Error};
///
/// fn what_next(error: &Error) -> &'static str {
///     match error.advice() {
///         Advice::Retry => "open a fresh session, with back-off",
///         Advice::RefreshToken => "get a new token, then open a fresh session",
///         Advice::TopUp => "ask for credits",
///         Advice::FixConfiguration => "correct the request; the same one fails again",
///         _ => "tell a person",
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Parts>);

impl Error {
    /// The stable code: what went wrong.
    #[must_use]
    pub fn code(&self) -> &ErrorCode {
        &self.0.code
    }

    /// How far the call had got.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// What to do about it.
    ///
    /// The server's own word goes first: it may allow or forbid a retry whatever the code.
    /// Without it a close code of 4000 to 4499, other than 4002, says that the request is at fault.
    #[must_use]
    pub fn advice(&self) -> Advice {
        let advice = self.0.code.advice();
        match (self.0.retryable, self.0.close_code) {
            (Some(true), _) => Advice::Retry,
            (Some(false), _) if advice == Advice::Retry => Advice::Alert,
            (None, Some(4000..=4001 | 4003..=4499)) if advice == Advice::Retry => {
                Advice::FixConfiguration
            }
            _ => advice,
        }
    }

    /// True when a fresh session may succeed with nothing changed: the advice is [`Advice::Retry`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.advice() == Advice::Retry
    }

    /// How long the server asks to wait before the next try, where it says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The HTTP status, when the failure came as an HTTP answer.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The code as the server sent it: a `ServerError` number, or the code of a JSON body.
    #[must_use]
    pub fn server_code(&self) -> Option<&str> {
        self.0.server_code.as_deref()
    }

    /// The server's heading.
    #[must_use]
    pub fn server_title(&self) -> Option<&str> {
        self.0.server_title.as_deref()
    }

    /// The server's sentence.
    #[must_use]
    pub fn server_detail(&self) -> Option<&str> {
        self.0.server_detail.as_deref()
    }

    /// The connection, as the server's log names it.
    #[must_use]
    pub fn connection_id(&self) -> Option<&str> {
        self.0.connection_id.as_deref()
    }

    /// The utterance that was under way.
    #[must_use]
    pub fn req_id(&self) -> Option<&str> {
        self.0.req_id.as_deref()
    }

    /// The HTTP request, as the server's log names it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The WebSocket close code, or the close code that a `ServerError` number stands for.
    #[must_use]
    pub fn close_code(&self) -> Option<u16> {
        self.0.close_code
    }

    /// The reason in the close frame.
    #[must_use]
    pub fn close_reason(&self) -> Option<&str> {
        self.0.close_reason.as_deref()
    }

    /// The body of the HTTP answer, at most 2048 characters of it.
    #[must_use]
    pub fn raw_body(&self) -> Option<&str> {
        self.0.raw_body.as_deref()
    }

    /// Where the code is documented, as the server says.
    #[must_use]
    pub fn doc_url(&self) -> Option<&str> {
        self.0.doc_url.as_deref()
    }

    /// The sentence of this error: the server's, or the SDK's own.
    #[must_use]
    pub fn message(&self) -> &str {
        [&self.0.server_detail, &self.0.server_title]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|text| !text.is_empty())
            .unwrap_or(&self.0.message)
    }
}

impl From<Parts> for Error {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
