use std::fmt;

/// How far a session had got when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The HTTP call for a session token.
    SessionToken,
    /// From dialling to the WebSocket upgrade.
    WebsocketConnect,
    /// From the upgrade to the confirmed session.
    WebsocketHandshake,
    /// A confirmed session.
    WebsocketRuntime,
    /// While sending on a confirmed session; only a client can tell.
    WebsocketSend,
    /// None of these.
    Unknown,
}

impl Phase {
    /// Every phase, in order of progress.
    pub const ALL: [Self; 6] = [
        Self::SessionToken,
        Self::WebsocketConnect,
        Self::WebsocketHandshake,
        Self::WebsocketRuntime,
        Self::WebsocketSend,
        Self::Unknown,
    ];

    /// The name on the wire and in every SDK.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SessionToken => "session_token",
            Self::WebsocketConnect => "websocket_connect",
            Self::WebsocketHandshake => "websocket_handshake",
            Self::WebsocketRuntime => "websocket_runtime",
            Self::WebsocketSend => "websocket_send",
            Self::Unknown => "unknown",
        }
    }

    /// The phase of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
