//! The signaling service: logins, channels, messages, attributes, invitations.
//!
//! # Sessions
//!
//! A [`Client`] knows an app and where its server is. [`Client::login`] opens a [`Session`] and its [`Events`];
//! [`Client::session`] opens one that is not logged in yet. A session has every call of the native Signaling 1.x SDKs,
//! in snake case. A call returns its result; every callback of the native SDKs is an [`Event`].
//!
//! # Failures
//!
//! Every failure is an [`Error`] with its documented [`Code`], the reason, the call that it belongs to, and advice.
//! Each failed call returns it, and tells it as the event that the native SDKs have for it; codes from 1000 on, and
//! calls without a callback of their own, as [`Event::Error`]. Every send ends exactly once, as
//! [`Event::MessageSendSuccess`] or [`Event::MessageSendError`].
//!
//! # Lost connections
//!
//! A session restores a lost connection by itself, with jittered waits of 0.2 s to 30 s, for 5 minutes; then
//! [`Event::Logout`] says 102. Meanwhile calls wait. What it does by itself it tells as events, never as errors:
//! [`Event::Reconnecting`], [`Event::Reconnected`], [`Event::Rejoined`] for each channel, [`Event::Resent`] for each
//! message that the server had not acknowledged. It has 10 s to answer on the new connection too.
//! What waited goes out at 50 messages a second, since the server takes 60.
//!
//! Messages to peers arrive at least once and are told to the app once: the last 10,000 ids are remembered.
//! Messages of one sender arrive in the order in which they were sent.
//! Messages into channels are not kept by the server: those of the time without a connection are missed.
//!
//! # Other runtimes
//!
//! [`core`] is the session without sockets, clocks and tasks.

mod builder;
mod client;
mod connect;
pub mod core;
mod driver;
mod error;
mod event;
mod invitation;
mod invitation_state;
mod link;
mod options;
mod session;
mod shared;
mod status;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::Error;
pub use event::{AttributeChange, Event, User};
pub use invitation::Invitation;
pub use invitation_state::{InvitationEnd, InvitationState, Side};
pub use options::{ChannelSendOptions, LoginOptions, SendOptions};
pub use session::{Events, Session};
pub use status::Status;
pub use visavis_codes::signaling::Code;
