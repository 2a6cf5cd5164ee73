use bytes::Bytes;
use prost::Message as _;
use visavis_codes::Phase;
use visavis_wire::proto::{self, MessageType, message::Data};

use super::open::Open;
use crate::avatar::classify;
use crate::avatar::{Animation, Event, Playback};

/// What a frame of the server is.
pub(super) enum Said {
    Confirm(proto::ServerConfirmSession),
    Error(proto::ServerError),
    Animation(proto::ServerResponseAnimation),
    Playback(proto::ServerPlaybackState),
    /// A message that servers do not send, or one that this version does not know.
    Other,
    Undecodable(prost::DecodeError),
}

pub(super) fn read(frame: Bytes) -> Said {
    let message = match proto::Message::decode(frame) {
        Ok(message) => message,
        Err(error) => return Said::Undecodable(error),
    };
    match message.data {
        Some(Data::ServerConfirmSession(said)) => Said::Confirm(said),
        Some(Data::ServerError(said)) => Said::Error(said),
        Some(Data::ServerResponseAnimation(said)) => Said::Animation(said),
        Some(Data::ServerPlaybackState(said)) => Said::Playback(said),
        None if message.r#type == i32::from(MessageType::MessageServerError) => {
            Said::Error(proto::ServerError::default())
        }
        _ => Said::Other,
    }
}

/// The event in a frame of a running session, or the error that ends it.
pub(super) fn event(frame: Bytes, open: &Open) -> Result<Option<Event>, Box<proto::ServerError>> {
    Ok(match read(frame.clone()) {
        Said::Animation(said) => Some(Event::Animation(Animation::new(said, frame))),
        Said::Playback(said) => Some(Event::Playback(Playback::new(said))),
        Said::Error(mut said) => {
            if said.connection_id.is_empty() {
                said.connection_id.clone_from(&open.ready.connection_id);
            }
            return Err(Box::new(said));
        }
        Said::Confirm(_) | Said::Other => None,
        Said::Undecodable(error) => {
            let parts = classify::protocol(
                Phase::WebsocketRuntime,
                "a frame of the server could not be decoded and was passed over",
            );
            Some(Event::Skipped(open.named(parts.caused_by(error)).into()))
        }
    })
}
