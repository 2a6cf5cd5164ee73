use visavis_codes::{Cause, Failure};
use visavis_wire::limits::{EXTRA_ENTRIES_MAX, TEXT_BYTES_MAX};
use visavis_wire::proto::ClientConfigureSession;
use visavis_wire::{AudioFormat, SampleRate};

use crate::egress;

/// What the client asked for, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Configuration {
    /// How audio bytes are to be read.
    pub format: AudioFormat,
    /// The rate of the samples that the engine sees.
    pub sample_rate: SampleRate,
}

/// An encoder rate of Opus that is no PCM rate of the protocol.
const OPUS_ONLY_HZ: i32 = 12000;

impl Configuration {
    /// Checks a client's first message, that came in at `now_unix` seconds since 1970.
    pub(crate) fn check(message: &ClientConfigureSession, now_unix: u64) -> Result<Self, Failure> {
        let field = |what: String| Failure::about(Cause::FieldRefused, &what);
        let format = match message.audio_format {
            0 => AudioFormat::PcmS16Le,
            1 => AudioFormat::OggOpus,
            other => {
                return Err(field(format!(
                    "audio_format: {other} is not known; 0 is PCM, 1 is Ogg Opus"
                )));
            }
        };
        let rate = SampleRate::try_from(i64::from(message.sample_rate));
        let sample_rate = match (format, rate) {
            (AudioFormat::PcmS16Le, Ok(rate)) => rate,
            (AudioFormat::OggOpus, Ok(_)) => SampleRate::OPUS,
            (AudioFormat::OggOpus, Err(_)) if message.sample_rate == OPUS_ONLY_HZ => {
                SampleRate::OPUS
            }
            (_, Err(refused)) => {
                return Err(Failure::about(
                    Cause::SampleRateRefused,
                    &refused.0.to_string(),
                ));
            }
        };
        if message.bitrate < 0 {
            return Err(field(format!(
                "bitrate: {} is negative; 0 is automatic",
                message.bitrate
            )));
        }
        if message.transport_compression != 0 {
            let other = message.transport_compression;
            return Err(field(format!(
                "transport_compression: {other} is not known; 0 is none"
            )));
        }
        if message.extra_params.len() > EXTRA_ENTRIES_MAX {
            return Err(field(format!(
                "extra_params: more than {EXTRA_ENTRIES_MAX} entries"
            )));
        }
        if message
            .extra_params
            .iter()
            .any(|(key, value)| key.len().max(value.len()) > TEXT_BYTES_MAX)
        {
            return Err(field(format!(
                "extra_params: an entry is longer than {TEXT_BYTES_MAX} bytes"
            )));
        }
        egress::check(message, now_unix)?;
        Ok(Self {
            format,
            sample_rate,
        })
    }
}
