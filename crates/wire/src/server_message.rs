use bytes::Bytes;
use prost::Message as _;

use crate::proto::{self, MessageType, message::Data};

/// A message that servers send.
pub trait ServerMessage {
    /// The type number and the payload of the envelope.
    fn into_data(self) -> (MessageType, Data);
}

/// Encodes a message in its envelope.
pub fn server_message(message: impl ServerMessage) -> Bytes {
    let (kind, data) = message.into_data();
    proto::Message {
        r#type: kind.into(),
        data: Some(data),
    }
    .encode_to_vec()
    .into()
}

macro_rules! server_messages {
    ($($payload:ident $kind:ident)*) => {$(
        impl ServerMessage for proto::$payload {
            fn into_data(self) -> (MessageType, Data) {
                (MessageType::$kind, Data::$payload(self))
            }
        }
    )*};
}

server_messages! {
    ServerConfirmSession MessageServerConfirmSession
    ServerError MessageServerError
    ServerResponseAnimation MessageServerResponseAnimation
    ServerPlaybackState MessageServerPlaybackState
}
