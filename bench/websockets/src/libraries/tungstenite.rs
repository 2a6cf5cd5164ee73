use std::rc::Rc;

use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{Role, WebSocketConfig},
};

use crate::room::Room;

pub(crate) async fn serve(stream: TcpStream, room: Rc<Room<Message>>) {
    // As the server's ingress has it.
    let config = WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .write_buffer_size(4 << 10);
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
    let outbox = room.enter();
    super::pump(socket, &outbox, |message| {
        if message.is_text() || message.is_binary() {
            room.send(&outbox, &message);
        }
    })
    .await;
    room.leave(&outbox);
}
