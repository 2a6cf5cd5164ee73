//! The signaling hub as a state machine: logins, channels, messages, attributes, invitations.
//!
//! [`Hub::handle`] takes an [`Input`] and the time and says what follows as [`Output`]s; [`Hub::deadline`] says when it
//! wants to be woken. The crate deliberately knows no socket, no database, no clock and no source of randomness.

mod event;
mod invitation;
mod settings;

pub use event::*;
pub use settings::{AppSettings, Delivery, Limits, TokenExpiry};
