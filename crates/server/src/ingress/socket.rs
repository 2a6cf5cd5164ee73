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
    dirty: bool,
    progress_at: Instant,
    reading: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Frames,
    /// What comes is no longer frames; it is thrown away until the peer closes, so that it can read our last words.
    Discarding,
    Over,
}

/// What came in.
pub(super) enum Received {
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
            dirty: false,
            progress_at: Instant::now(),
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

    fn push(&mut self, message: Message) {
        if !self.dirty {
            self.progress_at = Instant::now();
        }
        self.dirty = true;
        self.out_bytes += message.len();
        self.out.push_back(message);
    }

    /// False while the reader should catch up.
    pub(super) fn has_room(&self) -> bool {
        self.out_bytes < OUT_BYTES_MAX
    }

    /// When the reader counts as stuck; `None` while nothing waits for it.
    pub(super) fn stalls_at(&self) -> Option<Instant> {
        self.dirty.then(|| self.progress_at + STALL_MAX)
    }

    /// Writes what waits, and gives the next thing that comes in, if `read`. May be dropped at any point.
    pub(super) async fn next(&mut self, read: bool) -> Received {
        poll_fn(|cx| {
            if self.poll_write(cx).is_err() {
                return Poll::Ready(self.over());
            }
            let received = match self.reading {
                Reading::Frames if read => ready!(self.poll_frame(cx)),
                Reading::Discarding => ready!(self.poll_discard(cx)),
                Reading::Frames | Reading::Over => return Poll::Pending,
            };
            // Reading may have queued a pong or the answer to a close.
            self.dirty = true;
            Poll::Ready(received)
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
        self.dirty = false;
        Received::Closed
    }

    /// True when everything is written.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<bool, tungstenite::Error> {
        if !self.dirty {
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
                self.progress_at = Instant::now();
                match Pin::new(&mut self.stream).start_send(message) {
                    // Nothing may follow a close frame, whichever side sent it first.
                    Ok(()) | Err(tungstenite::Error::Protocol(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Ready(Ok(()) | Err(tungstenite::Error::ConnectionClosed)) => {
                self.dirty = false;
                Ok(true)
            }
            Poll::Ready(Err(error)) => Err(error),
            Poll::Pending => Ok(false),
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Received> {
        Poll::Ready(match ready!(Pin::new(&mut self.stream).poll_next(cx)) {
            Some(Ok(Message::Binary(frame))) => Received::Binary(frame),
            Some(Ok(Message::Text(_))) => Received::Text,
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Received::Ping,
            Some(Err(tungstenite::Error::Capacity(CapacityError::MessageTooLong {
                max_size,
                ..
            }))) => {
                self.reading = Reading::Discarding;
                Received::TooLarge(max_size)
            }
            Some(Err(tungstenite::Error::Utf8(_) | tungstenite::Error::Capacity(_))) => {
                self.reading = Reading::Discarding;
                Received::Malformed
            }
            Some(Err(tungstenite::Error::Protocol(error))) if is_malformed(&error) => {
                self.reading = Reading::Discarding;
                Received::Malformed
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => {
                self.reading = Reading::Over;
                Received::Closed
            }
        })
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
