use std::time::Duration;

use crate::{Cause, Code, Failure, Phase};

/// Longest delay of a fault on purpose.
const DELAY_MAX: Duration = Duration::from_secs(3600);

/// A failure on purpose, as test cards are in payments: `fault:CODE`, `fault:CODE@PHASE` or `fault:CODE@runtime+2s`.
///
/// ```
/// use std::time::Duration;
/// use visavis_codes::{Cause, Fault, Phase};
///
/// let fault = Fault::parse("fault:creditsExhausted@runtime+2s").unwrap().unwrap();
/// assert_eq!((fault.cause, fault.phase), (Cause::CreditsRanOut, Phase::WebsocketRuntime));
/// assert_eq!(fault.after, Duration::from_secs(2));
/// assert!(Fault::parse("vera").is_none());
/// assert!(Fault::parse("fault:creditExhausted").unwrap().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub cause: Cause,
    /// When it does.
    pub phase: Phase,
    /// How long after the phase began; only at run time.
    pub after: Duration,
}

impl Fault {
    /// Reads a name; `None` when it asks for no fault at all.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the name and what is possible.
    #[must_use]
    pub fn parse(name: &str) -> Option<Result<Self, String>> {
        name.strip_prefix("fault:").map(Self::parse_rest)
    }

    fn parse_rest(rest: &str) -> Result<Self, String> {
        let (code, when) = match rest.split_once('@') {
            Some((code, when)) => (code, Some(when)),
            None => (rest, None),
        };
        let code =
            Code::from_name(code).ok_or("fault: no such code; `visavis explain` knows them")?;
        let (place, after) = match when.and_then(|when| when.split_once('+')) {
            Some((place, delay)) => (Some(place), Some(delay)),
            None => (when, None),
        };
        let phase = place.map(phase).transpose()?;
        let (cause, phase) = Self::cause(code, phase)
            .ok_or_else(|| format!("fault: {code} cannot occur there; it can {}", places(code)))?;
        let after = after.map_or(Ok(Duration::ZERO), delay)?;
        if !after.is_zero() && phase != Phase::WebsocketRuntime {
            return Err("fault: only @runtime takes a delay".into());
        }
        Ok(Self {
            cause,
            phase,
            after,
        })
    }

    /// The cause that stands for a code in a phase, or in the first phase that it can be had in.
    #[must_use]
    pub fn cause(code: Code, phase: Option<Phase>) -> Option<(Cause, Phase)> {
        TABLE
            .iter()
            .find(|(cause, at)| cause.code() == code && phase.unwrap_or(*at) == *at)
            .copied()
    }

    /// The failure to report, marked as one on purpose.
    #[must_use]
    pub fn failure(&self) -> Failure {
        Self::failure_of(self.cause)
    }

    /// The failure of a cause, with its variable made up, marked as one on purpose.
    #[must_use]
    pub fn failure_of(cause: Cause) -> Failure {
        let subject = match cause {
            Cause::SampleRateRefused => "11025",
            Cause::EgressConfigRefused => "livekit_egress.url is refused on purpose",
            Cause::EgressTokenRefused => "livekit_egress.api_token is refused on purpose",
            Cause::NoAudio => "0",
            Cause::ExpiryRefused => "expire_at is refused on purpose",
            _ => "on purpose",
        };
        Failure::about(cause, subject).on_purpose()
    }
}

/// Every cause that can be had on purpose, and where; the first row of a code is where it is had by default.
const TABLE: &[(Cause, Phase)] = &[
    (Cause::TokenExpired, Phase::WebsocketConnect),
    (Cause::TokenExpiredInSession, Phase::WebsocketRuntime),
    (Cause::TokenRejected, Phase::WebsocketConnect),
    (Cause::ApiKeyRejected, Phase::SessionToken),
    (Cause::AppUnknown, Phase::WebsocketConnect),
    (Cause::AppUnknownAtTokenCall, Phase::SessionToken),
    (Cause::AppMismatch, Phase::WebsocketConnect),
    (Cause::AvatarUnknown, Phase::WebsocketConnect),
    (Cause::NoPlan, Phase::WebsocketConnect),
    (Cause::NoPlanAtTokenCall, Phase::SessionToken),
    (Cause::CreditsRanOut, Phase::WebsocketRuntime),
    (Cause::NoCredits, Phase::WebsocketConnect),
    (Cause::DurationReached, Phase::WebsocketRuntime),
    (Cause::TooManySessions, Phase::WebsocketHandshake),
    (Cause::TooManySessionsAtTokenCall, Phase::SessionToken),
    (Cause::SampleRateRefused, Phase::WebsocketHandshake),
    (Cause::EgressConfigRefused, Phase::WebsocketHandshake),
    (Cause::EgressTokenRefused, Phase::WebsocketRuntime),
    (Cause::EgressNotConfigured, Phase::WebsocketHandshake),
    (Cause::EgressFailed, Phase::WebsocketRuntime),
    (Cause::NoAudio, Phase::WebsocketRuntime),
    (Cause::EngineFailed, Phase::WebsocketRuntime),
    (Cause::EngineFailed, Phase::WebsocketHandshake),
    (Cause::ConfigureExpected, Phase::WebsocketHandshake),
    (Cause::MessageUnexpected, Phase::WebsocketRuntime),
    (Cause::NotAToken, Phase::SessionToken),
    (Cause::Unreachable, Phase::WebsocketConnect),
    (Cause::Unreachable, Phase::SessionToken),
    (Cause::Dropped, Phase::WebsocketRuntime),
    (Cause::Dropped, Phase::WebsocketHandshake),
    (Cause::Internal, Phase::WebsocketRuntime),
    (Cause::Internal, Phase::WebsocketHandshake),
    (Cause::InternalAtCall, Phase::WebsocketConnect),
    (Cause::InternalAtCall, Phase::SessionToken),
    (Cause::FieldRefused, Phase::WebsocketRuntime),
    (Cause::FieldRefused, Phase::WebsocketHandshake),
    (Cause::AvatarIdMissing, Phase::WebsocketConnect),
    (Cause::ExpiryRefused, Phase::SessionToken),
    (Cause::Unclassified, Phase::SessionToken),
];

fn phase(name: &str) -> Result<Phase, String> {
    match name {
        "token" => Ok(Phase::SessionToken),
        "connect" => Ok(Phase::WebsocketConnect),
        "handshake" => Ok(Phase::WebsocketHandshake),
        "runtime" => Ok(Phase::WebsocketRuntime),
        _ => Err("fault: the place must be @token, @connect, @handshake or @runtime".into()),
    }
}

fn places(code: Code) -> String {
    let of_code = TABLE.iter().filter(|(cause, _)| cause.code() == code);
    let names: Vec<_> = of_code
        .map(|(_, at)| match at {
            Phase::SessionToken => "@token",
            Phase::WebsocketConnect => "@connect",
            Phase::WebsocketHandshake => "@handshake",
            Phase::WebsocketRuntime | Phase::WebsocketSend | Phase::Unknown => "@runtime",
        })
        .collect();
    names.join(" or ")
}

fn delay(text: &str) -> Result<Duration, String> {
    let refused =
        || String::from("fault: the delay must be such as +2s or +500ms, an hour at most");
    let (number, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .ok_or_else(refused)?,
    );
    let number: u64 = number.parse().map_err(|_| refused())?;
    let delay = match unit {
        "s" => Duration::from_secs(number),
        "ms" => Duration::from_millis(number),
        _ => return Err(refused()),
    };
    if delay > DELAY_MAX {
        Err(refused())
    } else {
        Ok(delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, Emission};

    #[test]
    fn every_code_can_be_had_on_purpose() {
        for code in Code::ALL {
            let fault = Fault::parse(&format!("fault:{code}")).unwrap().unwrap();
            assert_eq!(fault.cause.code(), code);
            assert!(fault.failure().is_on_purpose());
        }
    }

    #[test]
    fn a_fault_stands_where_its_cause_can_be_emitted() {
        for (cause, phase) in TABLE {
            let over_http = matches!(cause.emission(Dialect::TextRule), Emission::Http { .. });
            let observed = cause.emission(Dialect::TextRule) == Emission::Observed;
            let before_upgrade = matches!(phase, Phase::SessionToken | Phase::WebsocketConnect);
            assert!(observed || over_http == before_upgrade, "{cause:?} {phase}");
        }
    }

    #[test]
    fn a_wrong_name_says_what_is_possible() {
        let problem = |name: &str| Fault::parse(name).unwrap().unwrap_err();
        assert_eq!(
            problem("fault:idleTimeout@connect"),
            "fault: idleTimeout cannot occur there; it can @runtime"
        );
        assert!(problem("fault:nonsense").contains("no such code"));
        assert!(problem("fault:serverError@nowhere").contains("@handshake"));
        assert!(problem("fault:serverError@runtime+2h").contains("+500ms"));
        assert!(problem("fault:serverError@runtime+99999999999999999999s").contains("+500ms"));
        assert!(problem("fault:serverError@connect+2s").contains("only @runtime"));
    }
}
