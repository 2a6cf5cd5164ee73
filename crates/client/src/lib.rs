//! The Rust SDK of visavis.
//!
//! [`avatar`] streams speech to the avatar service and receives a moving face; [`console`] administers a server over
//! its HTTP API. Both report every failure as one [`Error`], which knows its stable code, how far the call had got,
//! the ids to look for in a log, and what to do next. [`signaling`] chats and calls over the signaling service; its
//! codes are numbers of another contract, so it has an [error](signaling::Error) of its own.
//!
//! ```no_run
//! use visavis_client::avatar::{Client, Event};
//!
//! # async fn speak(speech: &[i16]) -> Result<(), visavis_client::Error> {
//! let client = Client::builder()
//!     .server("http://127.0.0.1:7400")
//!     .api_key("dev-key")
//!     .app_id("dev-app")
//!     .avatar_id("vera")
//!     .build()?;
//! let (session, mut events) = client.session().pcm(16_000).open().await?;
//! session.send_audio(speech).await?;
//! session.end().await?;
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Animation(animation) => {
//!             for frame in &animation.frames {
//!                 println!("{:?}: jaw {:.2}", frame.time, frame.blendshape("jawOpen").unwrap_or(0.0));
//!             }
//!             if animation.end {
//!                 break;
//!             }
//!         }
//!         Event::Error(error) => return Err(error),
//!         _ => {}
//!     }
//! }
//! session.close().await
//! # }
//! ```
//!
//! The crate deliberately knows no audio device, no renderer and no WebRTC.

pub mod avatar;
pub mod console;
mod error;
mod net;
pub mod signaling;

pub use error::{Error, ErrorCode};
pub use net::{PostError, Posted, Poster};
pub use visavis_codes::{Advice, Code, Phase};
pub use visavis_wire::Secret;
