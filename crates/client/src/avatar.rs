//! The avatar service: speech in, a moving face out.
//!
//! # Sessions
//!
//! A [`Client`] holds credentials and endpoints and keeps a session token until shortly before it expires.
//! [`Client::session`] prepares a session, [`SessionBuilder::open`] opens it: a [`Session`] to speak with, and its
//! [`Events`]. Utterances follow one another on a session; each has an id and ends with [`Session::end`].
//! [`Session::interrupt`] stops the last one at once.
//!
//! Speech may be sent faster than it is spoken. Both directions are bounded: calls wait while the connection cannot
//! take more, and a session whose events nobody reads stops reading too. Dropping the [`Session`] ends it at once,
//! with everything that belongs to it; [`Session::close`] ends it properly.
//!
//! # Failures
//!
//! Every failure is an [`Error`](crate::Error). A session reports at most one, as [`Event::Error`], and every later
//! call returns it again. The code is found so, the first that applies:
//!
//! 1. The server names it: field 100 of a `ServerError`, or `code_name` of a JSON body. Names that this version does
//!    not know survive as [`ErrorCode::Other`](crate::ErrorCode::Other).
//! 2. A `ServerError` code or a wording of the published contract, such as 4001 or "credits exhausted".
//! 3. A number from 4000 to 4999, in a `ServerError` or as a close code.
//! 4. The HTTP status, read differently at the token call and at the upgrade.
//! 5. `serverError` for what else a server reports, `unknown` for the rest.
//!
//! So it works against visavis and against the hosted services that speak the same protocol. It differs from their
//! own SDKs where those misread: a 401 at the token call is a bad API key (`sessionTokenInvalid`), not an expired
//! token; wordings about egress count only on an open WebSocket; 403 and 429 have codes of their own; and a close
//! code counts.
//!
//! # Trying again
//!
//! [`Error::advice`](crate::Error::advice) says what to do. The token call is retried as the client's
//! [`RetryPolicy`] and [`RetryBudget`] allow; [`SessionBuilder::run_with_retry`] does the same for a whole utterance,
//! over as many sessions as it takes. Nothing is retried that the advice forbids.
//!
//! # Other runtimes
//!
//! [`core`] is the session without sockets, clocks and tasks.

mod builder;
pub(crate) mod classify;
mod client;
mod connect;
pub mod core;
mod driver;
mod egress;
mod event;
mod replay;
mod req_id;
mod retry;
mod run;
mod session;
mod token;

pub use builder::ClientBuilder;
pub use client::Client;
pub use egress::{Agora, Egress, LiveKit};
pub use event::{
    Animation, BLENDSHAPE_NAMES, BLENDSHAPES, Closed, Event, Frame, Playback, PlaybackState,
};
pub use retry::{RetryBudget, RetryPolicy};
pub use run::{Run, RunEvent, speech};
pub use session::{Events, Session, SessionBuilder};
pub use token::SessionToken;
pub use visavis_wire::proto::Flame;

/// Unpredictable bits; without the system's randomness, the clock's.
fn seed() -> u64 {
    getrandom::u64().unwrap_or_else(|_| client::unix().as_nanos() as u64)
}

/// Jitter.
fn random() -> u32 {
    (seed() >> 32) as u32
}
