//! What goes over the wire of the avatar service: protobuf messages, session tokens, error bodies, limits.
//!
//! Everything here is a pure function of its arguments. The crate deliberately knows no socket, no clock and no
//! session state; `proto/driveningress.proto` in the repository is the contract in its own words.
//!
//! ```
//! use visavis_wire::{ClientFrame, proto, server_message};
//!
//! let confirm = server_message(proto::ServerConfirmSession {
//!     connection_id: "python-confirm".into(),
//!     capabilities: vec![],
//! });
//! assert_eq!(&confirm[..4], [0x08, 0x02, 0x1a, 0x10]);
//! assert!(ClientFrame::decode(b"not protobuf".as_slice().into()).is_err());
//! ```

mod audio;
mod client_frame;
mod error;
mod hex;
mod id;
pub mod limits;
mod livekit;
pub mod problem;
pub mod proto;
mod secret;
mod server_message;
pub mod signaling;
pub mod token;

pub use audio::{AudioFormat, SampleRate, UnsupportedSampleRate};
pub use client_frame::{ClientFrame, Undecodable};
pub use error::server_error;
pub use hex::{hex, is_hex_of};
pub use id::{AppId, AvatarId, ConnectionId, InvalidId, ReqId};
pub use livekit::LiveKitClaims;
pub use secret::Secret;
pub use server_message::{ServerMessage, server_message};
