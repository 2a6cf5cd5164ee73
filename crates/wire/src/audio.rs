use std::fmt;

/// A sample rate that a session may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SampleRate(u32);

/// The session asked for a sample rate that is not one of [`SampleRate::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unsupported sample rate: {0}")]
pub struct UnsupportedSampleRate(
    /// What was asked for, in Hz.
    pub i64,
);

impl SampleRate {
    /// The rates of the protocol, in Hz.
    pub const ALL: [u32; 7] = [8000, 16000, 22050, 24000, 32000, 44100, 48000];

    /// The rate at which Opus decodes.
    pub const OPUS: Self = Self(48000);

    /// The rate in Hz.
    #[must_use]
    pub const fn hz(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for SampleRate {
    type Error = UnsupportedSampleRate;

    fn try_from(hz: i64) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|rate| i64::from(*rate) == hz)
            .map(Self)
            .ok_or(UnsupportedSampleRate(hz))
    }
}

impl fmt::Display for SampleRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Hz", self.0)
    }
}

/// How the bytes of an audio message are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudioFormat {
    /// Signed 16-bit little endian, mono.
    PcmS16Le,
    /// One Ogg Opus stream per request, cut into messages anywhere (RFC 7845).
    OggOpus,
}
