use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::websocket;

/// Below this length a deflated frame is hardly shorter, in bytes.
const DEFLATE_BYTES_MIN: usize = 256;

/// One frame on its way to any number of connections, encoded once for each form in which it is wanted.
pub(super) struct Encoded {
    payload: Bytes,
    text: Option<Bytes>,
    deflated: Option<Bytes>,
}

impl Encoded {
    pub(super) fn new(payload: Bytes) -> Self {
        Self {
            payload,
            text: None,
            deflated: None,
        }
    }

    /// The WebSocket frame for a connection that reads binary frames, or one that does not.
    pub(super) fn frame(&mut self, deflated: bool) -> Bytes {
        let payload = &self.payload;
        if deflated && payload.len() >= DEFLATE_BYTES_MIN {
            let frame = self.deflated.get_or_insert_with(|| deflate(payload));
            return frame.clone();
        }
        self.text
            .get_or_insert_with(|| websocket::text(payload))
            .clone()
    }
}

/// The zlib form that published clients inflate (RFC 1950).
fn deflate(payload: &[u8]) -> Bytes {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // A vector takes every byte.
    match encoder.write_all(payload).and_then(|()| encoder.finish()) {
        Ok(deflated) => websocket::binary(&deflated),
        Err(_) => websocket::text(payload),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_long_frame_is_deflated_for_whoever_reads_that() {
        let payload = Bytes::from(format!("[\"notify\",\"{}\"]", "x".repeat(1000)));
        let mut encoded = Encoded::new(payload.clone());
        let text = encoded.frame(false);
        assert_eq!((text[0], text.len()), (0x81, payload.len() + 4));
        let deflated = encoded.frame(true);
        assert_eq!(deflated[0], 0x82);
        let mut inflated = String::new();
        flate2::read::ZlibDecoder::new(&deflated[2..])
            .read_to_string(&mut inflated)
            .unwrap();
        assert_eq!(inflated.as_bytes(), payload);
        assert_eq!(Encoded::new(Bytes::from_static(b"[]")).frame(true)[0], 0x81);
    }
}
