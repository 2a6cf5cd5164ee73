use std::fmt;

use super::limits::MESSAGE_TTL_S_MAX;

/// How present the receiver of a message must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// It needs only exist: the message waits for its next login.
    Exists,
    /// It must be logged in.
    LoggedIn,
    /// It must be connected.
    Connected,
}

/// The flag of a message, `v1:LEVEL:SECONDS`.
///
/// ```
/// use visavis_wire::signaling::{Flag, Level};
///
/// let flag = Flag::parse("v1:E:3600").unwrap();
/// assert_eq!((flag.level, flag.ttl_s), (Level::Exists, 3600));
/// assert_eq!(flag.to_string(), "v1:E:3600");
/// assert_eq!(Flag::parse("v2:E:1"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flag {
    /// How present the receiver must be.
    pub level: Level,
    /// Seconds that the message may wait; 0 to 30 days, more is taken as 30 days.
    pub ttl_s: u64,
}

impl Flag {
    /// Reads a flag; `None` when it is malformed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (level, ttl) = text.strip_prefix("v1:")?.split_once(':')?;
        let level = match level {
            "E" => Level::Exists,
            "L" => Level::LoggedIn,
            "C" => Level::Connected,
            _ => return None,
        };
        if ttl.is_empty() || ttl.len() > 18 || !ttl.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let ttl_s: u64 = ttl.parse().ok()?;
        Some(Self {
            level,
            ttl_s: ttl_s.min(MESSAGE_TTL_S_MAX),
        })
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Exists => 'E',
            Level::LoggedIn => 'L',
            Level::Connected => 'C',
        };
        write!(f, "v1:{level}:{}", self.ttl_s)
    }
}
