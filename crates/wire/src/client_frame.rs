use bytes::Bytes;
use prost::Message as _;

use crate::proto::{self, message::Data};

/// One binary frame from a client.
///
/// Exhaustive on purpose: a server has to decide about every kind.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientFrame {
    /// The first frame of every session.
    Configure(proto::ClientConfigureSession),
    /// Speech for a request, or its end.
    Audio(proto::ClientAudioInput),
    /// Stop a request at once.
    Interrupt(proto::ClientInterrupt),
    /// Hold a request's playback.
    Pause(proto::ClientPause),
    /// Go on with a request's playback.
    Resume(proto::ClientResume),
    /// A message that only servers send.
    FromServer(proto::MessageType),
    /// A type that this version does not know, or one without its payload.
    Unknown(i32),
}

/// The frame is not a `Message`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the frame is not a driveningress.v2 Message")]
pub struct Undecodable(#[source] prost::DecodeError);

impl ClientFrame {
    /// Decodes one frame; the audio stays a slice of it.
    ///
    /// # Errors
    /// When the bytes are not a `Message`.
    pub fn decode(frame: Bytes) -> Result<Self, Undecodable> {
        let message = proto::Message::decode(frame).map_err(Undecodable)?;
        let kind = message.r#type;
        Ok(match message.data {
            Some(Data::ClientConfigureSession(configure)) => Self::Configure(configure),
            Some(Data::ClientAudioInput(audio)) => Self::Audio(audio),
            Some(Data::ClientInterrupt(interrupt)) => Self::Interrupt(interrupt),
            Some(Data::ClientPause(pause)) => Self::Pause(pause),
            Some(Data::ClientResume(resume)) => Self::Resume(resume),
            Some(Data::ServerConfirmSession(_)) => {
                Self::FromServer(proto::MessageType::MessageServerConfirmSession)
            }
            Some(Data::ServerError(_)) => Self::FromServer(proto::MessageType::MessageServerError),
            Some(Data::ServerResponseAnimation(_)) => {
                Self::FromServer(proto::MessageType::MessageServerResponseAnimation)
            }
            Some(Data::ServerPlaybackState(_)) => {
                Self::FromServer(proto::MessageType::MessageServerPlaybackState)
            }
            None => Self::Unknown(kind),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Bytes {
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_audio_message_of_a_published_sdk_decodes() {
        let frame = hex(
            "0803224a0a067265712d343210011a030102ff22390a3730302d31313131313131313131313131313131313131313131313131313131\
             313131312d323232323232323232323232323232322d3031",
        );
        let Ok(ClientFrame::Audio(audio)) = ClientFrame::decode(frame) else {
            panic!("not audio")
        };
        assert_eq!(
            (audio.req_id.as_str(), audio.end, &audio.audio[..]),
            ("req-42", true, [1, 2, 255].as_slice())
        );
        let trace = audio.trace_context.unwrap();
        assert_eq!(
            trace.traceparent,
            format!("00-{}-{}-01", "1".repeat(32), "2".repeat(16))
        );
    }

    #[test]
    fn what_is_not_for_us_is_told_apart() {
        assert_eq!(
            ClientFrame::decode(Bytes::new()),
            Ok(ClientFrame::Unknown(0))
        );
        assert_eq!(
            ClientFrame::decode(hex("0803")),
            Ok(ClientFrame::Unknown(3))
        );
        assert_eq!(
            ClientFrame::decode(hex("086f")),
            Ok(ClientFrame::Unknown(111))
        );
        assert!(matches!(
            ClientFrame::decode(hex("08021a00")),
            Ok(ClientFrame::FromServer(_))
        ));
        assert!(ClientFrame::decode(hex("ffff")).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = ClientFrame::decode(bytes.into());
        }
    }
}
