//! One avatar session as a state machine: frames in, animation and credits out.
//!
//! [`Session::handle`] takes the time and one [`Input`] and appends every [`Output`] that follows from it;
//! [`Session::deadline`] says when it wants [`Input::Tick`] at the latest. That is the whole interface.
//! The crate deliberately knows no socket, no clock, no engine and no database: a driver carries outputs out and feeds
//! the answers back as inputs, and decides nothing.
//!
//! ```
//! use std::time::Duration;
//! use visavis_avatar::{Input, Output, Session, Settings};
//! use visavis_wire::{AvatarId, ConnectionId};
//!
//! let settings = Settings::new(ConnectionId::new("c-1").unwrap(), AvatarId::new("vera").unwrap());
//! let mut session = Session::new(Duration::ZERO, settings);
//! let mut outputs = vec![];
//! session.handle(Duration::ZERO, Input::Text, &mut outputs);
//! assert!(outputs.iter().any(|output| matches!(output, Output::Close { code: 1000, .. })));
//! ```

mod allowance;
mod configure;
mod disruption;
mod egress;
mod ending;
mod event;
mod failures;
mod gate;
pub mod limits;
mod meter;
mod playback;
mod requests;
mod session;
mod settings;
mod streaming;
mod timer;

pub use configure::{Configuration, Motion};
pub use disruption::Disruption;
pub use event::{Animation, EngineFault, Input, Output, Report, RequestEnd, RequestKey, Time};
pub use gate::Gate;
pub use session::Session;
pub use settings::Settings;
