use std::fmt::{self, Write as _};

use visavis_codes::Phase;

use super::Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().name())?;
        if self.phase() != Phase::Unknown {
            write!(f, " at {}", self.phase())?;
        }
        let message = self.message().trim_end_matches('.');
        if !message.is_empty() {
            f.write_str(": ")?;
            one_line(message, f)?;
        }
        let mut separator = " [";
        for (label, value) in [
            ("HTTP", self.http_status().map(|status| status.to_string())),
            ("close code", self.close_code().map(|code| code.to_string())),
            ("connection", self.connection_id().map(str::to_owned)),
            ("req_id", self.req_id().map(str::to_owned)),
            ("request", self.request_id().map(str::to_owned)),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                write!(f, "{separator}{label} ")?;
                one_line(&value, f)?;
                separator = ", ";
            }
        }
        if separator == ", " {
            f.write_str("]")?;
        }
        write!(f, ". {}", what_to_do(self))
    }
}

fn what_to_do(error: &Error) -> &'static str {
    error
        .code()
        .caller_does()
        .unwrap_or("Report it with its ids: this version of the SDK does not know the code.")
}

/// Text from elsewhere must not break the line.
fn one_line(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for c in text.chars() {
        f.write_char(if c.is_control() { ' ' } else { c })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use visavis_codes::{Advice, Code, signaling};

    use super::super::{ErrorCode, Parts};
    use super::*;

    #[test]
    fn an_error_is_one_line_that_says_what_to_do() {
        let mut parts = Parts::new(Code::AvatarNotFound, Phase::WebsocketConnect, "");
        parts.server_detail = Some("Avatar not found:\n a1".into());
        parts.http_status = Some(404);
        parts.request_id = Some("r-1".into());
        assert_eq!(
            Error::from(parts).to_string(),
            "avatarNotFound at websocket_connect: Avatar not found:  a1 [HTTP 404, request r-1]. \
             Correct the avatar id; `vera` and `otto` always exist."
        );
    }

    #[test]
    fn codes_of_signaling_are_known_by_their_names() {
        let error = |code: ErrorCode, retryable| {
            let mut parts = Parts::new(Code::ServerError, Phase::Unknown, "");
            parts.code = code;
            parts.retryable = retryable;
            Error::from(parts)
        };
        for code in signaling::Code::ALL {
            let known = error(code.name().into(), None);
            assert_eq!(known.advice(), code.advice(), "{}", code.name());
            let line = known.to_string();
            assert!(line.ends_with(code.caller_does()), "{line}");
            let refused = error(code.name().into(), Some(false));
            assert_ne!(
                refused.advice(),
                Advice::Retry,
                "the server's word goes first"
            );
        }
        let unknown = error("QUOTA_E_TOMORROW".into(), None);
        assert_eq!(unknown.advice(), Advice::Alert);
        assert!(unknown.to_string().contains("Report it"));
    }

    #[test]
    fn the_source_is_not_repeated() {
        let error = Error::from(
            Parts::new(
                Code::ConnectionFailed,
                Phase::SessionToken,
                "could not connect to a:1",
            )
            .caused_by(std::io::Error::other("refused")),
        );
        assert!(!error.to_string().contains("refused"));
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("refused"));
    }
}
