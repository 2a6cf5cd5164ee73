use visavis_animate::opus::{OggOpusDecoder, OpusError, PACKET_BYTES_MAX};

use crate::slices;

/// Three bytes can stand for 120 ms: these are enough for eleven minutes.
const BYTES_MAX: usize = 16 << 10;

/// Decodes the bytes as an Ogg Opus stream, and as packets in sound pages: however they are cut, the same comes out.
pub fn ogg_opus(bytes: &[u8]) {
    let Some(([seed], rest)) = bytes.split_first_chunk() else {
        return;
    };
    let rest = &rest[..rest.len().min(BYTES_MAX)];
    check(rest, *seed);
    check(&stream(rest), *seed);
}

fn check(stream: &[u8], seed: u8) {
    let whole = decode([stream].into_iter());
    let sliced = decode(slices(stream, seed));
    assert_eq!(whole.1, sliced.1);
    assert!(whole.0 == sliced.0, "cut elsewhere, heard otherwise");
}

fn decode<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<i16>, Result<(), OpusError>) {
    let mut decoder = OggOpusDecoder::new();
    let mut samples = vec![];
    for piece in pieces {
        if let Err(error) = decoder.push(piece, &mut samples) {
            assert_eq!(
                decoder.push(b"more", &mut samples),
                Err(error),
                "an error is final"
            );
            return (samples, Err(error));
        }
        // One page and what is left of a packet.
        assert!(decoder.held_bytes() <= PACKET_BYTES_MAX + (128 << 10));
    }
    let end = decoder.finish();
    (samples, end)
}

/// A stream whose pages are sound, and whose packets are these bytes: a length, then so many of them.
fn stream(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    let mut head = *b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0";
    if let Some((gain, rest)) = bytes.split_first_chunk::<3>() {
        head[9] = gain[0] % 4;
        head[16..18].copy_from_slice(&gain[1..]);
        bytes = rest;
    }
    page(&mut out, 0, 2, 0, &head);
    page(&mut out, 1, 0, 0, b"OpusTags\0\0\0\0\0\0\0\0");
    let mut number = 2;
    while let Some(([flags, length], rest)) = bytes.split_first_chunk() {
        let (packet, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        bytes = rest;
        let last = if bytes.len() < 2 { 4 } else { 0 };
        let position = u64::from(number) * u64::from(*flags) * 16;
        page(&mut out, number, last | flags >> 7, position, packet);
        number += 1;
    }
    out
}

/// One page with one packet of at most 255 bytes (RFC 3533 §6).
fn page(out: &mut Vec<u8>, number: u32, flags: u8, position: u64, packet: &[u8]) {
    let start = out.len();
    out.extend(b"OggS\0");
    out.push(flags);
    out.extend(position.to_le_bytes());
    out.extend(7u32.to_le_bytes());
    out.extend(number.to_le_bytes());
    out.extend([0; 4]);
    match packet.len() {
        255 => out.extend([2, 255, 0]),
        length => out.extend([1, length as u8]),
    }
    out.extend(packet);
    let checksum = out[start..].iter().fold(0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            (sum << 1) ^ (0x04c1_1db7 & 0u32.wrapping_sub(sum >> 31))
        })
    });
    out[start + 22..start + 26].copy_from_slice(&checksum.to_le_bytes());
}
