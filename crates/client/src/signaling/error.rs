//! The error type of the signaling SDK.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use visavis_codes::Advice;
use visavis_codes::signaling::{Cause, Code, Family};
use visavis_wire::signaling::Refusal;

/// A failure of a signaling call, or the end of a login, with its documented code. Cheap to clone.
///
/// `Display` is one line that a person can act on.
///
/// ```
/// use visavis_client::Advice;
/// use visavis_client::signaling::{Code, Error};
///
/// fn what_next(error: &Error) -> &'static str {
///     match (error.code(), error.advice()) {
///         (Code::LogoutKicked, _) => "tell the user: logged in elsewhere",
///         (_, Advice::RefreshToken) => "get a new token and log in again",
///         (_, Advice::Retry) => "try again, with back-off",
///         _ => "correct the call, or tell a person",
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Parts>);

struct Parts {
    code: Code,
    number: u16,
    reason: Box<str>,
    call: &'static str,
    retryable: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// The documented code. A number that this version does not know is [`Code::GeneralUnknown`].
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The number as the server sent it; that of [`code`](Self::code) wherever this version knows it.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.0.number
    }

    /// The documented name, such as `SENDMESSAGE_E_TIMEOUT`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.code.name()
    }

    /// Why, in the server's words or the SDK's own: `rate limited`, `peer offline`, `timeout`.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The call that it belongs to, as `onError` of the native SDKs names it: `login`, `send_instant_msg`, `invite`.
    #[must_use]
    pub fn call(&self) -> &'static str {
        self.0.call
    }

    /// True when the same call may succeed later with nothing changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// What to do about it. The server's word on a retry goes before that of the code.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match (self.0.code.advice(), self.0.retryable) {
            (_, true) => Advice::Retry,
            (Advice::Retry, false) => Advice::FixConfiguration,
            (advice, false) => advice,
        }
    }

    /// The failure of a cause that the SDK found itself.
    pub(crate) fn of(call: &'static str, cause: Cause, family: Family) -> Self {
        Self::new(call, cause.code(family), cause.wording(), cause.retryable())
    }

    /// A parameter is wrong, found before anything was sent.
    pub(crate) fn wrong_param(call: &'static str, name: &str) -> Self {
        let reason = Cause::WrongParam.wording().replacen("{}", name, 1);
        Self::new(call, Code::WrongParam, &reason, false)
    }

    pub(crate) fn new(call: &'static str, code: Code, reason: &str, retryable: bool) -> Self {
        Self(Arc::new(Parts {
            code,
            number: code.number(),
            reason: reason.into(),
            call,
            retryable,
            source: None,
        }))
    }

    /// What the server said, in answer to a call of this family.
    pub(crate) fn refused(call: &'static str, family: Family, refusal: &Refusal) -> Self {
        let worded = by_reason(&refusal.reason);
        let number = refusal.number.unwrap_or_else(|| {
            let cause = worded.unwrap_or(Cause::ServerError);
            match (family, worded) {
                // As published SDKs have it: what they do not know is a failure of the network.
                (Family::Login, None) => Code::LoginNet.number(),
                (Family::Logout, None) => Code::LogoutOther.number(),
                _ => cause.code(family).number(),
            }
        });
        let code = Code::from_number(number).unwrap_or(Code::GeneralUnknown);
        let retryable = refusal
            .retryable
            .or_else(|| worded.map(Cause::retryable))
            .unwrap_or_else(|| code.advice() == Advice::Retry);
        let reason = match refusal.reason.as_str() {
            "" => code.title(),
            reason => reason,
        };
        Self(Arc::new(Parts {
            code,
            number,
            reason: reason.into(),
            call,
            retryable,
            source: None,
        }))
    }

    /// The same failure with what a library or the operating system said below it.
    pub(crate) fn caused_by(
        self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self(Arc::new(Parts {
            code: self.0.code,
            number: self.0.number,
            reason: self.0.reason.clone(),
            call: self.0.call,
            retryable: self.0.retryable,
            source: Some(source.into()),
        }))
    }
}

/// The cause that has this wording: servers of older make send no number.
fn by_reason(reason: &str) -> Option<Cause> {
    let prefix = |cause: Cause| cause.wording().split("{}").next().unwrap_or_default();
    let exact = Cause::ALL.iter().find(|cause| cause.wording() == reason);
    let begins = || match reason {
        _ if reason.starts_with("TokenError") => Some(&Cause::TokenFormat),
        _ if reason.starts_with("wrong account") => Some(&Cause::AccountInvalid),
        _ if reason.starts_with(prefix(Cause::WrongParam)) => Some(&Cause::WrongParam),
        _ => None,
    };
    exact.or_else(begins).copied()
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.0.number == other.0.number
            && self.0.reason == other.0.reason
            && self.0.call == other.0.call
            && self.0.retryable == other.0.retryable
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}) at {}: ",
            self.name(),
            self.number(),
            self.call()
        )?;
        for c in self.reason().trim_end_matches('.').chars() {
            f.write_char(if c.is_control() { ' ' } else { c })?;
        }
        write!(f, ". {}", self.0.code.caller_does())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("number", &self.0.number)
            .field("reason", &self.0.reason)
            .field("call", &self.0.call)
            .field("retryable", &self.0.retryable)
            .field("source", &self.0.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(number: Option<u16>, reason: &str, retryable: Option<bool>) -> Refusal {
        Refusal {
            number,
            reason: reason.into(),
            retryable,
        }
    }

    #[test]
    fn an_error_is_one_line_that_says_what_to_do() {
        let error = Error::refused(
            "send_instant_msg",
            Family::Send,
            &refusal(Some(400), "rate\nlimited", Some(true)),
        );
        assert_eq!(
            error.to_string(),
            "SENDMESSAGE_E_OTHER (400) at send_instant_msg: rate limited. \
             Retry with back-off if the failure says that it is retryable; the message was not delivered."
        );
        assert_eq!(error.advice(), Advice::Retry);
    }

    #[test]
    fn servers_without_numbers_are_understood_by_their_reasons() {
        for (family, reason, number, retryable) in [
            (Family::Login, "TokenErrorExpired", 204, false),
            (Family::Login, "TokenErrorExpired x", 206, false),
            (Family::Login, "kick", 207, false),
            (Family::Login, "wrong account : blue", 209, false),
            (Family::Login, "who knows", 201, true),
            (Family::Send, "rate limited", 400, true),
            (Family::Invite, "peer offline", 703, true),
            (Family::General, "wrong param name", 1004, false),
            (Family::General, "who knows", 1001, true),
        ] {
            let error = Error::refused("call", family, &refusal(None, reason, None));
            assert_eq!(
                (error.number(), error.is_retryable()),
                (number, retryable),
                "{family:?} {reason}"
            );
        }
    }

    #[test]
    fn a_number_of_a_newer_server_survives() {
        let error = Error::refused("invoke", Family::General, &refusal(Some(1999), "", None));
        assert_eq!((error.code(), error.number()), (Code::GeneralUnknown, 1999));
        assert!(!error.reason().is_empty() && !error.is_retryable());
    }
}
