use std::time::Duration;

use bytes::Bytes;

use crate::Error;
use crate::avatar::Event;

/// Time since 1970 when the session began, counted on by a clock that never goes back.
pub type Time = Duration;

/// Why a socket failed, for [`std::error::Error::source`].
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What happens to a session.
#[derive(Debug)]
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
#[derive(Debug)]
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
