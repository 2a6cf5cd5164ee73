use std::rc::Rc;

use tokio::net::TcpStream;
use tokio_websockets::{Limits, Message, ServerBuilder};

use crate::room::Room;

pub(crate) async fn serve(stream: TcpStream, room: Rc<Room<Message>>) {
    let socket = ServerBuilder::new()
        .limits(Limits::unlimited())
        .serve(stream);
    let outbox = room.enter();
    super::pump(socket, &outbox, |message| {
        if message.is_text() || message.is_binary() {
            room.send(&outbox, &message);
        }
    })
    .await;
    room.leave(&outbox);
}
