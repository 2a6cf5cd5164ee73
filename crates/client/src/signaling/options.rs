use std::fmt;
use std::time::Duration;

use visavis_wire::Secret;
use visavis_wire::signaling::{Flag, Level};

/// Who logs in, and how long it is tried.
#[derive(Clone)]
pub struct LoginOptions {
    pub(crate) account: String,
    pub(crate) token: Secret,
    pub(crate) device: String,
    pub(crate) retry_time: Duration,
    pub(crate) retry_count: u32,
}

impl LoginOptions {
    /// A login of this account; without more it is tried again up to 3 times within 30 s.
    #[must_use]
    pub fn new(account: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self {
            account: account.into(),
            token: token.into(),
            device: "rust".into(),
            retry_time: Duration::from_secs(30),
            retry_count: 3,
        }
    }

    /// How long a server that is not reached is tried again; what is reached first, this or the count, ends it.
    #[must_use]
    pub const fn retry_time(mut self, time: Duration) -> Self {
        self.retry_time = time;
        self
    }

    /// How often it is tried again after the first time.
    #[must_use]
    pub const fn retry_count(mut self, count: u32) -> Self {
        self.retry_count = count;
        self
    }

    /// What the server is told about the device.
    #[must_use]
    pub fn device(mut self, device: impl Into<String>) -> Self {
        self.device = device.into();
        self
    }
}

impl fmt::Debug for LoginOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginOptions")
            .field("account", &self.account)
            .field("token", &self.token)
            .field("device", &self.device)
            .field("retry_time", &self.retry_time)
            .field("retry_count", &self.retry_count)
            .finish()
    }
}

/// How a message to a peer waits: the `options` of `messageInstantSend2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendOptions {
    level: Level,
    ttl: Duration,
}

impl Default for SendOptions {
    /// It waits for the next login of the peer, for a day.
    fn default() -> Self {
        Self {
            level: Level::Exists,
            ttl: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl SendOptions {
    /// How long it waits; the server has a limit of its own, 30 days where nobody changed it.
    #[must_use]
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// Only for a peer that is logged in; otherwise the send fails with `peer offline`.
    #[must_use]
    pub const fn online_only(mut self) -> Self {
        self.level = Level::LoggedIn;
        self
    }

    pub(crate) fn flag(self) -> String {
        Flag {
            level: self.level,
            ttl_s: self.ttl.as_secs(),
        }
        .to_string()
    }
}

/// How a message goes into a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelSendOptions {
    pub(crate) force: bool,
    pub(crate) extra: Option<String>,
}

impl ChannelSendOptions {
    /// Without being in the channel, where the server allows it: `messageChannelSendForce`.
    #[must_use]
    pub const fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// A text that travels beside the message: `messageChannelSend2`.
    #[must_use]
    pub fn extra(mut self, extra: impl Into<String>) -> Self {
        self.extra = Some(extra.into());
        self
    }
}
