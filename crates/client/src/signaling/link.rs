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

/// What came in.
pub(super) enum Read {
    /// A text frame.
    Text(String),
    /// Something that does not matter.
    Other,
    /// The end, with the status of a close frame where there was one.
    Lost(Option<u16>),
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

    /// What can be waited for: the connection, room to write, a frame. What makes no sense now never comes.
    pub(super) fn parts(
        &mut self,
    ) -> (
        impl Future<Output = Result<WebSocket, Failure>>,
        impl Future<Output = Result<(), tungstenite::Error>>,
        impl Future<Output = Option<Result<Message, tungstenite::Error>>>,
    ) {
        let (connecting, open) = match self {
            Self::None => (None, None),
            Self::Connecting(connecting) => (Some(connecting), None),
            Self::Open(open) => (None, Some(&mut **open)),
        };
        let (writing, stream) = match open {
            Some(Open {
                sink,
                stream,
                outgoing,
                unflushed,
            }) => (
                (*unflushed || !outgoing.is_empty()).then_some((sink, outgoing, unflushed)),
                Some(stream),
            ),
            None => (None, None),
        };
        (
            async move {
                match connecting {
                    Some(connecting) => connecting.await,
                    None => std::future::pending().await,
                }
            },
            async move {
                match writing {
                    Some((sink, outgoing, unflushed)) => {
                        write_some(sink, outgoing, unflushed).await
                    }
                    None => std::future::pending().await,
                }
            },
            async move {
                match stream {
                    Some(stream) => stream.next().await,
                    None => std::future::pending().await,
                }
            },
        )
    }

    pub(super) fn connected(&mut self, made: Result<WebSocket, Failure>) -> Input {
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

    pub(super) fn read(&mut self, read: Option<Result<Message, tungstenite::Error>>) -> Read {
        match read {
            Some(Ok(Message::Text(text))) => Read::Text(text.as_str().to_owned()),
            Some(Ok(Message::Close(frame))) => {
                *self = Self::None;
                Read::Lost(frame.map(|frame| frame.code.into()))
            }
            Some(Ok(
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_),
            )) => {
                // tungstenite has queued a pong; it goes out with the next flush.
                if let Self::Open(open) = self {
                    open.unflushed = true;
                }
                Read::Other
            }
            Some(Err(_)) | None => self.broken(),
        }
    }

    pub(super) fn broken(&mut self) -> Read {
        *self = Self::None;
        Read::Lost(None)
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
