use std::borrow::Cow;
use std::fmt;

use super::{Cause, Code, Family};
use crate::subject::clean;

/// Longest variable that a reason repeats, in bytes.
const SUBJECT_BYTES_MAX: usize = 64;

/// One failure on its way out: a cause in the family of the call that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    cause: Cause,
    code: Code,
    reason: Cow<'static, str>,
    on_purpose: bool,
}

impl Failure {
    /// The failure of a cause whose reason has no variable.
    #[must_use]
    pub const fn new(cause: Cause, family: Family) -> Self {
        Self {
            cause,
            code: cause.code(family),
            reason: Cow::Borrowed(cause.wording()),
            on_purpose: false,
        }
    }

    /// The failure of a cause with the variable of its reason, such as the name of a parameter.
    ///
    /// Control characters are dropped and long text is cut, since it may come from a peer.
    #[must_use]
    pub fn about(cause: Cause, family: Family, subject: &str) -> Self {
        let subject = clean(subject, SUBJECT_BYTES_MAX);
        Self {
            reason: Cow::Owned(cause.wording().replacen("{}", &subject, 1)),
            ..Self::new(cause, family)
        }
    }

    /// The same failure, marked as one that was asked for; logs and metrics show the mark, the wire does not.
    #[must_use]
    pub fn on_purpose(self) -> Self {
        Self {
            on_purpose: true,
            ..self
        }
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

    /// The documented code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The public reason, never empty. Published SDKs classify the reasons of a login, so their wording is contract.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// True when the same request may succeed later with nothing changed by the caller.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        self.cause.retryable()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {}",
            self.code.name(),
            self.code.number(),
            self.reason
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_cut_and_cleaned() {
        let subject = format!("na\nme{}", "x".repeat(200));
        let failure = Failure::about(Cause::WrongParam, Family::Join, &subject);
        assert_eq!(failure.code(), Code::WrongParam);
        assert_eq!(
            failure.reason().len(),
            "wrong param ".len() + SUBJECT_BYTES_MAX
        );
        assert!(failure.reason().starts_with("wrong param namex"));
    }
}
