use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    rc::Rc,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::framing::websocket::{self, Decoder, Received};
use crate::room::{Outbox, Room};

const MESSAGE_BYTES_MAX: usize = 64 << 20;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; 16 << 10].into());
}

struct Connection {
    stream: TcpStream,
    decoder: Decoder,
    unwritten: Bytes,
    outbox: Rc<Outbox<Bytes>>,
    room: Rc<Room<Bytes>>,
}

pub(crate) async fn serve(stream: TcpStream, room: Rc<Room<Bytes>>) {
    let outbox = room.enter();
    let mut connection = Connection {
        stream,
        decoder: Decoder::new(MESSAGE_BYTES_MAX),
        unwritten: Bytes::new(),
        outbox,
        room,
    };
    let last = poll_fn(|cx| connection.poll(cx)).await;
    connection.room.leave(&connection.outbox);
    // What waits goes first.
    let mut words = vec![connection.unwritten];
    words.extend(connection.outbox.rest());
    words.push(last);
    let _ = connection.stream.write_all(&words.concat()).await;
}

impl Connection {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Bytes> {
        loop {
            while !self.unwritten.is_empty() || self.take_next(cx) {
                match self.stream.try_write(&self.unwritten) {
                    Ok(written) => self.unwritten.advance(written),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        if ready!(self.stream.poll_write_ready(cx)).is_err() {
                            return Poll::Ready(Bytes::new());
                        }
                    }
                    Err(_) => return Poll::Ready(Bytes::new()),
                }
            }
            let read = SCRATCH.with_borrow_mut(|scratch| match self.stream.try_read(scratch) {
                Ok(0) => Ok(Some(Bytes::new())),
                Ok(read) => Ok(self.receive(&scratch[..read])),
                Err(error) => Err(error),
            });
            match read {
                Ok(None) => {}
                Ok(Some(last)) => return Poll::Ready(last),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if ready!(self.stream.poll_read_ready(cx)).is_err() {
                        return Poll::Ready(Bytes::new());
                    }
                }
                Err(_) => return Poll::Ready(Bytes::new()),
            }
        }
    }

    fn take_next(&mut self, cx: &Context<'_>) -> bool {
        match self.outbox.poll(cx) {
            Poll::Ready(next) => {
                self.unwritten = next;
                true
            }
            Poll::Pending => false,
        }
    }

    fn receive(&mut self, mut input: &[u8]) -> Option<Bytes> {
        loop {
            match self.decoder.next(&mut input) {
                Ok(None) => return None,
                Ok(Some(Received::Text(text))) => self
                    .room
                    .send(&self.outbox, &websocket::text(text.as_bytes())),
                Ok(Some(Received::Binary(bytes))) => {
                    self.room.send(&self.outbox, &websocket::binary(&bytes));
                }
                Ok(Some(Received::Ping(payload))) => self.outbox.push(websocket::pong(&payload)),
                Ok(Some(Received::Pong)) => {}
                Ok(Some(Received::Close(status))) => return Some(websocket::close(status, "")),
                Err(violation) => return Some(websocket::close(Some(violation as u16), "")),
            }
        }
    }
}
