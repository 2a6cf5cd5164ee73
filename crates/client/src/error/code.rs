use std::fmt;

use visavis_codes::Code;

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
