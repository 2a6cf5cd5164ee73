use crate::{Code, close};

/// The family of SDK that will read an error; the session token says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SDKs that classify by status, server code and text, and never by close code.
    TextRule,
    /// SDKs that classify by HTTP status and 4xxx codes, and never by text.
    CloseCode,
}

impl Dialect {
    /// The name in the token's `dialect` claim.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TextRule => "text-rule",
            Self::CloseCode => "close-code",
        }
    }

    /// The dialect of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::TextRule, Self::CloseCode]
            .into_iter()
            .find(|dialect| dialect.name() == name)
    }
}

/// How a failure goes on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Emission {
    /// As an HTTP answer with this status.
    Http {
        /// 4xx or 5xx.
        status: u16,
    },
    /// As a `ServerError` frame with this code, then a close frame.
    ServerError {
        /// The code on the wire.
        server_code: i32,
    },
    /// Not at all: only a client can observe it.
    Observed,
}

const fn http(status: u16) -> Emission {
    Emission::Http { status }
}

const fn say(server_code: i32) -> Emission {
    Emission::ServerError { server_code }
}

struct Row {
    code: Code,
    text_rule: Emission,
    close_code: Emission,
    wording: &'static str,
}

macro_rules! causes {
    ($($variant:ident: $code:ident, $text_rule:expr, $close_code:expr, $wording:literal; $doc:literal)*) => {
        /// What went wrong, and how that is said.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = $doc] $variant),*
        }

        impl Cause {
            /// Every cause, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        code: Code::$code,
                        text_rule: $text_rule,
                        close_code: $close_code,
                        wording: $wording,
                    }),*
                }
            }

            /// The name in logs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant)),*
                }
            }
        }
    };
}

// Published SDKs classify on these statuses, codes and wordings: none may change.
causes! {
    TokenExpired: SessionTokenExpired, http(401), http(401), "session token expired";
        "The token had expired before the upgrade."
    TokenExpiredInSession: SessionTokenExpired, say(4010), say(4010), "token is expired";
        "The token expired while the session ran."
    TokenUndecodable: SessionTokenInvalid, http(400), http(400), "Invalid session token";
        "The token is absent, or no token at all."
    TokenRejected: SessionTokenInvalid, http(400), http(401), "Invalid session token";
        "The token can be read, but this server did not sign it."
    ApiKeyRejected: SessionTokenInvalid, http(401), http(401), "invalid api key";
        "The API key is absent or unknown, at a token endpoint."
    AppUnknown: AppIDUnrecognized, http(404), http(403), "app id unrecognized";
        "The token's app was deleted, at the upgrade."
    AppUnknownAtTokenCall: AppIDUnrecognized, http(403), http(403), "app id unrecognized";
        "The key's app was deleted, at a token endpoint."
    AppMismatch: AppIDMismatch, http(400), http(403), "App ID mismatch";
        "The connection names another app than the token."
    AvatarUnknown: AvatarNotFound, http(404), say(0), "Avatar not found: {}";
        "No such avatar for this app."
    NoPlanAtTokenCall: BillingRequired, http(402), http(402), "session denied: {}";
        "The app never had credits, at a token endpoint."
    NoPlan: BillingRequired, http(402), say(0), "session denied: {}";
        "The app never had credits, at the upgrade."
    NoCredits: CreditsExhausted, http(402), say(4001), "session denied: credits exhausted";
        "The app has no credits left, at the upgrade."
    CreditsRanOut: CreditsExhausted, say(4001), say(4001), "credits exhausted";
        "The credits ran out in the session."
    DurationReached: SessionDurationExceeded, say(4002), say(4002), "session time limit reached";
        "The session reached its longest duration."
    TooManySessions: ConcurrencyLimit, say(4003), say(4003), "concurrency limit reached: {}";
        "The app has too many sessions, at the upgrade."
    TooManySessionsAtTokenCall: ConcurrencyLimit, http(429), http(429), "concurrency limit reached: {}";
        "The app has too many sessions, at a token endpoint."
    SampleRateRefused: UnsupportedSampleRate, say(0), say(0), "unsupported sample rate: {}";
        "The session asked for a sample rate that is not taken."
    EgressConfigRefused: InvalidEgressConfig, say(3), say(3), "{}";
        "An egress field is missing or wrong; the wording begins with the field's name."
    EgressTokenRefused: InvalidEgressConfig, say(16), say(16), "unauthorized: {}";
        "The room refuses the token."
    EgressNotConfigured: EgressUnavailable, say(14), say(14), "egress client is not configured on server";
        "Publishing is not set up on this server."
    EgressFailed: EgressUnavailable, say(14), say(14), "failed to create egress connection: {}";
        "The room or channel could not be reached."
    NoAudio: IdleTimeout, say(0), say(0), "no audio input for {}s";
        "No audio came for the idle limit."
    EgressSilent: IdleTimeout, say(0), say(0), "livekit silence timeout";
        "The egress was silent for its idle limit."
    EngineFailed: UpstreamError, say(4503), say(4503), "driven server request failed: {}";
        "The engine failed, or the server is draining."
    ConfigureExpected: ProtocolError, say(0), say(0), "expected ClientConfigureSession message";
        "The first frame is not ClientConfigureSession, or none came in time."
    InitialFrameUndecodable: ProtocolError, say(0), say(0), "failed to unmarshal initial message";
        "The first frame is not a message at all."
    MessageUnexpected: ProtocolError, say(0), say(0), "unexpected message type: {}";
        "A frame that this point of the session does not allow."
    NotAToken: ProtocolError, Emission::Observed, Emission::Observed, "the answer holds no session token";
        "A token call was answered with something else."
    Unreachable: ConnectionFailed, Emission::Observed, Emission::Observed, "could not connect: {}";
        "Nothing answers at the endpoint."
    Dropped: ConnectionClosed, Emission::Observed, Emission::Observed, "connection closed: {}";
        "The connection ended without a reason."
    Internal: ServerError, say(13), say(13), "internal error";
        "A fault of ours in a session."
    InternalAtCall: ServerError, http(500), http(500), "internal error";
        "A fault of ours in an HTTP call or at the upgrade."
    StoreUnavailable: ServerError, http(503), http(503), "the server cannot reach its storage";
        "The store does not answer, in an HTTP call or at the upgrade."
    ExpiryRefused: InvalidRequest, http(400), http(400), "{}";
        "`expireAt` is missing, past or too far ahead."
    FieldRefused: InvalidRequest, say(3), say(3), "{}";
        "A field of a message is out of range; the wording begins with the field's name."
    AvatarIdMissing: InvalidRequest, http(422), http(422), "query parameter id is missing: add ?id=AVATAR_ID";
        "The upgrade names no avatar."
    NotAnUpgrade: InvalidRequest, http(426), http(426), "this path takes WebSocket connections only";
        "A plain HTTP request where a WebSocket upgrade belongs."
    AdminTokenRejected: InvalidRequest, http(401), http(401), "invalid admin token";
        "The console API was called without the admin token."
    BodyRefused: InvalidRequest, http(400), http(400), "{}";
        "An HTTP parameter or body is wrong."
    BodyTooLarge: InvalidRequest, http(413), http(413), "request body is larger than {} bytes";
        "An HTTP body exceeds its limit."
    NotFound: InvalidRequest, http(404), http(404), "{}";
        "Nothing of that name; for what has no code of its own."
    Conflict: InvalidRequest, http(409), http(409), "{}";
        "It exists already, or cannot be changed."
    MethodRefused: InvalidRequest, http(405), http(405), "this path does not take {}";
        "A method that the path does not have."
    Unclassified: Unknown, Emission::Observed, Emission::Observed, "{}";
        "What another server said has no code."
}

impl Cause {
    /// The code it belongs to.
    #[must_use]
    pub const fn code(self) -> Code {
        self.row().code
    }

    /// The public sentence; `{}` stands for its one variable.
    #[must_use]
    pub const fn wording(self) -> &'static str {
        self.row().wording
    }

    /// How it goes on the wire, for the SDK family that reads it.
    #[must_use]
    pub const fn emission(self, dialect: Dialect) -> Emission {
        match dialect {
            Dialect::TextRule => self.row().text_rule,
            Dialect::CloseCode => self.row().close_code,
        }
    }
}

const fn well_formed(emission: Emission, code: Code) -> bool {
    match emission {
        Emission::Http { status } => status >= 400 && status <= 599,
        Emission::ServerError { server_code } => match close::of_server_code(server_code) {
            // The close-code contract: 4002 and 4503 may be retried, the other 40xx may not.
            Some(close::SESSION_TIMEOUT | close::UPSTREAM_UNAVAILABLE) => code.retryable(),
            Some(_) => !code.retryable(),
            None => server_code >= 0 && server_code <= 16,
        },
        Emission::Observed => true,
    }
}

const _: () = {
    let mut i = 0;
    while i < Cause::ALL.len() {
        let row = Cause::ALL[i].row();
        assert!(
            well_formed(row.text_rule, row.code),
            "emission and advice disagree"
        );
        assert!(
            well_formed(row.close_code, row.code),
            "emission and advice disagree"
        );
        i += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_cause() {
        for code in Code::ALL {
            assert!(
                Cause::ALL.iter().any(|cause| cause.code() == code),
                "{code}"
            );
        }
    }

    #[test]
    fn http_wordings_never_contain_what_makes_a_text_rule_sdk_misread_them() {
        for cause in Cause::ALL {
            if let Emission::Http { .. } = cause.emission(Dialect::TextRule) {
                assert!(
                    !cause.wording().to_lowercase().contains("unauthorized"),
                    "{cause:?}"
                );
            }
        }
    }

    #[test]
    fn names_survive_the_round_trip() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(code));
        }
        for dialect in [Dialect::TextRule, Dialect::CloseCode] {
            assert_eq!(Dialect::from_name(dialect.name()), Some(dialect));
        }
        assert_eq!(Code::from_name("sessiontokenexpired"), None);
    }
}
