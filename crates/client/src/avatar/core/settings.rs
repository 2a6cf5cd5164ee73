use std::time::Duration;

use visavis_wire::proto;

/// What a session is told when it begins.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The first message.
    pub configure: proto::ClientConfigureSession,
    /// How long the server may take to confirm.
    pub handshake_timeout: Duration,
    /// How long the server may be silent before it is pinged, and after that before it is given up.
    pub ping_interval: Duration,
    /// How long to wait for the server's close frame after ours.
    pub close_timeout: Duration,
    /// Chooses the request ids.
    pub seed: u64,
}

impl Settings {
    /// The usual settings, for PCM at this rate in Hz.
    #[must_use]
    pub fn pcm(sample_rate: u32) -> Self {
        Self {
            configure: proto::ClientConfigureSession {
                sample_rate: sample_rate.try_into().unwrap_or(i32::MAX),
                ..Default::default()
            },
            handshake_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(20),
            close_timeout: Duration::from_secs(5),
            seed: 0,
        }
    }
}
