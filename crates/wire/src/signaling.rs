//! The wire of the signaling service: JSON frames, packed messages, tokens, names and limits.
//!
//! Every frame is a text, a JSON array `[event, arguments]`. Servers read with [`ClientFrame`] and write with [`encode`];
//! clients read with [`ServerFrame`] and write with [`client_encode`].
//!
//! ```
//! use visavis_wire::signaling::{ClientFrame, Op};
//!
//! let frame = ClientFrame::parse(r#"["call2",["channel_join",1,{"line":"abc","name":"lobby"}]]"#);
//! let ClientFrame::Call(call) = frame else { panic!() };
//! assert_eq!((call.func.as_str(), call.line.as_deref()), ("channel_join", Some("abc")));
//! assert_eq!(call.op, Ok(Op::Join { name: "lobby".into() }));
//! ```

mod call;
pub mod client_encode;
pub mod encode;
mod flag;
mod frame;
pub mod limits;
mod name;
mod packed;
mod server_frame;
pub mod token;

pub use call::{Op, VoipKind};
pub use flag::{Flag, Level};
pub use frame::{Call, CallId, ClientFrame, Login};
pub use name::{check_account, check_attribute_name, check_channel};
pub use packed::Packed;
pub use server_frame::{Body, Refusal, ServerFrame};
