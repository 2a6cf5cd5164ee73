use std::sync::Arc;
use std::time::Duration;

use visavis_codes::Failure;
use visavis_wire::{AvatarId, ConnectionId};

/// What a session is told when it begins.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names the connection, on the wire and in logs.
    pub connection_id: ConnectionId,
    /// When the session was upgraded, seconds since 1970.
    pub opened_unix: u64,
    /// The avatar that speaks.
    pub avatar_id: AvatarId,
    /// A refusal that waits until the client can read it: after its first frame.
    pub refusal: Option<Failure>,
    /// A failure on purpose, this long after the session was confirmed.
    pub fault: Option<(Duration, Failure)>,
    /// True when the client reads close codes: its dialect says so, or it authenticated in the query.
    pub reads_close_codes: bool,
    /// Base of the documentation links.
    pub docs: Arc<str>,
    /// How long the first frame may take.
    pub handshake_timeout: Duration,
    /// How long a session may go without audio.
    pub idle_timeout: Duration,
    /// How long a session may last.
    pub duration_max: Duration,
    /// How long a request may be held.
    pub pause_max: Duration,
    /// How long the token is still good.
    pub token_left: Duration,
    /// How long to wait for the peer's close frame.
    pub linger: Duration,
    /// Credits set aside as block 0; one is a connected second.
    pub credits_reserved: u32,
    /// Credits to ask for in each further block.
    pub credits_block: u32,
}

impl Settings {
    /// Settings with the usual limits, for one hour of credits.
    #[must_use]
    pub fn new(connection_id: ConnectionId, avatar_id: AvatarId) -> Self {
        Self {
            connection_id,
            opened_unix: 0,
            avatar_id,
            refusal: None,
            fault: None,
            reads_close_codes: false,
            docs: "/errors".into(),
            handshake_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            duration_max: Duration::from_secs(3600),
            pause_max: Duration::from_secs(60),
            token_left: Duration::from_secs(24 * 3600),
            linger: Duration::from_secs(5),
            credits_reserved: 3600,
            credits_block: 60,
        }
    }
}
