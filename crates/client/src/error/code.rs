use std::fmt;

use visavis_codes::{Advice, Code, signaling};

/// A code that this version knows, or one that only the server knows.
///
/// ```
/// use visavis_client::{Code, ErrorCode};
///
/// assert_eq!(ErrorCode::from("avatarNotFound"), Code::AvatarNotFound);
/// assert_eq!(ErrorCode::from("quotaOfTomorrow").name(), "quotaOfTomorrow");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// One of the twenty codes of the contract.
    Known(Code),
    /// The name that a newer server sent.
    Other(Box<str>),
}

impl ErrorCode {
    /// The stable name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Known(code) => code.name(),
            Self::Other(name) => name,
        }
    }

    /// The code, where this version knows it.
    #[must_use]
    pub const fn known(&self) -> Option<Code> {
        match self {
            Self::Known(code) => Some(*code),
            Self::Other(_) => None,
        }
    }

    /// The advice of the code. The console answers with codes of signaling, too, and these are known by their names.
    pub(super) fn advice(&self) -> Advice {
        let signaling = || signaling::Code::from_name(self.name()).map(signaling::Code::advice);
        let known = self.known().map(Code::advice);
        known.or_else(signaling).unwrap_or(Advice::Alert)
    }

    /// What the caller does about it, where the code is known.
    pub(super) fn caller_does(&self) -> Option<&'static str> {
        let signaling =
            || signaling::Code::from_name(self.name()).map(signaling::Code::caller_does);
        self.known().map(Code::caller_does).or_else(signaling)
    }
}

impl From<Code> for ErrorCode {
    fn from(code: Code) -> Self {
        Self::Known(code)
    }
}

impl From<&str> for ErrorCode {
    fn from(name: &str) -> Self {
        Code::from_name(name).map_or_else(|| Self::Other(name.into()), Self::Known)
    }
}

impl PartialEq<Code> for ErrorCode {
    fn eq(&self, code: &Code) -> bool {
        self.known() == Some(*code)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
