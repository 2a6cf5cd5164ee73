//! Bytes from a socket, which the server's own framing takes apart.

use crate::framing::websocket::{self as framing, Decoder, Received, Violation};

/// Longest message that the target's decoder takes.
const MESSAGE_BYTES_MAX: usize = 4096;

/// Messages come out the same however the bytes are cut, none is longer than the limit, and answers keep their payload.
pub fn websocket(bytes: &[u8]) {
    let [seed, bytes @ ..] = bytes else { return };
    let whole = decode([bytes].into_iter());
    assert_eq!(whole, decode(super::slices(bytes, *seed)));
    for received in whole.0 {
        let (payload, frame) = match &received {
            Received::Text(text) => (text.as_bytes(), framing::text(text.as_bytes())),
            Received::Binary(payload) => (&payload[..], framing::binary(payload)),
            Received::Ping(payload) => (&payload[..], framing::pong(payload)),
            Received::Close(status) => {
                assert!(framing::close(*status, "why").len() <= 2 + 125);
                continue;
            }
            Received::Pong => continue,
        };
        assert!(payload.len() <= MESSAGE_BYTES_MAX);
        assert!(frame.ends_with(payload));
    }
}

fn decode<'a>(slices: impl Iterator<Item = &'a [u8]>) -> (Vec<Received>, Option<Violation>) {
    let mut decoder = Decoder::new(MESSAGE_BYTES_MAX);
    let mut all = Vec::new();
    for mut input in slices {
        loop {
            match decoder.next(&mut input) {
                Ok(Some(received)) => all.push(received),
                Ok(None) => break,
                Err(violation) => return (all, Some(violation)),
            }
        }
        assert!(input.is_empty(), "bytes were left");
    }
    (all, None)
}
