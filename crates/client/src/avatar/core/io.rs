use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::Error;
use crate::avatar::Event;

/// Time since 1970 when the session began, counted on by a clock that never goes back.
pub type Time = Duration;

/// Why a socket failed, for [`std::error::Error::source`].
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What happens to a session.
pub enum Input {
    /// A binary frame came.
    Binary(Bytes),
    /// A text frame came.
    Text,
    /// A ping or a pong came; pings are the driver's to answer.
    Pong,
    /// The bytes that came are no WebSocket frames, or too large; what follows is unreadable.
    Malformed(Cause),
    /// A close frame came; 1005 when it has no code.
    PeerClosed {
        /// The close code.
        code: u16,
        /// The reason, often empty.
        reason: String,
    },
    /// The connection ended without a close frame.
    Dropped(Cause),
    /// Nothing can be sent any more; what came may still be read.
    SendFailed(Cause),
    /// The driver does not read, because the app does not take its events.
    Unread,
    /// Time has passed.
    Tick,
    /// Speech, of any length.
    Audio(Bytes),
    /// The utterance is complete.
    End,
    /// Stop the last utterance at once.
    Interrupt,
    /// Hold the last utterance's playback.
    Pause,
    /// Go on with it.
    Resume,
    /// End the session.
    Close,
}

/// What a session wants done, in this order.
pub enum Output {
    /// Send a binary frame.
    Send(Bytes),
    /// Send a ping.
    Ping,
    /// Send a close frame with this code.
    Close(u16),
    /// Let go of the connection.
    Drop,
    /// The server confirmed the session.
    Ready(Ready),
    /// The call was carried out; for audio, end and interrupt with the utterance that it meant.
    Accepted(Option<String>),
    /// The call could not be carried out.
    Refused(Error),
    /// For the app.
    Event(Event),
}

/// What the server said when it confirmed the session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ready {
    /// The connection, as the server's log names it.
    pub connection_id: String,
    /// What the server can do beyond the basics, such as `playback_control`.
    pub capabilities: Vec<String>,
}

// Frames hold speech and credentials, which must not reach a log by way of `Debug`.

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary(frame) => write!(f, "Binary({} bytes)", frame.len()),
            Self::Text => f.write_str("Text"),
            Self::Pong => f.write_str("Pong"),
            Self::Malformed(cause) => write!(f, "Malformed({cause})"),
            Self::PeerClosed { code, reason } => write!(f, "PeerClosed({code}, {reason:?})"),
            Self::Dropped(cause) => write!(f, "Dropped({cause})"),
            Self::SendFailed(cause) => write!(f, "SendFailed({cause})"),
            Self::Unread => f.write_str("Unread"),
            Self::Tick => f.write_str("Tick"),
            Self::Audio(audio) => write!(f, "Audio({} bytes)", audio.len()),
            Self::End => f.write_str("End"),
            Self::Interrupt => f.write_str("Interrupt"),
            Self::Pause => f.write_str("Pause"),
            Self::Resume => f.write_str("Resume"),
            Self::Close => f.write_str("Close"),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(frame) => write!(f, "Send({} bytes)", frame.len()),
            Self::Ping => f.write_str("Ping"),
            Self::Close(code) => write!(f, "Close({code})"),
            Self::Drop => f.write_str("Drop"),
            Self::Ready(ready) => ready.fmt(f),
            Self::Accepted(req_id) => write!(f, "Accepted({req_id:?})"),
            Self::Refused(error) => write!(f, "Refused({error})"),
            Self::Event(event) => event.fmt(f),
        }
    }
}
