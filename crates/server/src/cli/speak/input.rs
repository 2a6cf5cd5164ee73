use std::path::Path;
use std::time::Duration;

use visavis_client::avatar::SessionBuilder;

use super::super::{Failure, speech};

/// Opus counts time at this rate, whatever the encoder's (RFC 7845 §4).
const OPUS_HZ: u64 = 48_000;

/// Speech to send.
pub(super) struct Speech {
    pub(super) duration: Duration,
    pub(super) audio: Audio,
}

pub(super) enum Audio {
    Pcm { sample_rate: u32, samples: Vec<i16> },
    Opus(Vec<u8>),
}

impl Speech {
    pub(super) fn wav(path: &Path) -> Result<Self, Failure> {
        let (sample_rate, samples) = speech::read(path)?;
        if samples.is_empty() {
            return Err(Failure::text(format!(
                "{}: there is no audio in it",
                path.display()
            )));
        }
        Ok(Self {
            duration: Duration::from_secs_f64(samples.len() as f64 / f64::from(sample_rate)),
            audio: Audio::Pcm {
                sample_rate,
                samples,
            },
        })
    }

    pub(super) fn opus(path: &Path) -> Result<Self, Failure> {
        let name = path.to_string_lossy();
        let bytes = std::fs::read(path).map_err(|error| Failure::io(&name, &error))?;
        let duration = duration(&bytes)
            .ok_or_else(|| Failure::text(format!("{name}: not an Ogg Opus file")))?;
        Ok(Self {
            duration,
            audio: Audio::Opus(bytes),
        })
    }

    pub(super) fn configure(&self, builder: SessionBuilder) -> SessionBuilder {
        match self.audio {
            Audio::Pcm { sample_rate, .. } => builder.pcm(sample_rate),
            Audio::Opus(_) => builder.ogg_opus(48_000, 0),
        }
    }
}

/// The length of an Ogg Opus stream: the last page's granule position less the pre-skip.
fn duration(ogg: &[u8]) -> Option<Duration> {
    const PAGE: &[u8] = b"OggS";
    let head = ogg.windows(8).position(|window| window == b"OpusHead")?;
    let pre_skip = u16::from_le_bytes(ogg.get(head + 10..head + 12)?.try_into().ok()?);
    let last = ogg.windows(PAGE.len()).rposition(|window| window == PAGE)?;
    let granule = u64::from_le_bytes(ogg.get(last + 6..last + 14)?.try_into().ok()?);
    let samples = granule.saturating_sub(pre_skip.into());
    // A granule position of -1 marks a page on which no packet ends.
    (granule != u64::MAX)
        .then(|| Duration::from_micros(samples.saturating_mul(1_000_000) / OPUS_HZ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_an_opus_file_is_its_last_granule_less_the_pre_skip() {
        let mut ogg = b"OggS\0\x02\0\0\0\0\0\0\0\0".to_vec();
        ogg.extend(b"OpusHead\x01\x01\x38\x01");
        ogg.extend(b"OggS\0\x04");
        ogg.extend(48_312u64.to_le_bytes());
        assert_eq!(duration(&ogg), Some(Duration::from_secs(1)));
        assert_eq!(duration(b"RIFF"), None);
    }
}
