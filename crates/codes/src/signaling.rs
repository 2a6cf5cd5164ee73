//! Every code of the signaling service, and every reason the server gives.
//!
//! [`Code`] is the published table, SUCCESS 0 to GENERAL_E_LARGE_PARAM 1005; [`Cause`] is what goes wrong inside.
//! Unlike in the avatar service, one cause may end in several codes: the [`Family`] of the call decides.
//!
//! ```
//! use visavis_codes::signaling::{Cause, Code, Failure, Family};
//!
//! let failure = Failure::new(Cause::RateLimited, Family::Send);
//! assert_eq!((failure.code(), failure.code().number()), (Code::SendMessageOther, 400));
//! assert_eq!(failure.code().name(), "SENDMESSAGE_E_OTHER");
//! assert_eq!((failure.reason(), failure.retryable()), ("rate limited", true));
//! assert_eq!(Failure::new(Cause::RateLimited, Family::General).code(), Code::General);
//! ```

mod cause;
mod code;
mod failure;
mod fault;
mod reasons;

pub use cause::{Cause, Family};
pub use code::Code;
pub use failure::Failure;
pub use fault::{Act, FAULTS, Fault, Place};
