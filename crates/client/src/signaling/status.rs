/// How a session is logged in, with the numbers of `getStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Status {
    /// Not logged in.
    #[default]
    LoggedOut = 0,
    /// A login is under way.
    LoggingIn = 1,
    /// Logged in.
    LoggedIn = 2,
    /// The connection was lost and is being restored.
    Reconnecting = 3,
}

impl Status {
    /// The number of `getStatus`.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    pub(crate) const fn from_number(number: u8) -> Self {
        match number {
            1 => Self::LoggingIn,
            2 => Self::LoggedIn,
            3 => Self::Reconnecting,
            _ => Self::LoggedOut,
        }
    }
}
