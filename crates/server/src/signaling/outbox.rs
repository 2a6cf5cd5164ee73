use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use bytes::{Bytes, BytesMut};

use crate::websocket;

/// What may wait for a slow reader, in bytes, before its connection is given up.
pub(super) const WAITING_BYTES_MAX: usize = 1 << 20;
/// What is written at once, in bytes.
const WRITE_BYTES_MAX: usize = 64 << 10;
/// The first byte of a whole text frame.
const TEXT_FRAME: u8 = 0x81;
/// Around the frames in a batch, and between them a comma.
const MULTI: &[u8] = b"[\"multi\",[";
const MULTI_END: &[u8] = b"]]";
/// Room that an idle connection may keep for frames.
const IDLE_FRAMES_MAX: usize = 8;

/// What the hub has for one connection: the one bounded queue between them.
#[derive(Debug, Default)]
pub(super) struct Outbox(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Bytes>,
    bytes: usize,
    end: Option<End>,
    /// The hub has yet to handle what the connection sent.
    unhandled: bool,
    deflated: bool,
    /// It reads several frames in one `multi`.
    multi: bool,
    waker: Option<Waker>,
}

/// Why nothing more will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The hub closed; the close frame is the last one.
    Closed,
    /// The reader is too slow; what waited is thrown away.
    Overflow,
}

/// What a connection should do next.
pub(super) enum Next {
    /// Write this.
    Write(Bytes),
    /// Nothing waits. True: there may be more from the client.
    Idle(bool),
    /// Nothing more will come.
    End(End),
}

impl Outbox {
    /// True for a connection that reads deflated frames.
    pub(super) fn is_deflated(&self) -> bool {
        self.lock().deflated
    }

    /// The client allows binary frames, and so whatever of these the operator turned on.
    pub(super) fn allow(&self, deflated: bool, multi: bool) {
        let mut state = self.lock();
        state.deflated = deflated;
        state.multi = multi;
    }

    pub(super) fn push(&self, frame: Bytes) {
        let mut state = self.lock();
        if state.end.is_some() {
            return;
        }
        state.bytes += frame.len();
        if state.bytes > WAITING_BYTES_MAX {
            state.frames = VecDeque::new();
            state.end = Some(End::Overflow);
        } else {
            state.frames.push_back(frame);
        }
        state.wake();
    }

    pub(super) fn close(&self, status: u16, reason: &str) {
        let mut state = self.lock();
        if state.end.is_none() {
            let frame = websocket::close(Some(status), reason);
            state.bytes += frame.len();
            state.frames.push_back(frame);
            state.end = Some(End::Closed);
        }
        state.wake();
    }

    /// The connection sent something; [`Next::Idle`] is false until it is handled.
    pub(super) fn sent(&self) {
        self.lock().unhandled = true;
    }

    pub(super) fn handled(&self) {
        let mut state = self.lock();
        state.unhandled = false;
        state.wake();
    }

    /// What to do next; whoever asks is woken when there is more.
    pub(super) fn next(&self, cx: &Context<'_>) -> Next {
        let mut state = self.lock();
        if let Some(write) = state.take() {
            return Next::Write(write);
        }
        if let Some(end) = state.end {
            return Next::End(end);
        }
        state.waker = Some(cx.waker().clone());
        Next::Idle(!state.unhandled)
    }

    /// Why nothing more will come, though what waits cannot be written yet; whoever asks is woken when it ends.
    pub(super) fn end(&self, cx: &Context<'_>) -> Option<End> {
        let mut state = self.lock();
        state.waker = Some(cx.waker().clone());
        state.end
    }

    /// Everything that waits, to be written as last words.
    pub(super) fn rest(&self) -> Vec<Bytes> {
        self.lock().frames.drain(..).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// As many of the frames as are worth one write.
    fn take(&mut self) -> Option<Bytes> {
        let mut bytes = 0;
        let fits = self.frames.iter().take_while(|frame| {
            bytes += frame.len();
            bytes <= WRITE_BYTES_MAX
        });
        let write = match fits.count() {
            0 | 1 => {
                let first = self.frames.pop_front()?;
                self.bytes -= first.len();
                first
            }
            count => {
                let write = together(&self.frames.make_contiguous()[..count], self.multi);
                self.bytes -= self
                    .frames
                    .drain(..count)
                    .map(|one| one.len())
                    .sum::<usize>();
                write
            }
        };
        if self.frames.is_empty() && self.frames.capacity() > IDLE_FRAMES_MAX {
            self.frames = VecDeque::new();
        }
        Some(write)
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// Frames as one write; text frames in a row as one frame, if the client reads `multi`.
fn together(frames: &[Bytes], multi: bool) -> Bytes {
    let bytes: usize = frames.iter().map(Bytes::len).sum();
    let mut write = BytesMut::with_capacity(bytes);
    let both_text = |one: &Bytes, next: &Bytes| multi && is_text(one) && is_text(next);
    for run in frames.chunk_by(both_text) {
        match run {
            [one] => write.extend_from_slice(one),
            many => write.extend_from_slice(&websocket::text(&packed(many))),
        }
    }
    write.freeze()
}

/// The payloads of text frames, each `[event, args]`, as the payload of one `multi`.
fn packed(frames: &[Bytes]) -> Vec<u8> {
    let bytes: usize = frames.iter().map(Bytes::len).sum();
    let mut payload = Vec::with_capacity(bytes + MULTI.len() + MULTI_END.len());
    payload.extend_from_slice(MULTI);
    for (at, frame) in frames.iter().enumerate() {
        if at > 0 {
            payload.push(b',');
        }
        payload.extend_from_slice(payload_of(frame));
    }
    payload.extend_from_slice(MULTI_END);
    payload
}

fn is_text(frame: &Bytes) -> bool {
    frame.first() == Some(&TEXT_FRAME)
}

/// What is behind the header of a frame of ours: it is never masked.
fn payload_of(frame: &[u8]) -> &[u8] {
    let header = match frame.get(1) {
        Some(126) => 4,
        Some(127) => 10,
        _ => 2,
    };
    frame.get(header..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(outbox: &Outbox) -> Next {
        outbox.next(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn frames_that_wait_are_written_together_in_order() {
        let outbox = Outbox::default();
        for frame in [b"a", b"b", b"c"] {
            outbox.push(Bytes::from_static(frame));
        }
        outbox.close(1012, "");
        outbox.push(Bytes::from_static(b"after the end"));
        let Next::Write(write) = next(&outbox) else {
            panic!()
        };
        assert_eq!(write.as_ref(), b"abc\x88\x02\x03\xf4");
        assert!(matches!(next(&outbox), Next::End(End::Closed)));
    }

    #[test]
    fn a_client_that_reads_batches_gets_text_frames_in_a_row_as_one() {
        let outbox = Outbox::default();
        outbox.allow(true, true);
        let long = format!("[\"c\",\"{}\"]", "x".repeat(70_000));
        let middle = format!("[\"b\",\"{}\"]", "ü".repeat(300));
        let text = |payload: &str| websocket::text(payload.as_bytes());
        outbox.push(text("[\"a\",1]"));
        outbox.push(text(&middle));
        outbox.push(websocket::binary(b"deflated"));
        outbox.push(text("[\"d\",{}]"));
        outbox.push(text(&long));
        outbox.push(text("[\"e\",[]]"));
        outbox.push(text("[\"f\",[2]]"));
        outbox.close(1000, "");
        let mut writes = Vec::new();
        while let Next::Write(write) = next(&outbox) {
            writes.push(write);
        }
        let expected = [
            [
                text(&format!("[\"multi\",[[\"a\",1],{middle}]]")),
                websocket::binary(b"deflated"),
                text("[\"d\",{}]"),
            ]
            .concat(),
            text(&long).to_vec(),
            [
                text("[\"multi\",[[\"e\",[]],[\"f\",[2]]]]"),
                websocket::close(Some(1000), ""),
            ]
            .concat(),
        ];
        assert_eq!(writes, expected);
        assert_eq!(outbox.lock().bytes, 0);
    }

    #[test]
    fn every_length_of_header_is_cut_off() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            assert_eq!(payload_of(&websocket::text(&payload)), payload);
        }
    }

    #[test]
    fn a_reader_that_is_too_slow_costs_no_more_than_the_limit() {
        let outbox = Outbox::default();
        let frame = Bytes::from(vec![0; WAITING_BYTES_MAX / 4]);
        for _ in 0..4 {
            outbox.push(frame.clone());
        }
        assert!(matches!(next(&outbox), Next::Write(_)));
        for _ in 0..2 {
            outbox.push(frame.clone());
        }
        assert!(matches!(next(&outbox), Next::End(End::Overflow)));
    }

    #[test]
    fn what_a_client_sends_waits_until_the_hub_has_handled_what_it_sent_before() {
        let outbox = Outbox::default();
        assert!(matches!(next(&outbox), Next::Idle(true)));
        outbox.sent();
        assert!(matches!(next(&outbox), Next::Idle(false)));
        outbox.handled();
        assert!(matches!(next(&outbox), Next::Idle(true)));
    }
}
