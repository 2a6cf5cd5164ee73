//! Every failure of the avatar service, in two tables, and every one of the [`signaling`] service in two more.
//!
//! [`Code`] is the contract with programs: twenty stable names, each with its title, its advice and three lines of
//! documentation. [`Cause`] is what goes wrong inside: each cause belongs to one code and says how it goes on the wire
//! (HTTP status, server code, wording), per [`Dialect`] of the SDK that will read it.
//! Everything that leaves the process as an error is a [`Failure`]: a cause with its variables filled in.
//!
//! This crate deliberately knows no protocol library, no JSON and no socket.
//!
//! ```
//! use visavis_codes::{Cause, Code, Dialect, Emission, Failure, Phase};
//!
//! let failure = Failure::about(Cause::AvatarUnknown, "maya");
//! assert_eq!(failure.code(), Code::AvatarNotFound);
//! assert_eq!(failure.detail(), "Avatar not found: maya");
//! assert_eq!(failure.emission(Dialect::TextRule), Emission::Http { status: 404 });
//! assert_eq!(failure.emission(Dialect::CloseCode), Emission::ServerError { server_code: 0 });
//! assert_eq!(Code::from_name("avatarNotFound"), Some(Code::AvatarNotFound));
//! assert_eq!(Phase::WebsocketConnect.name(), "websocket_connect");
//! ```

mod advice;
mod cause;
mod code;
mod failure;
mod fault;
mod phase;
pub mod signaling;
mod subject;

pub use advice::Advice;
pub use cause::{Cause, Dialect, Emission};
pub use code::Code;
pub use failure::Failure;
pub use fault::Fault;
pub use phase::Phase;

/// WebSocket close codes of the avatar protocol.
///
/// 40xx: the request is at fault, do not reconnect, except after [`close::SESSION_TIMEOUT`].
/// 45xx: the server is briefly unable, reconnect with back-off.
pub mod close {
    /// A normal end, and the close after a `ServerError` that has no close code of its own (RFC 6455 §7.4.1).
    pub const NORMAL: u16 = 1000;
    /// The credits ran out.
    pub const CREDITS_EXHAUSTED: u16 = 4001;
    /// The session reached its longest duration; reconnecting is expected.
    pub const SESSION_TIMEOUT: u16 = 4002;
    /// Too many sessions at once.
    pub const CONCURRENCY_LIMIT: u16 = 4003;
    /// The token is not, or no longer, good.
    pub const AUTH_FAILED: u16 = 4010;
    /// The server is briefly unable.
    pub const UPSTREAM_UNAVAILABLE: u16 = 4503;

    /// The close code that a `ServerError` code stands for, where there is one.
    #[must_use]
    pub const fn of_server_code(server_code: i32) -> Option<u16> {
        match server_code {
            4001 => Some(CREDITS_EXHAUSTED),
            4002 => Some(SESSION_TIMEOUT),
            4003 => Some(CONCURRENCY_LIMIT),
            4010 => Some(AUTH_FAILED),
            4503 => Some(UPSTREAM_UNAVAILABLE),
            _ => None,
        }
    }
}
