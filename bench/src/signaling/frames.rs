//! The least of RFC 6455 that a client needs.

pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// The key of RFC 6455's own example; nothing here depends on its being secret.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The request that turns the connection into a WebSocket.
pub(crate) fn upgrade(path: &str, subprotocol: Option<&str>) -> String {
    let subprotocol = subprotocol.map_or_else(String::new, |name| {
        format!("Sec-WebSocket-Protocol: {name}\r\n")
    });
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{subprotocol}\r\n"
    )
}

/// Appends a frame as a client sends it.
///
/// The mask is zero: it is marked as masked, the server unmasks it as any other, and we have nothing to compute.
pub(crate) fn push(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(0x80 | opcode);
    match payload.len() {
        length @ ..=125 => out.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// A frame from the server.
pub(crate) struct Frame<'a> {
    pub(crate) opcode: u8,
    pub(crate) payload: &'a [u8],
}

/// Takes the first whole frame off `bytes`.
pub(crate) fn next<'a>(bytes: &mut &'a [u8]) -> Option<Frame<'a>> {
    let whole: &'a [u8] = bytes;
    let [first, second, ..] = *whole else {
        return None;
    };
    let (start, length) = match second & 0x7f {
        126 => (
            4,
            u64::from(u16::from_be_bytes(whole.get(2..4)?.try_into().ok()?)),
        ),
        127 => (10, u64::from_be_bytes(whole.get(2..10)?.try_into().ok()?)),
        length => (2, u64::from(length)),
    };
    let end = start + length as usize;
    let payload = whole.get(start..end)?;
    *bytes = &whole[end..];
    Some(Frame {
        opcode: first & 0x0f,
        payload,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_off_one_by_one_and_a_part_stays() {
        let mut bytes = vec![0x81, 2, b'h', b'i', 0x82, 126, 0, 200];
        bytes.extend([7; 200]);
        bytes.extend([0x81, 5, b'p']);
        let mut rest = bytes.as_slice();
        let frame = next(&mut rest).expect("a text");
        assert_eq!((frame.opcode, frame.payload), (TEXT, &b"hi"[..]));
        let frame = next(&mut rest).expect("bytes");
        assert_eq!((frame.opcode, frame.payload.len()), (BINARY, 200));
        assert!(next(&mut rest).is_none());
        assert_eq!(rest, [0x81, 5, b'p']);
    }

    #[test]
    fn a_frame_of_a_client_has_the_length_that_fits() {
        for (length, head) in [(125, 6), (126, 8), (70_000, 14)] {
            let mut out = Vec::new();
            push(&mut out, TEXT, &vec![1; length]);
            assert_eq!(out.len(), head + length);
        }
    }
}
