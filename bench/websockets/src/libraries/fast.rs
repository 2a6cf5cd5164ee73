use std::{convert::Infallible, future::poll_fn, rc::Rc};

use bytes::Bytes;
use fastwebsockets::{
    FragmentCollectorRead, Frame, OpCode, Payload, Role, WebSocketError, WebSocketWrite,
    after_handshake_split,
};
use tokio::net::{TcpStream, tcp::OwnedWriteHalf};

use crate::room::Room;

#[derive(Clone)]
pub(crate) struct Message {
    opcode: OpCode,
    payload: Bytes,
}

pub(crate) async fn serve(stream: TcpStream, room: Rc<Room<Message>>) {
    let (read, write) = stream.into_split();
    let (read, mut write) = after_handshake_split(read, write, Role::Server);
    let mut read = FragmentCollectorRead::new(read);
    let outbox = room.enter();
    let reading = async {
        loop {
            // Pongs and the closing frame, which the library has to be told how to send.
            let mut obliged = |frame: Frame<'_>| {
                outbox.push(Message {
                    opcode: frame.opcode,
                    payload: Bytes::copy_from_slice(&frame.payload),
                });
                std::future::ready(Ok::<(), Infallible>(()))
            };
            let frame = read.read_frame(&mut obliged).await?;
            match frame.opcode {
                OpCode::Text | OpCode::Binary => room.send(
                    &outbox,
                    &Message {
                        opcode: frame.opcode,
                        payload: Bytes::from(Vec::from(frame.payload)),
                    },
                ),
                OpCode::Close => std::future::pending().await,
                _ => {}
            }
        }
        #[allow(unreachable_code)]
        Ok::<(), WebSocketError>(())
    };
    let writing = async {
        loop {
            let message = poll_fn(|cx| outbox.poll(cx)).await;
            send(&mut write, &message).await?;
            if message.opcode == OpCode::Close {
                return Ok::<(), WebSocketError>(());
            }
        }
    };
    tokio::select! {
        _ = reading => {}
        _ = writing => {}
    }
    room.leave(&outbox);
    // What waits still goes.
    for message in outbox.rest() {
        if send(&mut write, &message).await.is_err() {
            return;
        }
    }
}

async fn send(
    write: &mut WebSocketWrite<OwnedWriteHalf>,
    message: &Message,
) -> Result<(), WebSocketError> {
    let payload = Payload::Borrowed(&message.payload);
    write
        .write_frame(Frame::new(true, message.opcode, None, payload))
        .await
}
