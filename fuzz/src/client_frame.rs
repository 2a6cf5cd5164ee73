use bytes::Bytes;
use prost::Message as _;
use visavis_wire::proto::{self, message::Data};
use visavis_wire::{ClientFrame, server_message};

/// Decodes one frame; what it decodes to survives another round.
pub fn client_frame(bytes: &[u8]) {
    let frame = Bytes::copy_from_slice(bytes);
    // What a client decodes from a server goes the same way.
    let _ = proto::Message::decode(frame.clone());
    let Ok(decoded) = ClientFrame::decode(frame) else {
        return;
    };
    let data = match decoded.clone() {
        ClientFrame::Configure(configure) => Data::ClientConfigureSession(configure),
        ClientFrame::Audio(audio) => {
            assert!(audio.audio.len() <= bytes.len());
            Data::ClientAudioInput(audio)
        }
        ClientFrame::Interrupt(interrupt) => Data::ClientInterrupt(interrupt),
        ClientFrame::Pause(pause) => Data::ClientPause(pause),
        ClientFrame::Resume(resume) => Data::ClientResume(resume),
        ClientFrame::FromServer(_) => {
            let confirm = server_message(proto::ServerConfirmSession::default());
            assert!(matches!(
                ClientFrame::decode(confirm),
                Ok(ClientFrame::FromServer(_))
            ));
            return;
        }
        ClientFrame::Unknown(_) => return,
    };
    let message = proto::Message {
        r#type: 0,
        data: Some(data),
    };
    assert_eq!(
        ClientFrame::decode(message.encode_to_vec().into()),
        Ok(decoded)
    );
}
