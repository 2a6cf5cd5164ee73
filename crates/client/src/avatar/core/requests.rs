use bytes::{BufMut as _, Bytes, BytesMut};
use prost::Message as _;
use visavis_wire::limits::MESSAGE_BYTES_MAX;
use visavis_wire::proto::{self, MessageType, message::Data};

use super::{Output, Settings, Time};
use crate::Error;
use crate::avatar::req_id::RequestIds;

/// Most audio in one message, in bytes: 2 s at 16 kHz. An interrupt waits behind no more than this.
pub(crate) const AUDIO_BYTES_MAX: usize = 64 << 10;

// The rest of the message, a req_id and a few tags, is far below 1 KiB; a whole number of samples fits.
const _: () =
    assert!(AUDIO_BYTES_MAX + 1024 <= MESSAGE_BYTES_MAX && AUDIO_BYTES_MAX.is_multiple_of(2));

/// The utterances of a session.
#[derive(Debug)]
pub(super) struct Requests {
    ids: RequestIds,
    /// Takes the next audio.
    current: Option<String>,
    /// The last that took any, ended or not.
    last: Option<String>,
    /// PCM: the first half of a sample whose second half is still to come.
    half: Half,
}

#[derive(Debug)]
enum Half {
    /// The audio has no samples: it is a stream of bytes.
    Opaque,
    None,
    Byte(u8),
}

impl Requests {
    pub(super) fn new(settings: &Settings) -> Self {
        let pcm = settings.configure.audio_format == i32::from(proto::AudioFormat::PcmS16le);
        Self {
            ids: RequestIds::new(settings.seed),
            current: None,
            last: None,
            half: if pcm { Half::None } else { Half::Opaque },
        }
    }

    /// The utterance that interrupt, pause and resume mean.
    pub(super) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    pub(super) fn audio(&mut self, now: Time, audio: Bytes, out: &mut Vec<Output>) {
        let mut audio = self.whole_samples(audio);
        if !audio.is_empty() && self.current.is_none() {
            self.current = Some(self.ids.next(now));
            self.last.clone_from(&self.current);
        }
        while !audio.is_empty() {
            let piece = audio.split_to(audio.len().min(AUDIO_BYTES_MAX));
            out.push(self.message(piece, false));
        }
        out.push(Output::Accepted(self.current.clone()));
    }

    pub(super) fn end(&mut self, out: &mut Vec<Output>) {
        if self.current.is_some() {
            out.push(self.message(Bytes::new(), true));
        }
        out.push(Output::Accepted(self.finish()));
    }

    pub(super) fn interrupt(&mut self, out: &mut Vec<Output>) {
        self.finish();
        let Some(req_id) = self.last.clone() else {
            out.push(nothing("interrupt"));
            return;
        };
        out.push(Output::Send(encode(proto::ClientInterrupt {
            req_id: req_id.clone(),
        })));
        out.push(Output::Accepted(Some(req_id)));
    }

    /// Lets go of the current utterance; half a sample at its end is lost.
    fn finish(&mut self) -> Option<String> {
        if let Half::Byte(_) = self.half {
            self.half = Half::None;
        }
        self.current.take()
    }

    fn message(&self, audio: Bytes, end: bool) -> Output {
        Output::Send(encode(proto::ClientAudioInput {
            req_id: self.current.clone().unwrap_or_default(),
            end,
            audio,
            trace_context: None,
        }))
    }

    /// Joins the half sample kept from last time and keeps the one at the end.
    fn whole_samples(&mut self, mut audio: Bytes) -> Bytes {
        match self.half {
            Half::Opaque => return audio,
            Half::Byte(first) if !audio.is_empty() => {
                let mut joined = BytesMut::with_capacity(audio.len() + 1);
                joined.put_u8(first);
                joined.put(audio);
                audio = joined.freeze();
            }
            Half::None | Half::Byte(_) => {}
        }
        if audio.len() % 2 == 1 {
            self.half = Half::Byte(audio[audio.len() - 1]);
            audio.truncate(audio.len() - 1);
        } else if !audio.is_empty() {
            self.half = Half::None;
        }
        audio
    }
}

pub(super) fn nothing(verb: &str) -> Output {
    Output::Refused(Error::misuse(format!(
        "there is nothing to {verb}: no audio was sent on this session"
    )))
}

/// A message that clients send.
pub(super) trait ClientMessage {
    fn into_data(self) -> (MessageType, Data);
}

macro_rules! client_messages {
    ($($payload:ident $kind:ident)*) => {$(
        impl ClientMessage for proto::$payload {
            fn into_data(self) -> (MessageType, Data) {
                (MessageType::$kind, Data::$payload(self))
            }
        }
    )*};
}

client_messages! {
    ClientConfigureSession MessageClientConfigureSession
    ClientAudioInput MessageClientAudioInput
    ClientInterrupt MessageClientInterrupt
    ClientPause MessageClientPause
    ClientResume MessageClientResume
}

/// Encodes a message in its envelope.
pub(super) fn encode(message: impl ClientMessage) -> Bytes {
    let (kind, data) = message.into_data();
    proto::Message {
        r#type: kind.into(),
        data: Some(data),
    }
    .encode_to_vec()
    .into()
}
