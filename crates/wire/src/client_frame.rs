use bytes::Bytes;

use crate::limits::{AUDIO_SLACK_BYTES_MAX, CONFIGURE_BYTES_MAX};
use crate::proto::{self, MessageType};

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
pub struct Undecodable(#[source] Option<prost::DecodeError>);

/// The envelope with its payload unread: two bytes of an animation, which no client sends, would become 168 in memory.
#[derive(Clone, PartialEq, prost::Message)]
struct Envelope {
    #[prost(enumeration = "MessageType", tag = "1")]
    kind: i32,
    #[prost(oneof = "Payload", tags = "2, 3, 4, 5, 6, 8, 9, 10, 11")]
    payload: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Payload {
    #[prost(bytes = "bytes", tag = "2")]
    ClientConfigureSession(Bytes),
    #[prost(bytes = "bytes", tag = "3")]
    ServerConfirmSession(Bytes),
    #[prost(bytes = "bytes", tag = "4")]
    ClientAudioInput(Bytes),
    #[prost(bytes = "bytes", tag = "5")]
    ServerError(Bytes),
    #[prost(bytes = "bytes", tag = "6")]
    ServerResponseAnimation(Bytes),
    #[prost(bytes = "bytes", tag = "8")]
    ClientInterrupt(Bytes),
    #[prost(bytes = "bytes", tag = "9")]
    ClientPause(Bytes),
    #[prost(bytes = "bytes", tag = "10")]
    ClientResume(Bytes),
    #[prost(bytes = "bytes", tag = "11")]
    ServerPlaybackState(Bytes),
}

impl ClientFrame {
    /// Decodes one frame; the audio stays a slice of it, unless the frame is mostly something else.
    ///
    /// # Errors
    /// When the bytes are not a `Message`, or its configuration is larger than [`CONFIGURE_BYTES_MAX`].
    pub fn decode(frame: Bytes) -> Result<Self, Undecodable> {
        let frame_bytes = frame.len();
        let envelope: Envelope = decode(frame)?;
        Ok(match envelope.payload {
            Some(Payload::ClientConfigureSession(bytes)) if bytes.len() > CONFIGURE_BYTES_MAX => {
                return Err(Undecodable(None));
            }
            Some(Payload::ClientConfigureSession(bytes)) => Self::Configure(decode(bytes)?),
            Some(Payload::ClientAudioInput(bytes)) => {
                let mut audio: proto::ClientAudioInput = decode(bytes)?;
                if frame_bytes - audio.audio.len() > AUDIO_SLACK_BYTES_MAX {
                    audio.audio = Bytes::copy_from_slice(&audio.audio);
                }
                Self::Audio(audio)
            }
            Some(Payload::ClientInterrupt(bytes)) => Self::Interrupt(decode(bytes)?),
            Some(Payload::ClientPause(bytes)) => Self::Pause(decode(bytes)?),
            Some(Payload::ClientResume(bytes)) => Self::Resume(decode(bytes)?),
            Some(Payload::ServerConfirmSession(_)) => {
                Self::FromServer(MessageType::MessageServerConfirmSession)
            }
            Some(Payload::ServerError(_)) => Self::FromServer(MessageType::MessageServerError),
            Some(Payload::ServerResponseAnimation(_)) => {
                Self::FromServer(MessageType::MessageServerResponseAnimation)
            }
            Some(Payload::ServerPlaybackState(_)) => {
                Self::FromServer(MessageType::MessageServerPlaybackState)
            }
            None => Self::Unknown(envelope.kind),
        })
    }
}

fn decode<M: prost::Message + Default>(bytes: Bytes) -> Result<M, Undecodable> {
    M::decode(bytes).map_err(|error| Undecodable(Some(error)))
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

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

    #[test]
    fn what_only_servers_send_is_never_built() {
        // An animation of empty keyframes, then one that is not even an animation.
        for bytes in ["080532060a040a000a00", "08053202ffff"] {
            let kind = MessageType::MessageServerResponseAnimation;
            assert_eq!(
                ClientFrame::decode(hex(bytes)),
                Ok(ClientFrame::FromServer(kind))
            );
        }
    }

    #[test]
    fn a_little_audio_does_not_keep_a_large_frame_alive() {
        for (padding, shared) in [(0, true), (4000, false)] {
            let audio = proto::ClientAudioInput {
                req_id: "r".into(),
                audio: Bytes::from_static(&[7; 64]),
                ..Default::default()
            };
            let mut bytes = proto::Message {
                r#type: 3,
                data: Some(proto::message::Data::ClientAudioInput(audio)),
            }
            .encode_to_vec();
            // Field 100 of the envelope, which nobody knows.
            bytes.extend([0xa2, 0x06, padding as u8 | 0x80, (padding >> 7) as u8]);
            bytes.extend(vec![0; padding]);
            let frame = Bytes::from(bytes);
            let range = frame.as_ptr_range();
            let Ok(ClientFrame::Audio(audio)) = ClientFrame::decode(frame.clone()) else {
                panic!("not audio")
            };
            assert_eq!(audio.audio, [7; 64].as_slice());
            assert_eq!(range.contains(&audio.audio.as_ptr()), shared, "{padding}");
        }
    }

    #[test]
    fn a_configuration_has_a_largest_size() {
        let bytes = |size: usize| {
            let extra = [("k".to_owned(), "v".repeat(size))];
            proto::Message {
                r#type: 1,
                data: Some(proto::message::Data::ClientConfigureSession(
                    proto::ClientConfigureSession {
                        extra_params: extra.into(),
                        ..Default::default()
                    },
                )),
            }
            .encode_to_vec()
        };
        assert!(ClientFrame::decode(bytes(CONFIGURE_BYTES_MAX / 2).into()).is_ok());
        assert!(ClientFrame::decode(bytes(CONFIGURE_BYTES_MAX).into()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = ClientFrame::decode(bytes.into());
        }
    }
}
