//! Reads a WAV file or standard input.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use visavis_animate::wav;

use super::Failure;
use super::out::printable;

/// Longest input, in bytes: over two hours of stereo at 48 kHz.
const INPUT_BYTES_MAX: u64 = 2 << 30;

/// Bytes before the first chunk: `RIFF`, a length, `WAVE`.
const RIFF_BYTES: usize = 12;

/// The sample rate and the samples of a WAV file, all channels mixed to one; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<(u32, Vec<i16>), Failure> {
    let name = printable(&path.to_string_lossy());
    let mut bytes = vec![];
    let read = if name == "-" {
        io::stdin()
            .lock()
            .take(INPUT_BYTES_MAX)
            .read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(INPUT_BYTES_MAX).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::io(&name, &error))?;
    true_length(&mut bytes);
    wav::read(Cursor::new(bytes)).map_err(|error| {
        let source = std::error::Error::source(&error);
        let source = source
            .map(|source| format!(": {source}"))
            .unwrap_or_default();
        Failure::text(format!("{name}: {error}{source}"))
    })
}

/// Corrects the length of the samples where it promises more than there is.
///
/// A program that writes a WAV file into a pipe cannot know its length, and fills in the largest there can be.
fn true_length(wav: &mut [u8]) {
    let mut at = RIFF_BYTES;
    let mut block_bytes = 1;
    while let Some(head) = wav.get(at..at + 8) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let body = at + 8;
        match &head[..4] {
            b"fmt " => {
                let align = wav.get(body + 12..body + 14);
                block_bytes = align.map_or(1, |align| {
                    usize::from(u16::from_le_bytes([align[0], align[1]]))
                });
            }
            b"data" => {
                let there = wav.len() - body;
                if length > there {
                    let whole = there - there % block_bytes.max(1);
                    let whole = u32::try_from(whole).unwrap_or(u32::MAX);
                    wav[at + 4..body].copy_from_slice(&whole.to_le_bytes());
                }
                return;
            }
            _ => {}
        }
        // Chunks begin at even offsets.
        at = body.saturating_add(length).saturating_add(length % 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(promised: u32, bytes: usize) -> Vec<u8> {
        let mut wav = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wav.extend([16_000u32.to_le_bytes(), 32_000u32.to_le_bytes()].concat());
        wav.extend(b"\x02\0\x10\0data");
        wav.extend(promised.to_le_bytes());
        wav.extend(vec![0; bytes]);
        wav
    }

    #[test]
    fn a_piped_wav_file_has_the_samples_that_came() {
        for (promised, bytes, samples) in [(0x7fff_f000, 3201, 1600), (3200, 3200, 1600), (0, 0, 0)]
        {
            let mut wav = wav(promised, bytes);
            true_length(&mut wav);
            let (rate, read) = wav::read(Cursor::new(wav)).unwrap();
            assert_eq!((rate, read.len()), (16_000, samples));
        }
    }

    #[test]
    fn what_is_no_wav_file_is_left_alone() {
        for bytes in [
            &b""[..],
            b"RIFF",
            b"RIFF....WAVEdata",
            b"RIFF....WAVExxxx\xff\xff\xff\xff",
        ] {
            let mut copy = bytes.to_vec();
            true_length(&mut copy);
            assert_eq!(copy, bytes);
        }
    }
}
