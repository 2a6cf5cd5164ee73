//! Reads WAV files of any rate.

use std::fmt;
use std::io::Read;

/// Channels beyond this are no recording of speech.
pub const CHANNELS_MAX: u16 = 16;
/// Samples per channel that are read at most: one hour at 192 kHz. A header may promise more than memory holds.
pub const SAMPLES_MAX: usize = 3600 * 192_000;

/// Reads a WAV file: 8-, 16-, 24- or 32-bit integers or 32-bit floats, all channels mixed to one.
///
/// Gives the sample rate and the samples as 16-bit integers.
///
/// # Errors
///
/// [`WavError`] for what is no WAV file, is cut off within a sample, or is beyond the limits above.
pub fn read(input: impl Read) -> Result<(u32, Vec<i16>), WavError> {
    let mut reader = hound::WavReader::new(input).map_err(WavError::from)?;
    let hound::WavSpec {
        channels,
        sample_rate,
        bits_per_sample,
        sample_format,
    } = reader.spec();
    if channels == 0 || channels > CHANNELS_MAX {
        return Err(WavError::Channels(channels));
    }
    if reader.duration() as usize > SAMPLES_MAX {
        return Err(WavError::TooLong);
    }
    let channels = usize::from(channels);
    let samples = match (sample_format, bits_per_sample) {
        (hound::SampleFormat::Int, 8 | 16 | 24 | 32) => {
            let scale = 1.0 / f64::from(1u32 << (bits_per_sample - 1)) * 32_768.0;
            mix(
                reader
                    .samples::<i32>()
                    .map(|sample| sample.map(|s| f64::from(s) * scale)),
                channels,
            )
        }
        (hound::SampleFormat::Float, 32) => mix(
            reader
                .samples::<f32>()
                .map(|sample| sample.map(|s| f64::from(s) * 32_768.0)),
            channels,
        ),
        (hound::SampleFormat::Int | hound::SampleFormat::Float, _) => {
            return Err(WavError::Encoding);
        }
    };
    Ok((sample_rate, samples?))
}

fn mix(
    samples: impl Iterator<Item = hound::Result<f64>>,
    channels: usize,
) -> Result<Vec<i16>, WavError> {
    let mut out = Vec::new();
    let (mut sum, mut count) = (0.0, 0);
    for sample in samples {
        sum += sample?;
        count += 1;
        if count == channels {
            // Casting saturates, and makes silence of what is not a number.
            out.push((sum / channels as f64).round() as i16);
            (sum, count) = (0.0, 0);
        }
    }
    Ok(out)
}

/// Why a WAV file cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum WavError {
    /// The file ends early, or reading it failed.
    Io(std::io::Error),
    /// Not a WAV file; the text says what is wrong with it.
    Format(&'static str),
    /// A WAV file in an encoding other than integers of 8, 16, 24 or 32 bits and 32-bit floats.
    Encoding,
    /// No channels, or more than [`CHANNELS_MAX`].
    Channels(u16),
    /// Longer than [`SAMPLES_MAX`].
    TooLong,
}

impl fmt::Display for WavError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the WAV file could not be read to its end"),
            Self::Format(what) => write!(f, "not a WAV file: {what}"),
            Self::Encoding => f.write_str(
                "WAV encoding not supported: use PCM of 8, 16, 24 or 32 bits, or 32-bit float",
            ),
            Self::Channels(channels) => write!(
                f,
                "WAV with {channels} channels: 1 to {CHANNELS_MAX} are supported"
            ),
            Self::TooLong => write!(f, "WAV longer than {SAMPLES_MAX} samples"),
        }
    }
}

impl std::error::Error for WavError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Format(_) | Self::Encoding | Self::Channels(_) | Self::TooLong => None,
        }
    }
}

impl From<hound::Error> for WavError {
    fn from(error: hound::Error) -> Self {
        match error {
            hound::Error::IoError(error) => Self::Io(error),
            hound::Error::FormatError(what) => Self::Format(what),
            hound::Error::UnfinishedSample => Self::Format("a sample is cut off"),
            hound::Error::Unsupported
            | hound::Error::TooWide
            | hound::Error::InvalidSampleFormat => Self::Encoding,
        }
    }
}
