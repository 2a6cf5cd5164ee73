use std::fmt;

/// Why a stream is no Ogg Opus stream that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpusError {
    /// A page does not begin with `OggS`, or has an unknown version.
    NotOgg,
    /// The checksum of a page is wrong.
    Checksum,
    /// The first packet is no `OpusHead`, or one of an unknown version.
    Head,
    /// More than two channels.
    Channels,
    /// The second packet is no `OpusTags`.
    Tags,
    /// Pages of several streams are mixed, or a page is missing in the middle of a packet.
    Sequence,
    /// An audio packet breaks the rules of Opus.
    Packet,
    /// A packet is larger than [`PACKET_BYTES_MAX`](super::PACKET_BYTES_MAX).
    TooLarge,
    /// The stream ends in the middle.
    Truncated,
}

impl fmt::Display for OpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOgg => "not an Ogg stream",
            Self::Checksum => "an Ogg page is damaged",
            Self::Head => "the Ogg stream does not begin with an Opus header",
            Self::Channels => "Opus with more than two channels",
            Self::Tags => "the Opus header is not followed by its tags",
            Self::Sequence => "an Ogg page is missing, or several streams are mixed",
            Self::Packet => "an Opus packet is damaged",
            Self::TooLarge => "an Opus packet is too large",
            Self::Truncated => "the Ogg Opus stream ends in the middle",
        })
    }
}

impl std::error::Error for OpusError {}
