use std::fmt;
use std::sync::Arc;

use crate::limits::ID_BYTES_MAX;

/// Why a text cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidId {
    /// It has no characters.
    #[error("must not be empty")]
    Empty,
    /// It is longer than [`ID_BYTES_MAX`].
    #[error("must not be longer than {ID_BYTES_MAX} bytes")]
    TooLong,
    /// It holds a control character.
    #[error("must not contain control characters")]
    Control,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 128 bytes without control characters; cheap to clone.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and wraps the text.
            ///
            /// # Errors
            /// When it is empty, too long or holds control characters.
            pub fn new(text: &str) -> Result<Self, InvalidId> {
                check(text).map(|()| Self(text.into()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// Names an app: the tenant.
    AppId
    /// Names an avatar.
    AvatarId
    /// Names one WebSocket connection; chosen by the server.
    ConnectionId
    /// Names one utterance of a connection; chosen by the client, opaque to the server.
    ReqId
}

fn check(text: &str) -> Result<(), InvalidId> {
    if text.is_empty() {
        Err(InvalidId::Empty)
    } else if text.len() > ID_BYTES_MAX {
        Err(InvalidId::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(InvalidId::Control)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_bounds() {
        assert_eq!(
            AvatarId::new("vera").map(|id| id.to_string()),
            Ok("vera".into())
        );
        assert_eq!(AvatarId::new(""), Err(InvalidId::Empty));
        assert_eq!(ReqId::new(&"x".repeat(129)), Err(InvalidId::TooLong));
        assert_eq!(ReqId::new("a\nb"), Err(InvalidId::Control));
    }
}
