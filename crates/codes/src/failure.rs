use crate::subject::clean;
use crate::{Cause, Code, Dialect, Emission};

/// Longest variable that a message repeats, in bytes: an error body stays near 1 KiB, all that some SDKs read.
const SUBJECT_BYTES_MAX: usize = 112;

/// One failure on its way out: a cause with its variables filled in.
///
/// It holds public text only. Internal context belongs in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    cause: Cause,
    detail: String,
    retry_after_ms: u32,
    on_purpose: bool,
}

impl Failure {
    /// The failure of a cause whose wording has no variable.
    #[must_use]
    pub fn new(cause: Cause) -> Self {
        Self::about(cause, "")
    }

    /// The failure of a cause with the variable of its wording: an avatar id, a sample rate, a reason.
    ///
    /// Control characters are dropped and long text is cut, since it may come from a peer.
    #[must_use]
    pub fn about(cause: Cause, subject: &str) -> Self {
        let subject = clean(subject, SUBJECT_BYTES_MAX);
        Self {
            cause,
            detail: cause.wording().replacen("{}", &subject, 1),
            retry_after_ms: 0,
            on_purpose: false,
        }
    }

    /// The same failure with a time to wait before the next try, in milliseconds.
    #[must_use]
    pub const fn with_retry_after_ms(mut self, retry_after_ms: u32) -> Self {
        self.retry_after_ms = retry_after_ms;
        self
    }

    /// The same failure, marked as one that was asked for; logs and metrics show the mark, the wire does not.
    #[must_use]
    pub const fn on_purpose(mut self) -> Self {
        self.on_purpose = true;
        self
    }

    /// True for a failure that was asked for.
    #[must_use]
    pub const fn is_on_purpose(&self) -> bool {
        self.on_purpose
    }

    /// What went wrong.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.cause.code()
    }

    /// The public sentence; published SDKs classify on it, so its wording is contract.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Milliseconds to wait before a retry; 0 leaves it to the client.
    #[must_use]
    pub const fn retry_after_ms(&self) -> u32 {
        self.retry_after_ms
    }

    /// True when the same session, opened afresh, may succeed with nothing changed by the caller.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        self.code().retryable()
    }

    /// How this failure goes on the wire, for the SDK family that reads it.
    #[must_use]
    pub const fn emission(&self, dialect: Dialect) -> Emission {
        self.cause.emission(dialect)
    }
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Self::new(cause)
    }
}
