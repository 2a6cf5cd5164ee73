//! Reads Ogg Opus as it arrives, cut at any byte (RFC 3533, RFC 7845, RFC 6716).

mod codec;
mod error;
mod head;
mod packets;

pub use error::OpusError;
pub use packets::PACKET_BYTES_MAX;

use codec::Codec;
use head::Head;
use packets::{Packet, Packets};

/// Samples per second of everything that comes out.
pub const SAMPLE_RATE: u32 = 48_000;

/// Decodes one logical Ogg Opus stream to 48 kHz mono.
///
/// The pre-skip is left out, the end is trimmed to the last page's position, the header's gain is
/// applied, stereo is mixed to one channel. What the encoder did not send (DTX) is filled in, so
/// that every packet lasts as long as its first byte says.
pub struct OggOpusDecoder {
    packets: Packets,
    state: State,
}

enum State {
    Head,
    Tags(Head),
    Audio(Box<Audio>),
    Failed(OpusError),
}

struct Audio {
    codec: Codec,
    gain: f32,
    /// Samples still to be left out at the start.
    skip: u64,
    /// Samples decoded, the skipped ones included.
    decoded: u64,
    /// Position of the stream's first sample: not zero where a live stream was joined late.
    origin: Option<u64>,
}

impl OggOpusDecoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self {
            packets: Packets::new(),
            state: State::Head,
        }
    }

    /// Takes the next bytes, any number of them, and appends the samples they complete.
    ///
    /// Two bytes can stand for 120 ms, so a hostile sender's bytes may grow by a factor of 6000, and
    /// the last byte of a page brings all of its packets: at most 255, or 3 MB of samples.
    /// A caller that limits memory pushes some hundred bytes at a time and looks at `out` in between.
    ///
    /// # Errors
    ///
    /// [`OpusError`] when the bytes are no Ogg Opus stream, or a damaged one. Nothing can be
    /// decoded after an error: every later call repeats it.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<i16>) -> Result<(), OpusError> {
        if let State::Failed(error) = &self.state {
            return Err(*error);
        }
        let Self { packets, state } = self;
        let result = packets.push(bytes, |packet| state.take(packet, out));
        if let Err(error) = result {
            self.state = State::Failed(error);
        }
        result
    }

    /// Ends the stream. Nothing is held back until then, so no samples follow.
    ///
    /// # Errors
    ///
    /// [`OpusError::Truncated`] when the stream ends before its headers or within a page, and what
    /// [`push`](Self::push) failed with.
    pub fn finish(&mut self) -> Result<(), OpusError> {
        match &self.state {
            State::Failed(error) => Err(*error),
            State::Audio(_) if self.packets.is_between() => Ok(()),
            State::Head | State::Tags(_) | State::Audio(_) => {
                self.state = State::Failed(OpusError::Truncated);
                Err(OpusError::Truncated)
            }
        }
    }

    /// Bytes held back at the moment: at most one page and one packet, whatever is pushed.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.packets.held_bytes()
    }
}

impl Default for OggOpusDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for OggOpusDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OggOpusDecoder")
            .field("held_bytes", &self.held_bytes())
            .finish_non_exhaustive()
    }
}

impl State {
    fn take(&mut self, packet: &Packet<'_>, out: &mut Vec<i16>) -> Result<(), OpusError> {
        match self {
            Self::Head => *self = Self::Tags(Head::parse(packet.data)?),
            Self::Tags(head) => {
                if !packet.data.starts_with(b"OpusTags") {
                    return Err(OpusError::Tags);
                }
                *self = Self::Audio(Box::new(Audio::new(head)));
            }
            Self::Audio(audio) => audio.decode(packet, out)?,
            Self::Failed(error) => return Err(*error),
        }
        Ok(())
    }
}

impl Audio {
    fn new(head: &Head) -> Self {
        Self {
            codec: Codec::new(),
            gain: head.gain,
            skip: u64::from(head.pre_skip),
            decoded: 0,
            origin: None,
        }
    }

    fn decode(&mut self, packet: &Packet<'_>, out: &mut Vec<i16>) -> Result<(), OpusError> {
        let samples = self.codec.decode(packet.data)?;
        let before = self.decoded;
        self.decoded += samples.len() as u64;
        let mut end = samples.len();
        if packet.on_last_page {
            // The last page may cut its packets short.
            let total = packet.position.saturating_sub(self.origin.unwrap_or(0));
            end = end.min(total.saturating_sub(before) as usize);
        } else if packet.ends_page {
            // The first page's position counts all it decodes to, and so tells where the stream began.
            let decoded = self.decoded;
            self.origin
                .get_or_insert_with(|| packet.position.saturating_sub(decoded));
        }
        let start = (self.skip as usize).min(end);
        self.skip -= start as u64;
        // Casting saturates, and makes silence of what is not a number.
        out.extend(
            samples[start..end]
                .iter()
                .map(|sample| (sample * self.gain * 32_768.0).round() as i16),
        );
        Ok(())
    }
}
