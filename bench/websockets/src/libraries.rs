//! One connection with each library, every one as its documentation has it for a server that also writes unasked.

pub(crate) mod fast;
pub(crate) mod ours;
pub(crate) mod strict;
pub(crate) mod tungstenite;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Poll, ready};

use futures_util::{Sink, Stream};

use crate::room::Outbox;

/// Reads and writes on one task, without splitting, until either fails.
async fn pump<Socket, Message, Error>(
    mut socket: Socket,
    outbox: &Outbox<Message>,
    mut received: impl FnMut(Message),
) where
    Socket: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin,
{
    let mut waiting = None;
    let mut is_unflushed = false;
    poll_fn(|cx| {
        let mut socket = Pin::new(&mut socket);
        loop {
            loop {
                if waiting.is_none() {
                    match outbox.poll(cx) {
                        Poll::Ready(message) => waiting = Some(message),
                        Poll::Pending => break,
                    }
                }
                if ready!(socket.as_mut().poll_ready(cx)).is_err() {
                    return Poll::Ready(());
                }
                if let Some(message) = waiting.take() {
                    if socket.as_mut().start_send(message).is_err() {
                        return Poll::Ready(());
                    }
                    is_unflushed = true;
                }
            }
            if is_unflushed {
                if ready!(socket.as_mut().poll_flush(cx)).is_err() {
                    return Poll::Ready(());
                }
                is_unflushed = false;
            }
            match ready!(socket.as_mut().poll_next(cx)) {
                Some(Ok(message)) => received(message),
                Some(Err(_)) | None => return Poll::Ready(()),
            }
        }
    })
    .await;
}
