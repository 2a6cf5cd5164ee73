use std::fmt;

/// What a caller should do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// Open a fresh session, with back-off.
    Retry,
    /// Get a new session token, then open a fresh session.
    RefreshToken,
    /// Add credits or a plan; until then every try fails.
    TopUp,
    /// Correct the request, the credentials or the configuration; trying again unchanged fails.
    FixConfiguration,
    /// Tell a person when it recurs; the fault is on the server or in the protocol.
    Alert,
}

impl Advice {
    /// The name in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::RefreshToken => "refresh_token",
            Self::TopUp => "top_up",
            Self::FixConfiguration => "fix_configuration",
            Self::Alert => "alert",
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
