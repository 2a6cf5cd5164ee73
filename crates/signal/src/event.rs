//! What goes into the hub and what comes out of it.
//!
//! The rules for whoever drives it:
//! - `now` is the time since 1970 and never goes back.
//! - Outputs are carried out in their order. [`Output::Store`] and [`Output::Load`] are carried out strictly in the
//!   order in which they were given, and answered in that order, so that a load sees every write before it.
//! - After [`Output::Close`] and after [`Input::Lost`] there is no more of that connection, in either direction.

use std::sync::Arc;

use bytes::Bytes;
use visavis_codes::signaling::{Code, Failure};
use visavis_wire::signaling::{ClientFrame, VoipKind};

use crate::{Answer, AppSettings, AppState, Command, Loaded, Query, Write};

/// Names one connection of the hub; chosen by the driver. The hub indexes by it, so it should be small; it can be used
/// again after [`Output::Close`] or [`Input::Lost`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// Names one thing that the hub, or an operator, waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Something that the hub must know.
#[derive(Debug)]
pub enum Input {
    /// A WebSocket opened.
    Opened {
        /// The new connection.
        conn: ConnId,
    },
    /// A frame came in.
    Frame {
        /// From where.
        conn: ConnId,
        /// What.
        frame: ClientFrame,
    },
    /// A connection is gone.
    Lost {
        /// Which.
        conn: ConnId,
        /// How.
        loss: Loss,
    },
    /// The answer to [`Output::LoadApp`], or news of an app that an operator changed.
    App {
        /// The app id.
        app: String,
        /// The app; `None` when there is none.
        found: Result<Option<Box<AppState>>, Unavailable>,
    },
    /// New settings of an app that may be loaded; nothing happens if it is not.
    Settings {
        /// The app id.
        app: String,
        /// `None` when the app was deleted: its logins end.
        settings: Option<Box<AppSettings>>,
    },
    /// The answer to [`Output::Store`] or [`Output::Load`].
    Stored {
        /// Of which output.
        ticket: Ticket,
        /// What the store said.
        result: Result<Loaded, Unavailable>,
    },
    /// An operator wants something; answered by [`Output::Answer`].
    Operator {
        /// Chosen by the driver.
        ticket: Ticket,
        /// The app id; the driver has made sure that the app exists.
        app: String,
        /// What is wanted.
        command: Command,
    },
    /// Nothing; the deadline passed.
    Tick,
    /// The server goes down: every connection is closed with 1012 and without a word, so that clients come back.
    Shutdown,
}

/// How a connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// It was closed or broken.
    Closed,
    /// It did not read what waited for it.
    SlowReader,
    /// It sent what no client may send.
    Malformed,
}

/// The store did not answer; its log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unavailable;

/// Something that the driver must do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send one frame to one connection.
    Send {
        /// Where.
        to: ConnId,
        /// JSON text.
        frame: Bytes,
    },
    /// Send one frame to many connections; it is encoded once.
    Broadcast {
        /// Where; each connection once. The same list is given again as long as nothing changes it.
        to: Arc<[ConnId]>,
        /// JSON text.
        frame: Bytes,
    },
    /// The client can read deflated frames from now on.
    AllowBinary {
        /// Which.
        conn: ConnId,
    },
    /// Close a connection, after everything that was sent before.
    Close {
        /// Which.
        conn: ConnId,
        /// The WebSocket status: 1012, or 4000 + the number of a code, or 4999 for codes from 1000 on.
        status: u16,
        /// At most 123 bytes.
        reason: String,
    },
    /// Load an app, once for all that wait for it; answered by [`Input::App`].
    LoadApp {
        /// The app id.
        app: String,
    },
    /// Keep all of this or nothing; answered by [`Input::Stored`] once it is durable, unless there is no ticket.
    Store {
        /// `None` when no answer is needed.
        ticket: Option<Ticket>,
        /// The app id.
        app: String,
        /// In this order.
        writes: Vec<Write>,
    },
    /// Look something up; answered by [`Input::Stored`].
    Load {
        /// Which answer.
        ticket: Ticket,
        /// The app id.
        app: String,
        /// What.
        query: Query,
    },
    /// The answer to [`Input::Operator`].
    Answer {
        /// Of which input.
        ticket: Ticket,
        /// What there is to say.
        answer: Result<Answer, Failure>,
    },
    /// Something for the log and the metrics.
    Report(Report),
}

/// Something for the log and the metrics. No text in it came from a message body or a token.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Report {
    LoggedIn {
        conn: ConnId,
        app: String,
        account: String,
    },
    LoggedOut {
        conn: ConnId,
        app: String,
        account: String,
        code: Code,
    },
    Joined,
    Left {
        code: Code,
    },
    /// A message to a peer was acknowledged.
    PeerMessage,
    /// A message into a channel went to this many connections.
    ChannelMessage {
        receivers: usize,
    },
    Invitation {
        event: VoipKind,
    },
    InvitationEnded {
        code: Option<Code>,
    },
    /// A login or a call failed; `call` is its name.
    Failed {
        conn: ConnId,
        app: String,
        account: String,
        call: String,
        failure: Failure,
    },
}
