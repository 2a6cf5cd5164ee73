//! The WebSocket library sits behind this module alone.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{Sink as _, Stream as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::time::{Duration, Instant};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message, error::CapacityError};
use visavis_wire::limits::MESSAGE_BYTES_MAX;

/// What the read buffer starts with, in bytes; the library's own 128 KiB would cost gigabytes at 10,000 connections.
const READ_BUFFER_BYTES: usize = 4 << 10;
/// What is encoded before it is written, in bytes.
const WRITE_BUFFER_BYTES: usize = 4 << 10;
/// Frames that wait for a slow reader before the engine pauses, in bytes.
const OUT_BYTES_MAX: usize = 256 << 10;
/// How long a reader may take nothing of what waits for it.
pub(super) const STALL_MAX: Duration = Duration::from_secs(20);

type Io = TokioIo<Upgraded>;

/// One WebSocket, read and written by one task.
pub(super) struct Socket {
    stream: WebSocketStream<Io>,
    out: VecDeque<Message>,
    out_bytes: usize,
    /// Since when something waits to be written and nothing was.
    waiting: Option<Instant>,
    reading: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Frames,
    /// What comes is no longer frames; it is thrown away until the peer closes, so that it can read our last words.
    Discarding,
    Over,
    /// Neither read nor written any more, on purpose.
    Stalled,
}

/// What came in.
pub(super) enum Received {
    /// Nothing; what waited to be written is written, or there is room again.
    Written,
    Binary(Bytes),
    Text,
    Ping,
    TooLarge(usize),
    Malformed,
    Closed,
}

impl Socket {
    pub(super) async fn new(upgraded: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        let stream =
            WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config))
                .await;
        Self {
            stream,
            out: VecDeque::new(),
            out_bytes: 0,
            waiting: None,
            reading: Reading::Frames,
        }
    }

    pub(super) fn send(&mut self, frame: Bytes) {
        self.push(Message::Binary(frame));
    }

    pub(super) fn close(&mut self, code: u16, reason: &str) {
        self.push(Message::Close(Some(CloseFrame {
            code: code.into(),
            reason: reason.into(),
        })));
    }

    /// From now on nothing is read or written.
    pub(super) fn stall(&mut self) {
        self.reading = Reading::Stalled;
        self.waiting = None;
    }

    fn push(&mut self, message: Message) {
        self.waiting.get_or_insert_with(Instant::now);
        self.out_bytes += message.len();
        self.out.push_back(message);
    }

    /// False while the reader should catch up.
    pub(super) fn has_room(&self) -> bool {
        self.out_bytes < OUT_BYTES_MAX
    }

    /// When the reader counts as stuck; `None` while nothing waits for it.
    pub(super) fn stalls_at(&self) -> Option<Instant> {
        self.waiting.map(|since| since + STALL_MAX)
    }

    /// Writes what waits, and gives the next thing that happens; reads only if `read`. May be dropped at any point.
    pub(super) async fn next(&mut self, read: bool) -> Received {
        poll_fn(|cx| {
            let (had_room, waited) = (self.has_room(), self.waiting.is_some());
            if self.poll_write(cx).is_err() {
                return Poll::Ready(self.over());
            }
            // Whoever waits for room, or watches for a stall, has to look again.
            if (waited && self.waiting.is_none()) || (!had_room && self.has_room()) {
                return Poll::Ready(Received::Written);
            }
            match self.reading {
                Reading::Frames if read => self.poll_frame(cx),
                Reading::Discarding => self.poll_discard(cx),
                Reading::Frames | Reading::Over | Reading::Stalled => Poll::Pending,
            }
        })
        .await
    }

    /// Writes what waits and ends the connection.
    pub(super) async fn finish(mut self) {
        let flushed = poll_fn(|cx| match self.poll_write(cx) {
            Ok(true) => Poll::Ready(()),
            Ok(false) => Poll::Pending,
            Err(_) => Poll::Ready(()),
        });
        if tokio::time::timeout(Duration::from_secs(1), flushed)
            .await
            .is_ok()
        {
            use tokio::io::AsyncWriteExt as _;
            // The peer may be gone already.
            let _ = self.stream.get_mut().shutdown().await;
        }
    }

    fn over(&mut self) -> Received {
        self.reading = Reading::Over;
        self.out.clear();
        self.out_bytes = 0;
        self.waiting = None;
        Received::Closed
    }

    /// True when everything is written.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<bool, tungstenite::Error> {
        if self.waiting.is_none() || self.reading == Reading::Stalled {
            return Ok(true);
        }
        while !self.out.is_empty() {
            match Pin::new(&mut self.stream).poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(false),
            }
            if let Some(message) = self.out.pop_front() {
                self.out_bytes -= message.len();
                self.waiting = Some(Instant::now());
                match Pin::new(&mut self.stream).start_send(message) {
                    // Nothing may follow a close frame, whichever side sent it first.
                    Ok(()) | Err(tungstenite::Error::Protocol(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Ready(Ok(()) | Err(tungstenite::Error::ConnectionClosed)) => {
                self.waiting = None;
                Ok(true)
            }
            Poll::Ready(Err(error)) => Err(error),
            Poll::Pending => Ok(false),
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Received> {
        let received = ready!(Pin::new(&mut self.stream).poll_next(cx));
        if !matches!(received, Some(Ok(Message::Binary(_) | Message::Text(_)))) {
            // The library has queued a pong, or its answer to a close.
            self.waiting.get_or_insert_with(Instant::now);
        }
        let (reading, received) = match received {
            Some(Ok(Message::Binary(frame))) => (Reading::Frames, Received::Binary(frame)),
            Some(Ok(Message::Text(_))) => (Reading::Frames, Received::Text),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                (Reading::Frames, Received::Ping)
            }
            Some(Err(tungstenite::Error::Capacity(CapacityError::MessageTooLong {
                max_size,
                ..
            }))) => (Reading::Discarding, Received::TooLarge(max_size)),
            Some(Err(tungstenite::Error::Utf8(_) | tungstenite::Error::Capacity(_))) => {
                (Reading::Discarding, Received::Malformed)
            }
            Some(Err(tungstenite::Error::Protocol(error))) if is_malformed(&error) => {
                (Reading::Discarding, Received::Malformed)
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => (Reading::Over, Received::Closed),
        };
        self.reading = reading;
        Poll::Ready(received)
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<Received> {
        let mut space = [0; READ_BUFFER_BYTES];
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            let read = ready!(Pin::new(self.stream.get_mut()).poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                self.reading = Reading::Over;
                return Poll::Ready(Received::Closed);
            }
        }
    }
}

/// A broken connection is no malformed one.
fn is_malformed(error: &tungstenite::error::ProtocolError) -> bool {
    !matches!(
        error,
        tungstenite::error::ProtocolError::ResetWithoutClosingHandshake
    )
}
