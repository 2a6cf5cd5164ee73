use std::collections::BTreeMap;

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
    /// What is asked of the engine.
    pub motion: Motion,
}

/// What a client may ask of the engine, in `extra_params`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Motion {
    /// How far the engine hears ahead of the face, `lookahead_ms`: 20, 40 or 80. The usual is 40.
    pub lookahead_ms: u32,
    /// Whether the face blinks, looks about, nods and breathes, `secondary_motion`: `on` or `off`. The usual is on.
    pub secondary: bool,
}

impl Motion {
    fn check(params: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let refused = |name: &str, value: &str, known: &str| {
            let value: String = value.chars().take(20).collect();
            let what = format!("extra_params: {name}: {value:?} is not known; use {known}");
            Failure::about(Cause::FieldRefused, &what)
        };
        let lookahead_ms = match params.get("lookahead_ms").map(String::as_str) {
            Some("20") => 20,
            None | Some("40") => 40,
            Some("80") => 80,
            Some(other) => return Err(refused("lookahead_ms", other, "20, 40 or 80")),
        };
        let secondary = match params.get("secondary_motion").map(String::as_str) {
            None | Some("on") => true,
            Some("off") => false,
            Some(other) => return Err(refused("secondary_motion", other, "on or off")),
        };
        Ok(Self {
            lookahead_ms,
            secondary,
        })
    }
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
            motion: Motion::check(&message.extra_params)?,
        })
    }
}
