//! The WebSocket library sits behind this module alone.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{Sink as _, Stream as _};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
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

/// One WebSocket, read and written by one task.
pub(super) struct Socket<Io> {
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

impl<Io: AsyncRead + AsyncWrite + Unpin> Socket<Io> {
    pub(super) async fn new(io: Io) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
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

#[cfg(test)]
mod tests {
    use futures_util::{SinkExt as _, StreamExt as _};
    use tokio::io::DuplexStream;

    use super::*;

    async fn pair(buffer: usize) -> (Socket<DuplexStream>, WebSocketStream<DuplexStream>) {
        let (server, client) = tokio::io::duplex(buffer);
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let client = WebSocketStream::from_raw_socket(client, Role::Client, Some(config)).await;
        (Socket::new(server).await, client)
    }

    /// What happens next, if anything does before long.
    async fn soon(socket: &mut Socket<DuplexStream>) -> Option<Received> {
        tokio::time::timeout(Duration::from_secs(1), socket.next(true))
            .await
            .ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_has_read_everything_never_counts_as_stuck() {
        let (mut socket, mut client) = pair(1 << 16).await;
        socket.send(Bytes::from_static(b"hello"));
        assert!(socket.stalls_at().is_some());
        assert!(matches!(soon(&mut socket).await, Some(Received::Written)));
        assert_eq!(socket.stalls_at(), None);
        client.send(Message::Ping(Bytes::new())).await.unwrap();
        assert!(matches!(soon(&mut socket).await, Some(Received::Ping)));
        assert!(matches!(soon(&mut socket).await, Some(Received::Written)));
        assert_eq!(socket.stalls_at(), None);
        assert!(soon(&mut socket).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_makes_room_again_and_whoever_waits_is_told() {
        let (mut socket, mut client) = pair(1 << 10).await;
        let frame = Bytes::from(vec![0; 100 << 10]);
        for _ in 0..3 {
            socket.send(frame.clone());
        }
        assert!(!socket.has_room());
        assert!(
            soon(&mut socket)
                .await
                .is_none_or(|received| matches!(received, Received::Written))
        );
        let stalls_at = socket.stalls_at().unwrap();
        let reader = tokio::spawn(async move {
            for _ in 0..3 {
                assert_eq!(client.next().await.unwrap().unwrap().len(), 100 << 10);
            }
            client
        });
        while !socket.has_room() || socket.stalls_at().is_some() {
            assert!(matches!(soon(&mut socket).await, Some(Received::Written)));
        }
        assert!(Instant::now() < stalls_at);
        reader.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_is_too_large_is_read_away_so_that_the_client_can_hear_why() {
        let (mut socket, mut client) = pair(1 << 14).await;
        let writer = tokio::spawn(async move {
            let sent = client
                .send(Message::Binary(vec![0; MESSAGE_BYTES_MAX + 1].into()))
                .await;
            (sent, client)
        });
        let limit = MESSAGE_BYTES_MAX;
        assert!(matches!(soon(&mut socket).await, Some(Received::TooLarge(max)) if max == limit));
        socket.send(Bytes::from_static(b"too large"));
        socket.close(1000, "");
        while !writer.is_finished() {
            let _ = soon(&mut socket).await;
        }
        let (sent, mut client) = writer.await.unwrap();
        assert!(sent.is_ok());
        assert_eq!(
            client.next().await.unwrap().unwrap(),
            Message::Binary(b"too large".as_slice().into())
        );
        assert!(matches!(
            client.next().await,
            Some(Ok(Message::Close(Some(_))))
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn frames_that_are_none_are_told_apart_from_a_broken_connection() {
        let (mut socket, mut client) = pair(1 << 10).await;
        client
            .get_mut()
            .write_all(b"GET / HTTP/1.1\r\n\r\n")
            .await
            .unwrap();
        assert!(matches!(soon(&mut socket).await, Some(Received::Malformed)));
        let (mut socket, client) = pair(1 << 10).await;
        drop(client);
        assert!(matches!(soon(&mut socket).await, Some(Received::Closed)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stalled_socket_says_and_hears_nothing() {
        let (mut socket, mut client) = pair(1 << 10).await;
        socket.stall();
        socket.send(Bytes::from_static(b"hello"));
        client.send(Message::Ping(Bytes::new())).await.unwrap();
        assert!(soon(&mut socket).await.is_none());
    }
}
