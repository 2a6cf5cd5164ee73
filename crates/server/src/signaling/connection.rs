//! One client: a task that moves bytes between a socket and the hub. It decides nothing.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use visavis_signal::{ConnId, Loss};
use visavis_wire::signaling::ClientFrame;
use visavis_wire::signaling::limits::FRAME_BYTES_MAX;

use super::handle::{Handle, ToHub};
use super::outbox::{End, Next, Outbox};
use crate::server::Slot;
use crate::websocket::{self, Decoder, Received, Violation};

/// What is read at once, in bytes.
const READ_BYTES: usize = 16 << 10;
/// How long a client has to answer our close frame.
const LINGER: Duration = Duration::from_secs(5);
/// How long the last words may take to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// RFC 6455 §7.4.1: data of a kind that is not accepted.
const UNSUPPORTED: u16 = 1003;

thread_local! {
    // Shared by all connections of a thread, so that an idle one holds no buffer.
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

struct Connection {
    stream: TcpStream,
    decoder: Decoder,
    outbox: Arc<Outbox>,
    unwritten: Bytes,
    registered: Registered,
}

/// Gives the id back however the task ends.
struct Registered {
    conn: ConnId,
    hub: Handle,
}

/// How a connection came to its end.
enum Ending {
    /// The hub closed it; everything is written.
    ByHub,
    /// The client closed or sent what it must not; these are the last words.
    ByClient(Loss, Bytes),
    Broken,
    TooSlow,
}

pub(super) async fn run(stream: TcpStream, early: Bytes, hub: Handle, _slot: Option<Slot>) {
    let outbox = Arc::new(Outbox::default());
    let conn = hub.open(Arc::clone(&outbox));
    let mut connection = Connection {
        stream,
        decoder: Decoder::new(FRAME_BYTES_MAX),
        outbox,
        unwritten: Bytes::new(),
        registered: Registered { conn, hub },
    };
    let ended = connection.receive(&early);
    // It is a window on the buffer that held the HTTP request, and would keep all of it.
    drop(early);
    let ending = match ended {
        Some(ending) => ending,
        None => poll_fn(|cx| connection.poll(cx)).await,
    };
    Box::pin(connection.end(ending)).await;
}

impl Connection {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Ending> {
        loop {
            let may_read = match self.poll_write(cx) {
                Poll::Ready(Ok(Next::Idle(may_read))) => may_read,
                Poll::Ready(Ok(Next::End(End::Closed))) => return Poll::Ready(Ending::ByHub),
                Poll::Ready(Ok(Next::End(End::Overflow))) => return Poll::Ready(Ending::TooSlow),
                Poll::Ready(Ok(Next::Write(_))) => continue,
                Poll::Ready(Err(_)) => return Poll::Ready(Ending::Broken),
                // Until the client reads it is not listened to, but it may overflow or be closed.
                Poll::Pending => return Poll::Pending,
            };
            if !may_read {
                return Poll::Pending;
            }
            if let Some(ending) = ready!(self.poll_read(cx)) {
                return Poll::Ready(ending);
            }
        }
    }

    /// Writes until nothing waits, and says what the outbox says then.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Next>> {
        loop {
            if self.unwritten.is_empty() {
                match self.outbox.next(cx) {
                    Next::Write(bytes) => self.unwritten = bytes,
                    next => return Poll::Ready(Ok(next)),
                }
            }
            match self.stream.try_write(&self.unwritten) {
                Ok(written) => self.unwritten.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if let Some(end) = self.outbox.end(cx) {
                        return Poll::Ready(Ok(Next::End(end)));
                    }
                    ready!(self.stream.poll_write_ready(cx))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Option<Ending>> {
        loop {
            let read = SCRATCH.with_borrow_mut(|scratch| match self.stream.try_read(scratch) {
                Ok(0) => Ok(Some(Ending::Broken)),
                Ok(read) => Ok(self.receive(&scratch[..read])),
                Err(error) => Err(error),
            });
            match read {
                Ok(ending) => return Poll::Ready(ending),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if ready!(self.stream.poll_read_ready(cx)).is_err() {
                        return Poll::Ready(Some(Ending::Broken));
                    }
                }
                Err(_) => return Poll::Ready(Some(Ending::Broken)),
            }
        }
    }

    /// Hands what came in to the hub.
    fn receive(&mut self, mut input: &[u8]) -> Option<Ending> {
        let mut frames = Vec::new();
        let ending = loop {
            match self.decoder.next(&mut input) {
                Ok(None) => break None,
                Ok(Some(Received::Text(text))) => frames.push(ClientFrame::parse(&text)),
                Ok(Some(Received::Ping(payload))) => {
                    self.outbox.push(websocket::pong(&payload));
                    frames.push(ClientFrame::Unknown);
                }
                Ok(Some(Received::Pong)) => frames.push(ClientFrame::Unknown),
                Ok(Some(Received::Binary(_))) => {
                    let words =
                        websocket::close(Some(UNSUPPORTED), "binary frames are not accepted");
                    break Some(Ending::ByClient(Loss::Malformed, words));
                }
                Ok(Some(Received::Close(status))) => {
                    break Some(Ending::ByClient(Loss::Closed, websocket::close(status, "")));
                }
                Err(violation) => {
                    let words = websocket::close(Some(violation as u16), reason(violation));
                    break Some(Ending::ByClient(Loss::Malformed, words));
                }
            }
        };
        if !frames.is_empty() {
            self.outbox.sent();
            let Registered { conn, hub } = &self.registered;
            hub.send(ToHub::Frames(*conn, frames));
        }
        ending
    }

    async fn end(mut self, ending: Ending) {
        let Registered { conn, hub } = &self.registered;
        // What waits goes first.
        let mut words = vec![std::mem::take(&mut self.unwritten)];
        words.extend(self.outbox.rest());
        let lingers = match ending {
            Ending::ByHub => true,
            Ending::ByClient(loss, last) => {
                hub.send(ToHub::Broken(*conn, loss));
                words.push(last);
                // Nothing follows a client's close frame.
                loss != Loss::Closed
            }
            Ending::Broken => return hub.send(ToHub::Broken(*conn, Loss::Closed)),
            Ending::TooSlow => return hub.send(ToHub::Broken(*conn, Loss::SlowReader)),
        };
        let words = words.concat();
        let Self {
            mut stream,
            registered,
            ..
        } = self;
        // The hub is done with it: the rest is courtesy.
        drop(registered);
        let spoken = tokio::time::timeout(LAST_WORDS, async {
            stream.write_all(&words).await?;
            if lingers {
                stream.shutdown().await?;
            }
            io::Result::Ok(())
        });
        if matches!(spoken.await, Ok(Ok(()))) && lingers {
            let _ = tokio::time::timeout(LINGER, discard(&stream)).await;
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.hub.send(ToHub::Gone(self.conn));
    }
}

/// Reads until the client is done, since closing a socket with unread bytes would cut our last words off.
async fn discard(stream: &TcpStream) {
    let mut space = [0; 1024];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut space) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

fn reason(violation: Violation) -> &'static str {
    match violation {
        Violation::Protocol => "not a WebSocket frame of a client",
        Violation::NotUtf8 => "text that is not UTF-8",
        Violation::TooLarge => "a frame may have 64 KiB",
    }
}
