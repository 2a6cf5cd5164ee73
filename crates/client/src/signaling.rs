//! The signaling service: logins, channels, messages, attributes, invitations.

pub mod core;
mod error;
mod event;
mod invitation_state;
mod options;
mod status;

pub use error::Error;
pub use event::{AttributeChange, Event, User};
pub use invitation_state::{InvitationEnd, InvitationState, Side};
pub use options::{ChannelSendOptions, LoginOptions, SendOptions};
pub use status::Status;
pub use visavis_codes::signaling::Code;
