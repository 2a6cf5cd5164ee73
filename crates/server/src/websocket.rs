//! The framing of WebSockets without I/O (RFC 6455 §5).
//!
//! Frame headers are the library's; messages are put together here, for three reasons that no library met at once:
//! an idle connection holds no buffer, a frame is encoded once for all its receivers,
//! and text that is not UTF-8 fails at its first wrong byte.

use std::io::Cursor;
use std::mem;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};

/// The longest header of a frame (RFC 6455 §5.2).
const HEAD_BYTES_MAX: usize = 14;
/// The longest payload of a control frame (RFC 6455 §5.5).
const CONTROL_BYTES_MAX: u64 = 125;

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    Text(String),
    Binary(Vec<u8>),
    /// To be answered with a pong of the same payload.
    Ping(Vec<u8>),
    Pong,
    /// To be answered with the same status, if there is one.
    Close(Option<u16>),
}

/// Why a connection cannot go on; the value is the status to close it with (RFC 6455 §7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    Protocol = 1002,
    NotUtf8 = 1007,
    TooLarge = 1009,
}

/// Turns bytes from one client into messages.
#[derive(Debug)]
pub(crate) struct Decoder {
    message_bytes_max: usize,
    head: [u8; HEAD_BYTES_MAX],
    head_bytes: u8,
    frame: Option<Frame>,
    /// The kind of the message that is being put together, and its bytes so far.
    kind: Option<Kind>,
    message: Vec<u8>,
    /// How much of a text is known to be UTF-8.
    valid_bytes: usize,
    control: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Binary,
}

/// A frame whose header is read.
#[derive(Debug, Clone, Copy)]
struct Frame {
    opcode: OpCode,
    is_final: bool,
    /// Turned so that its first byte is for the next byte of the payload.
    mask: [u8; 4],
    remaining: usize,
}

impl Decoder {
    pub(crate) fn new(message_bytes_max: usize) -> Self {
        Self {
            message_bytes_max,
            head: [0; HEAD_BYTES_MAX],
            head_bytes: 0,
            frame: None,
            kind: None,
            message: Vec::new(),
            valid_bytes: 0,
            control: Vec::new(),
        }
    }

    /// Takes bytes from the input and gives the next message; `None` when all the input is taken.
    pub(crate) fn next(&mut self, input: &mut &[u8]) -> Result<Option<Received>, Violation> {
        loop {
            let Some(mut frame) = self.frame.take() else {
                self.frame = self.header(input)?;
                if self.frame.is_none() {
                    return Ok(None);
                }
                continue;
            };
            let (payload, rest) = input.split_at(frame.remaining.min(input.len()));
            *input = rest;
            frame.remaining -= payload.len();
            self.take(&mut frame, payload)?;
            if frame.remaining > 0 {
                self.frame = Some(frame);
                return Ok(None);
            }
            if let Some(received) = self.complete(frame)? {
                return Ok(Some(received));
            }
        }
    }

    fn header(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, Violation> {
        let had = usize::from(self.head_bytes);
        let more = (HEAD_BYTES_MAX - had).min(input.len());
        let have = had + more;
        self.head[had..have].copy_from_slice(&input[..more]);
        let mut cursor = Cursor::new(&self.head[..have]);
        match FrameHeader::parse(&mut cursor) {
            Err(_) => Err(Violation::Protocol),
            Ok(None) => {
                self.head_bytes = have as u8;
                *input = &input[more..];
                Ok(None)
            }
            Ok(Some((header, length))) => {
                let used = cursor.position() as usize - had;
                self.head_bytes = 0;
                *input = &input[used..];
                self.begin(&header, length).map(Some)
            }
        }
    }

    fn begin(&mut self, header: &FrameHeader, length: u64) -> Result<Frame, Violation> {
        let Some(mask) = header.mask else {
            return Err(Violation::Protocol);
        };
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(Violation::Protocol);
        }
        match header.opcode {
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => {
                return Err(Violation::Protocol);
            }
            OpCode::Control(_) if !header.is_final || length > CONTROL_BYTES_MAX => {
                return Err(Violation::Protocol);
            }
            OpCode::Control(_) => {}
            OpCode::Data(data) => {
                self.kind = match (data, self.kind) {
                    (Data::Continue, Some(kind)) => Some(kind),
                    (Data::Text, None) => Some(Kind::Text),
                    (Data::Binary, None) => Some(Kind::Binary),
                    _ => return Err(Violation::Protocol),
                };
                let room = self.message_bytes_max - self.message.len();
                if usize::try_from(length).is_ok_and(|length| length <= room) {
                    // The client has to send what it announces before it costs memory.
                    self.message.reserve((length as usize).min(4096));
                } else {
                    return Err(Violation::TooLarge);
                }
            }
        }
        Ok(Frame {
            opcode: header.opcode,
            is_final: header.is_final,
            mask,
            remaining: length as usize,
        })
    }

    fn take(&mut self, frame: &mut Frame, payload: &[u8]) -> Result<(), Violation> {
        let to = match frame.opcode {
            OpCode::Control(_) => &mut self.control,
            OpCode::Data(_) => &mut self.message,
        };
        let from = to.len();
        to.extend_from_slice(payload);
        unmask(&mut to[from..], frame.mask);
        frame.mask.rotate_left(payload.len() % 4);
        if matches!(frame.opcode, OpCode::Data(_)) && self.kind == Some(Kind::Text) {
            match std::str::from_utf8(&self.message[self.valid_bytes..]) {
                Ok(_) => self.valid_bytes = self.message.len(),
                Err(error) if error.error_len().is_some() => return Err(Violation::NotUtf8),
                Err(error) => self.valid_bytes += error.valid_up_to(),
            }
        }
        Ok(())
    }

    fn complete(&mut self, frame: Frame) -> Result<Option<Received>, Violation> {
        let control = match frame.opcode {
            OpCode::Data(_) if !frame.is_final => return Ok(None),
            OpCode::Data(_) => {
                self.valid_bytes = 0;
                let message = mem::take(&mut self.message);
                return match self.kind.take() {
                    Some(Kind::Binary) => Ok(Some(Received::Binary(message))),
                    _ => String::from_utf8(message)
                        .map(|text| Some(Received::Text(text)))
                        .map_err(|_| Violation::NotUtf8),
                };
            }
            OpCode::Control(control) => control,
        };
        let payload = mem::take(&mut self.control);
        Ok(Some(match control {
            Control::Ping => Received::Ping(payload),
            Control::Close => Received::Close(close_status(&payload)?),
            Control::Pong | Control::Reserved(_) => Received::Pong,
        }))
    }
}

fn close_status(payload: &[u8]) -> Result<Option<u16>, Violation> {
    let (status, reason) = match payload {
        [] => return Ok(None),
        [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        [_] => return Err(Violation::Protocol),
    };
    if !CloseCode::from(status).is_allowed() {
        return Err(Violation::Protocol);
    }
    match std::str::from_utf8(reason) {
        Ok(_) => Ok(Some(status)),
        Err(_) => Err(Violation::NotUtf8),
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    // Written so that the compiler makes wide instructions of it.
    let mut chunks = payload.chunks_exact_mut(4);
    for chunk in &mut chunks {
        for (byte, mask) in chunk.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

/// One text message, as it goes to every receiver.
pub(crate) fn text(payload: &[u8]) -> Bytes {
    encode(OpCode::Data(Data::Text), payload)
}

/// One binary message, as it goes to every receiver.
pub(crate) fn binary(payload: &[u8]) -> Bytes {
    encode(OpCode::Data(Data::Binary), payload)
}

pub(crate) fn pong(payload: &[u8]) -> Bytes {
    encode(OpCode::Control(Control::Pong), payload)
}

/// A close frame; the reason is cut to the 123 bytes that fit.
pub(crate) fn close(status: Option<u16>, reason: &str) -> Bytes {
    let mut payload = Vec::with_capacity(2 + reason.len());
    if let Some(status) = status {
        payload.extend_from_slice(&status.to_be_bytes());
        let end = reason.floor_char_boundary(CONTROL_BYTES_MAX as usize - 2);
        payload.extend_from_slice(&reason.as_bytes()[..end]);
    }
    encode(OpCode::Control(Control::Close), &payload)
}

fn encode(opcode: OpCode, payload: &[u8]) -> Bytes {
    let header = FrameHeader {
        opcode,
        ..FrameHeader::default()
    };
    let mut frame = Vec::with_capacity(header.len(payload.len() as u64) + payload.len());
    // A vector takes every byte.
    let _ = header.format(payload.len() as u64, &mut frame);
    frame.extend_from_slice(payload);
    frame.into()
}

#[cfg(test)]
mod tests;
