//! What a LiveKit access token says of itself, read without checking its signature.
//!
//! The room's server checks it; reading it first turns a refusal minutes later into one at the handshake.
//! Claims: LiveKit's access token, a JWT with `sub` for the identity and grants under `video`.

use serde::Deserialize;

use crate::limits::TEXT_BYTES_MAX;

/// The claims that publishing depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveKitClaims {
    /// The first second at which it is no longer good, seconds since 1970.
    pub expires_at: u64,
    /// Who joins.
    pub identity: String,
    /// The room, if it joins one.
    pub room: Option<String>,
    /// It may publish audio and video, and data.
    pub publishes: bool,
}

#[derive(Deserialize)]
struct Payload {
    exp: u64,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    video: Video,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Video {
    room_join: bool,
    room: String,
    can_publish: Option<bool>,
    can_publish_data: Option<bool>,
    can_publish_sources: Vec<String>,
}

impl LiveKitClaims {
    /// Reads a token; `None` when it is none.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        if token.len() > TEXT_BYTES_MAX {
            return None;
        }
        let payload = jsonwebtoken::dangerous::insecure_decode::<Payload>(token)
            .ok()?
            .claims;
        let video = payload.video;
        let may_publish = |source: &str| {
            video.can_publish_sources.is_empty()
                || video
                    .can_publish_sources
                    .iter()
                    .any(|known| known == source)
        };
        Some(Self {
            expires_at: payload.exp,
            identity: payload.sub,
            // LiveKit grants what is absent, except joining.
            publishes: video.can_publish.unwrap_or(true)
                && video.can_publish_data.unwrap_or(true)
                && may_publish("microphone")
                && may_publish("camera"),
            room: video.room_join.then_some(video.room),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &serde_json::Value) -> String {
        let key = jsonwebtoken::EncodingKey::from_secret(b"secret");
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), payload, &key).unwrap()
    }

    #[test]
    fn a_plugin_s_token_may_publish() {
        let payload = serde_json::json!({
            "exp": 1_800_000_000u64, "sub": "face", "iss": "key", "kind": "agent",
            "video": {"roomJoin": true, "room": "r", "canSubscribe": false, "canPublishData": true,
                      "canPublishSources": ["camera", "microphone"]},
        });
        let claims = LiveKitClaims::read(&token(&payload)).unwrap();
        assert_eq!(
            (claims.expires_at, claims.identity.as_str()),
            (1_800_000_000, "face")
        );
        assert_eq!(
            (claims.room.as_deref(), claims.publishes),
            (Some("r"), true)
        );
    }

    #[test]
    fn a_token_without_the_grants_says_so() {
        let read = |video| {
            LiveKitClaims::read(&token(&serde_json::json!({"exp": 1, "video": video}))).unwrap()
        };
        assert_eq!(read(serde_json::json!({})).room, None);
        assert!(!read(serde_json::json!({"canPublish": false})).publishes);
        assert!(!read(serde_json::json!({"canPublishSources": ["camera"]})).publishes);
        assert_eq!(LiveKitClaims::read("garbage"), None);
        assert_eq!(LiveKitClaims::read(&"a.".repeat(10_000)), None);
    }
}
