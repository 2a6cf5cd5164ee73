//! The avatar service: speech in, a moving face out.

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

/// Unpredictable bits; without the system's randomness, the clock's.
fn seed() -> u64 {
    getrandom::u64().unwrap_or_else(|_| client::unix().as_nanos() as u64)
}

/// Jitter.
fn random() -> u32 {
    (seed() >> 32) as u32
}
