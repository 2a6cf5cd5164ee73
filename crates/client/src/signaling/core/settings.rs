use std::time::Duration;

/// How a session behaves.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The app to log in to.
    pub app_id: String,
    /// Several channels at a time; otherwise joining one leaves the other.
    pub multi_channel: bool,
    /// Channels are joined again after a lost connection.
    pub rejoin: bool,
    /// How long a lost connection is restored before the login ends with 102.
    pub reconnect_max: Duration,
    /// How long connecting and logging in may take, each time.
    pub login_timeout: Duration,
    /// How long the server may take to answer a call.
    pub call_timeout: Duration,
    /// Between two pings; after three without any sign of the server, the connection counts as lost.
    pub ping_every: Duration,
    /// How long after its arrival a message is acknowledged at the latest.
    pub ack_after: Duration,
    /// Calls that may wait for their answers or for the connection; more are refused.
    pub calls_max: usize,
    /// How many a second of the messages that waited for a connection go out; the server takes 60.
    pub backlog_per_s: u32,
    /// What jitter and the ids of messages begin with.
    pub seed: u64,
}

impl Settings {
    /// The usual settings for this app.
    #[must_use]
    pub fn new(app_id: impl Into<String>) -> Self {
        Self {
            app_id: app_id.into(),
            multi_channel: true,
            rejoin: true,
            reconnect_max: Duration::from_secs(300),
            login_timeout: Duration::from_secs(12),
            call_timeout: Duration::from_secs(10),
            ping_every: Duration::from_secs(10),
            ack_after: Duration::from_millis(200),
            calls_max: 1000,
            backlog_per_s: 50,
            seed: 0,
        }
    }
}
