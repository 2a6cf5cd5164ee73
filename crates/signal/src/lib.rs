//! The signaling hub as a state machine: logins, channels, messages, attributes, invitations.
//!
//! [`Hub::handle`] takes an [`Input`] and the time and says what follows as [`Output`]s; [`Hub::deadline`] says when it
//! wants to be woken. The crate deliberately knows no socket, no database, no clock and no source of randomness.

mod answer;
mod attributes;
mod builtin;
mod channel;
mod command;
mod conn;
mod end;
mod event;
mod frame;
mod hub;
mod ident;
mod invitation;
mod invite;
mod join;
mod kept;
mod login;
mod mailbox;
mod members;
mod operator;
mod peer;
mod pending;
mod poll;
mod provoke;
mod query;
mod rate;
mod recent;
mod say;
mod session;
mod settings;
mod tenant;
mod timers;
mod user;
mod webhook;

pub use command::*;
pub use event::*;
pub use hub::Hub;
pub use kept::*;
pub use settings::{AppSettings, Delivery, Limits, TokenExpiry};
