use std::collections::BTreeMap;
use std::time::Duration;

use visavis_wire::{Secret, proto};

/// Where the server publishes voice and face, instead of sending motion back.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Egress {
    /// Into a LiveKit room.
    LiveKit(LiveKit),
    /// Into an Agora channel.
    Agora(Agora),
}

/// A LiveKit room to publish into.
///
/// ```
/// use std::time::Duration;
/// use visavis_client::avatar::LiveKit;
///
/// let room = LiveKit::with_token("wss://livekit.example", "room-1", "avatar", "a LiveKit token")
///     .attribute("lk.publish_on_behalf", "agent-1")
///     .idle_timeout(Duration::from_secs(30));
/// ```
#[derive(Debug, Clone)]
pub struct LiveKit {
    url: String,
    room: String,
    identity: String,
    credentials: LiveKitCredentials,
    attributes: BTreeMap<String, String>,
    idle_timeout: Duration,
}

#[derive(Debug, Clone)]
enum LiveKitCredentials {
    Token(Secret),
    Key { key: Secret, secret: Secret },
}

impl LiveKit {
    /// A room, the identity to take there, and a token for it.
    #[must_use]
    pub fn with_token(url: &str, room: &str, identity: &str, token: impl Into<Secret>) -> Self {
        Self::new(url, room, identity, LiveKitCredentials::Token(token.into()))
    }

    /// A room, the identity to take there, and the project's API key; prefer [`Self::with_token`].
    #[must_use]
    pub fn with_key(
        url: &str,
        room: &str,
        identity: &str,
        key: impl Into<Secret>,
        secret: impl Into<Secret>,
    ) -> Self {
        let (key, secret) = (key.into(), secret.into());
        Self::new(url, room, identity, LiveKitCredentials::Key { key, secret })
    }

    fn new(url: &str, room: &str, identity: &str, credentials: LiveKitCredentials) -> Self {
        Self {
            url: url.into(),
            room: room.into(),
            identity: identity.into(),
            credentials,
            attributes: BTreeMap::new(),
            idle_timeout: Duration::ZERO,
        }
    }

    /// Adds a participant attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Ends the session when the room was silent for so long, in whole seconds; zero is the server's default.
    #[must_use]
    pub const fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = idle_timeout;
        self
    }
}

/// An Agora channel to publish into.
#[derive(Debug, Clone)]
pub struct Agora {
    channel: String,
    token: Secret,
    uid: u32,
    publisher: String,
}

impl Agora {
    /// A channel, its token (empty where the project needs none), and the publisher's name.
    #[must_use]
    pub fn new(channel: &str, token: impl Into<Secret>, publisher: &str) -> Self {
        Self {
            channel: channel.into(),
            token: token.into(),
            uid: 0,
            publisher: publisher.into(),
        }
    }

    /// The uid to take; 0 lets the channel choose.
    #[must_use]
    pub const fn uid(mut self, uid: u32) -> Self {
        self.uid = uid;
        self
    }
}

impl Egress {
    pub(crate) fn configure(&self, configure: &mut proto::ClientConfigureSession) {
        match self {
            Self::LiveKit(room) => {
                configure.egress_type = proto::EgressType::Livekit.into();
                configure.livekit_egress = Some(room.config());
            }
            Self::Agora(channel) => {
                configure.egress_type = proto::EgressType::Agora.into();
                configure.agora_egress = Some(proto::AgoraEgressConfig {
                    channel_name: channel.channel.clone(),
                    token: channel.token.expose().into(),
                    uid: channel.uid,
                    publisher_id: channel.publisher.clone(),
                });
            }
        }
    }
}

impl LiveKit {
    #[expect(deprecated, reason = "the API key is what some projects have")]
    fn config(&self) -> proto::LiveKitEgressConfig {
        let mut config = proto::LiveKitEgressConfig {
            url: self.url.clone(),
            room_name: self.room.clone(),
            publisher_id: self.identity.clone(),
            extra_attributes: self.attributes.clone(),
            idle_timeout: self.idle_timeout.as_secs().try_into().unwrap_or(i32::MAX),
            ..Default::default()
        };
        match &self.credentials {
            LiveKitCredentials::Token(token) => config.api_token = token.expose().into(),
            LiveKitCredentials::Key { key, secret } => {
                config.api_key = key.expose().into();
                config.api_secret = secret.expose().into();
            }
        }
        config
    }
}
