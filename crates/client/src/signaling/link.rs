//! One connection at a time, in whatever state it is.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{Sink as _, StreamExt as _};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, coding::CloseCode};
use tokio_tungstenite::tungstenite::{self, Message};

use super::core::Input;
use crate::net::WebSocket;

/// How long a close may wait for the socket.
const CLOSE_MAX: Duration = Duration::from_millis(100);

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Connecting = Pin<Box<dyn Future<Output = Result<WebSocket, Failure>> + Send>>;

/// A connection.
pub(super) enum Link {
    /// None is wanted.
    None,
    /// It is being made.
    Connecting(Connecting),
    /// It is there.
    Open(Box<Open>),
}

/// An open connection.
pub(super) struct Open {
    sink: SplitSink<WebSocket, Message>,
    stream: SplitStream<WebSocket>,
    /// Messages that the socket has not taken yet.
    outgoing: VecDeque<Message>,
    /// The socket holds what it could not write yet.
    unflushed: bool,
}

impl Link {
    pub(super) fn connecting(
        socket: impl Future<Output = Result<WebSocket, Failure>> + Send + 'static,
    ) -> Self {
        Self::Connecting(Box::pin(socket))
    }

    /// Messages that wait for the socket.
    pub(super) fn outgoing(&self) -> usize {
        match self {
            Self::None | Self::Connecting(_) => 0,
            Self::Open(open) => open.outgoing.len(),
        }
    }

    /// Waits until something happens, which may be nothing that the core must know. Cancel safe.
    pub(super) async fn next(&mut self, read: bool) -> Option<Input> {
        match self {
            Self::None => std::future::pending().await,
            Self::Connecting(connecting) => {
                let made = connecting.await;
                Some(self.connected(made))
            }
            Self::Open(open) => {
                let input = open.next(read).await;
                if let Some(Input::Lost(_)) = input {
                    *self = Self::None;
                }
                input
            }
        }
    }

    fn connected(&mut self, made: Result<WebSocket, Failure>) -> Input {
        match made {
            Ok(socket) => {
                let (sink, stream) = socket.split();
                *self = Self::Open(Box::new(Open {
                    sink,
                    stream,
                    outgoing: VecDeque::new(),
                    unflushed: false,
                }));
                Input::Opened
            }
            Err(failure) => {
                *self = Self::None;
                Input::Unreachable(failure)
            }
        }
    }

    pub(super) fn send(&mut self, frame: String) {
        if let Self::Open(open) = self {
            open.outgoing.push_back(Message::text(frame));
        }
    }

    /// Sends a close frame after everything else, if the socket takes it soon.
    pub(super) async fn close(self, status: u16) {
        let Self::Open(mut open) = self else {
            return;
        };
        open.outgoing.push_back(Message::Close(Some(CloseFrame {
            code: CloseCode::from(status),
            reason: "".into(),
        })));
        let write = write_some(&mut open.sink, &mut open.outgoing, &mut open.unflushed);
        // The connection is let go of either way.
        let _ = tokio::time::timeout(CLOSE_MAX, write).await;
    }
}

impl Open {
    async fn next(&mut self, read: bool) -> Option<Input> {
        let Self {
            sink,
            stream,
            outgoing,
            unflushed,
        } = self;
        let write = *unflushed || !outgoing.is_empty();
        tokio::select! {
            wrote = write_some(sink, outgoing, unflushed), if write => {
                wrote.is_err().then_some(Input::Lost(None))
            }
            read = stream.next(), if read => match read {
                Some(Ok(Message::Text(text))) => Some(Input::Text(text.as_str().to_owned())),
                Some(Ok(Message::Close(frame))) => {
                    Some(Input::Lost(frame.map(|frame| frame.code.into())))
                }
                Some(Ok(
                    Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_),
                )) => {
                    // tungstenite has queued a pong; it goes out with the next flush.
                    *unflushed = true;
                    None
                }
                Some(Err(_)) | None => Some(Input::Lost(None)),
            },
            () = std::future::pending(), if !write && !read => None,
        }
    }
}

/// Hands messages to the socket and flushes it.
async fn write_some(
    sink: &mut SplitSink<WebSocket, Message>,
    outgoing: &mut VecDeque<Message>,
    unflushed: &mut bool,
) -> Result<(), tungstenite::Error> {
    while !outgoing.is_empty() {
        poll_fn(|cx| Pin::new(&mut *sink).poll_ready(cx)).await?;
        if let Some(message) = outgoing.pop_front() {
            *unflushed = true;
            Pin::new(&mut *sink).start_send(message)?;
        }
    }
    poll_fn(|cx| Pin::new(&mut *sink).poll_flush(cx)).await?;
    *unflushed = false;
    Ok(())
}
