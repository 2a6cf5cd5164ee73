//! Ogg Opus cut at any byte decodes to the same samples, and damaged Opus to an error.

mod common;

use common::{UTTERANCE, animate, speak};
use proptest::prelude::*;
use visavis_animate::Options;
use visavis_animate::opus::{OggOpusDecoder, OpusError, PACKET_BYTES_MAX};

const MONO: &[u8] = include_bytes!("fixtures/mono.opus");
const STEREO: &[u8] = include_bytes!("fixtures/stereo.opus");

fn decode(bytes: &[u8]) -> Result<Vec<i16>, OpusError> {
    let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
    decoder.push(bytes, &mut samples)?;
    decoder.finish()?;
    Ok(samples)
}

/// Likeness of two signals, 1 for equal shapes.
fn correlation(a: &[i16], b: &[i16]) -> f64 {
    let sum = |x: &[i16], y: &[i16]| {
        x.iter()
            .zip(y)
            .map(|(x, y)| f64::from(*x) * f64::from(*y))
            .sum::<f64>()
    };
    sum(a, b) / (sum(a, a) * sum(b, b)).sqrt()
}

/// Mean magnitude of every 20 ms.
fn envelope(samples: &[i16]) -> Vec<i16> {
    samples
        .chunks(960)
        .map(|chunk| {
            (chunk
                .iter()
                .map(|s| i64::from(s.unsigned_abs()))
                .sum::<i64>()
                / chunk.len() as i64) as i16
        })
        .collect()
}

#[test]
fn it_is_the_sound_that_was_encoded_sample_for_sample() {
    let original = speak(&UTTERANCE, 48_000);
    for (name, file, at_least) in [("mono", MONO, 0.9), ("stereo", STEREO, 0.9)] {
        let decoded = decode(file).unwrap();
        assert_eq!(
            decoded.len(),
            original.len(),
            "{name}: pre-skip and end are trimmed"
        );
        let likeness = correlation(&envelope(&decoded), &envelope(&original));
        assert!(likeness > 0.99, "{name}: {likeness}");
        let likeness = correlation(&decoded, &original);
        assert!(likeness > at_least, "{name}: {likeness}");
    }
    // The right side is half as loud, and the mix is the mean of both.
    let loud = |samples: &[i16]| {
        samples
            .iter()
            .map(|s| f64::from(*s).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    let ratio = loud(&decode(STEREO).unwrap()) / loud(&original);
    assert!((0.65..0.85).contains(&ratio), "{ratio}");
}

#[test]
fn a_cut_at_every_byte_changes_nothing() {
    for file in [MONO, STEREO] {
        let whole = decode(file).unwrap();
        let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
        for byte in file {
            decoder
                .push(std::slice::from_ref(byte), &mut samples)
                .unwrap();
        }
        decoder.finish().unwrap();
        assert_eq!(samples, whole);
    }
    // Every cut through headers and first pages, where the parser has most to decide.
    let head = &MONO[..400];
    let (mut decoder, mut expected) = (OggOpusDecoder::new(), Vec::new());
    decoder.push(head, &mut expected).unwrap();
    for cut in 0..head.len() {
        let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
        decoder.push(&head[..cut], &mut samples).unwrap();
        decoder.push(&head[cut..], &mut samples).unwrap();
        assert_eq!(samples, expected, "cut at {cut}");
    }
}

#[test]
fn a_truncated_stream_says_so() {
    // Headers byte by byte, then some places in the audio.
    for length in (0..140).step_by(3).chain((140..MONO.len()).step_by(1777)) {
        let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
        decoder.push(&MONO[..length], &mut samples).unwrap();
        if let Err(error) = decoder.finish() {
            assert_eq!(error, OpusError::Truncated);
            assert_eq!(
                decoder.push(MONO, &mut samples),
                Err(OpusError::Truncated),
                "an error stays"
            );
        }
    }
}

#[test]
fn what_is_no_opus_is_told_apart() {
    assert_eq!(decode(b"RIFF....WAVE"), Err(OpusError::NotOgg));
    assert_eq!(decode(b""), Err(OpusError::Truncated));
    assert_eq!(decode(b"OggT"), Err(OpusError::NotOgg));
    let mut damaged = MONO.to_vec();
    damaged[30] ^= 1;
    assert_eq!(decode(&damaged), Err(OpusError::Checksum));
    assert_eq!(
        decode(&page(0, b"\x01vorbis...............")),
        Err(OpusError::Head)
    );
    let head = |channels| {
        [
            &b"OpusHead\x01"[..],
            &[channels, 0, 0, 128, 187, 0, 0, 0, 0, 0],
        ]
        .concat()
    };
    assert_eq!(
        decode(&[page(0, &head(1)), page(1, b"no tags at all.")].concat()),
        Err(OpusError::Tags)
    );
    let surround = b"OpusHead\x01\x03\0\0\x80\xbb\0\0\0\0\x01\x02\x01\0\x02\x01";
    assert_eq!(decode(&page(0, surround)), Err(OpusError::Channels));
    assert_eq!(
        decode(&[page(0, &head(1)), page(1, b"OpusTags")].concat()),
        Ok(Vec::new())
    );
}

#[test]
fn a_packet_without_end_is_refused_and_memory_stays_small() {
    let head = [&b"OpusHead\x01"[..], &[1, 0, 0, 128, 187, 0, 0, 0, 0, 0]].concat();
    let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
    decoder.push(&page(0, &head), &mut samples).unwrap();
    // Tags may be as large as they like, for their content is dropped.
    decoder
        .push(&raw_page(1, 0, &[255; 255], &[7; 255 * 255]), &mut samples)
        .unwrap();
    for sequence in 2..200 {
        decoder
            .push(
                &raw_page(sequence, 1, &[255; 255], &[7; 255 * 255]),
                &mut samples,
            )
            .unwrap();
        assert!(decoder.held_bytes() < 300_000, "{}", decoder.held_bytes());
    }
    assert!(samples.is_empty());

    let mut decoder = OggOpusDecoder::new();
    decoder
        .push(
            &[page(0, &head), page(1, b"OpusTags")].concat(),
            &mut samples,
        )
        .unwrap();
    let endless = (2..10).map(|sequence| {
        raw_page(
            sequence,
            u8::from(sequence > 2),
            &[255; 255],
            &[7; 255 * 255],
        )
    });
    let result = endless
        .into_iter()
        .try_for_each(|page| decoder.push(&page, &mut samples));
    assert_eq!(result, Err(OpusError::TooLarge));
    const { assert!(PACKET_BYTES_MAX < 65_536) };
}

/// A mono stream of these packets, each on a page of its own.
fn stream(packets: &[Vec<u8>]) -> Vec<u8> {
    let head = [&b"OpusHead\x01"[..], &[1, 0, 0, 128, 187, 0, 0, 0, 0, 0]].concat();
    let mut bytes = [page(0, &head), page(1, b"OpusTags")].concat();
    for (n, packet) in packets.iter().enumerate() {
        bytes.extend(page(n as u32 + 2, packet));
    }
    bytes
}

/// Packets of the fixture: 20 ms of speech each.
fn spoken_packets() -> Vec<Vec<u8>> {
    let serial = u32::from_le_bytes(MONO[14..18].try_into().expect("four bytes"));
    let packets = ruopus::ogg::PacketReader::new(MONO, serial);
    packets.skip(2).map(|packet| packet.data).collect()
}

/// Samples at 48 kHz in a frame of each configuration (RFC 6716, table 2).
fn frame_samples(config: u8) -> usize {
    let millis: &[f64] = match config {
        0..12 => &[10.0, 20.0, 40.0, 60.0],
        12..16 => &[10.0, 20.0],
        16.. => &[2.5, 5.0, 10.0, 20.0],
    };
    (millis[usize::from(config) % millis.len()] * 48.0) as usize
}

#[test]
fn silence_that_is_not_sent_lasts_as_long_as_it_says() {
    let samples = decode(&stream(&vec![vec![3 << 3]; 200])).unwrap();
    assert_eq!(samples.len(), 200 * 2880);
    assert_eq!(animate(&samples, 48_000, &Options::default()).len(), 300);

    let spoken = spoken_packets();
    for config in 0..32u8 {
        let toc = config << 3;
        let frame = frame_samples(config);
        let most = (5760 / frame) as u8;
        let cases = [
            (vec![toc], 1),
            (vec![toc | 4], 1),
            (vec![toc | 1], 2),
            (vec![toc | 2, 0], 2),
            (vec![toc | 3, 1], 1),
            (vec![toc | 3, most], most),
            (vec![toc | 3, most | 0x40, 3, 0, 0, 0], most),
            ([&[toc | 3, 0x80 | 2][..], &[0]].concat(), 2),
        ];
        for (packet, frames) in cases {
            let expected = usize::from(frames) * frame;
            assert_eq!(
                decode(&stream(std::slice::from_ref(&packet)))
                    .unwrap()
                    .len(),
                expected,
                "{packet:?} first"
            );
            let after = [&spoken[20..22], std::slice::from_ref(&packet)].concat();
            assert_eq!(
                decode(&stream(&after)).unwrap().len(),
                2 * 960 + expected,
                "{packet:?} after speech"
            );
        }
    }
}

#[test]
fn frames_that_were_not_sent_are_filled_and_fade() {
    let spoken = spoken_packets();
    let (toc, frame) = spoken[25].split_first().unwrap();
    assert_eq!(toc & 3, 0, "one frame in a packet");
    // Nothing, the frame, nothing.
    let length = u8::try_from(frame.len()).unwrap();
    assert!(length < 252, "one byte tells the length");
    let mixed = [&[toc | 3, 0x80 | 3, 0, length][..], frame].concat();
    let apart = [vec![*toc], [&[*toc][..], frame].concat(), vec![*toc]];

    let speech = &spoken[..25];
    let together = decode(&stream(&[speech, &[mixed]].concat())).unwrap();
    assert_eq!(together.len(), (25 + 3) * 960);
    let apart = decode(&stream(&[speech, &apart].concat())).unwrap();
    assert_eq!(together, apart, "packing changes no sample");

    let pause = vec![vec![toc | 3, 6]; 20];
    let faded = decode(&stream(&[speech, &pause].concat())).unwrap();
    assert_eq!(faded.len(), (25 + 120) * 960);
    let (heard, filled) = faded.split_at(25 * 960);
    assert!(
        loudest(&filled[..960]) > loudest(heard) / 4,
        "no gap at once"
    );
    assert_eq!(loudest(&filled[4800..]), 0, "silence after 100 ms");
}

#[test]
fn a_pause_that_is_not_sent_is_no_louder_than_what_was_heard_before() {
    let spoken = spoken_packets();
    // The encoder sends a quiet frame now and then, and nothing in between.
    let pause = [&spoken[74..75], &vec![vec![spoken[74][0]]; 19]].concat();
    let samples = decode(&stream(
        &[&spoken[..75], &vec![pause; 10].concat()].concat(),
    ))
    .unwrap();
    assert_eq!(samples.len(), (75 + 200) * 960);
    let before = loudest(&samples[72 * 960..75 * 960]);
    let after = loudest(&samples[75 * 960..]);
    assert!(after <= before.max(4), "{before} to {after}");
}

fn loudest(samples: &[i16]) -> u16 {
    samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0)
}

#[test]
fn packets_that_break_the_rules_of_their_first_byte_are_refused() {
    // No byte at all (RFC 7845 section 4.1); a length or a count missing; no frames; more than 120 ms.
    for packet in [vec![], vec![2], vec![3], vec![3, 0], vec![(3 << 3) | 3, 3]] {
        assert_eq!(
            decode(&stream(std::slice::from_ref(&packet))),
            Err(OpusError::Packet),
            "{packet:?}"
        );
    }
}

/// A fuzzer goes further; this many keep the test short.
const CASES: u32 = 40;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_never_panic(flips in prop::collection::vec((0..MONO.len(), 0u8..8), 1..20), stereo: bool) {
        let mut bytes = if stereo { STEREO.to_vec() } else { MONO.to_vec() };
        for (place, bit) in flips {
            let place = place % bytes.len();
            bytes[place] ^= 1 << bit;
        }
        let _ = decode(&bytes);
    }

    /// Checksums catch most damage, so packets are damaged before they are put on their pages.
    #[test]
    fn damaged_packets_never_panic(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..12), channels in 1u8..3) {
        let head = [&b"OpusHead\x01"[..], &[channels, 0, 0, 128, 187, 0, 0, 0, 0, 0]].concat();
        let mut bytes = [page(0, &head), page(1, b"OpusTags")].concat();
        for (n, packet) in packets.iter().enumerate() {
            bytes.extend(page(n as u32 + 2, packet));
        }
        let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
        let _ = decoder.push(&bytes, &mut samples);
        prop_assert!(samples.len() <= packets.len() * 5760);
        prop_assert!(decoder.held_bytes() < 300_000);
    }

    /// Real packets with a few bits changed reach deeper into the decoder than noise does.
    #[test]
    fn slightly_damaged_packets_never_panic(flips in prop::collection::vec((0usize..4000, 0u8..8), 1..40)) {
        // Two headers and a dozen packets of 60 ms.
        let mut bytes = STEREO[..3800].to_vec();
        let starts: Vec<usize> = (0..bytes.len() - 4).filter(|&n| &bytes[n..n + 4] == b"OggS").collect();
        for (place, bit) in flips {
            let page = starts[2 + place % (starts.len() - 2)];
            let body = page + 27 + usize::from(bytes[page + 26]);
            let end = starts.iter().copied().find(|&start| start > page).unwrap_or(bytes.len());
            if body < end {
                let place = body + place % (end - body);
                bytes[place] ^= 1 << bit;
            }
        }
        for (n, &start) in starts.iter().enumerate() {
            let end = starts.get(n + 1).copied().unwrap_or(bytes.len());
            seal(&mut bytes[start..end]);
        }
        let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
        let _ = decoder.push(&bytes, &mut samples);
    }
}

/// One whole packet on a page of its own.
fn page(sequence: u32, packet: &[u8]) -> Vec<u8> {
    let mut table = vec![255; packet.len() / 255];
    table.push((packet.len() % 255) as u8);
    raw_page(sequence, if sequence == 0 { 2 } else { 0 }, &table, packet)
}

fn raw_page(sequence: u32, flags: u8, table: &[u8], body: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend((u64::from(sequence) * 960).to_le_bytes());
    page.extend(1u32.to_le_bytes());
    page.extend(sequence.to_le_bytes());
    page.extend([0; 4]);
    page.push(table.len() as u8);
    page.extend(table);
    page.extend(body);
    seal(&mut page);
    page
}

/// Writes the checksum of RFC 3533.
fn seal(page: &mut [u8]) {
    page[22..26].fill(0);
    let mut crc = 0u32;
    for byte in page.iter() {
        crc ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            crc = (crc << 1)
                ^ if crc & 0x8000_0000 == 0 {
                    0
                } else {
                    0x04c1_1db7
                };
        }
    }
    page[22..26].copy_from_slice(&crc.to_le_bytes());
}
