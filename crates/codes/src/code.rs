use std::fmt;

use crate::Advice;
use crate::Phase::{self, *};

struct Row {
    name: &'static str,
    title: &'static str,
    advice: Advice,
    alert: bool,
    phases: &'static [Phase],
    doc: [&'static str; 3],
}

macro_rules! codes {
    ($($variant:ident $name:literal, $title:literal, $advice:ident, alert $alert:literal, [$($phase:ident),*]:
        $happened:literal $caller:literal $operator:literal)*) => {
        /// A stable failure code. Names are never reused and never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $happened] $variant),*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: [Self; 20] = [$(Self::$variant),*];

            const fn row(self) -> &'static Row {
                match self {
                    $(Self::$variant => &Row {
                        name: $name,
                        title: $title,
                        advice: Advice::$advice,
                        alert: $alert,
                        phases: &[$($phase),*],
                        doc: [$happened, $caller, $operator],
                    }),*
                }
            }
        }
    };
}

codes! {
    SessionTokenExpired "sessionTokenExpired", "Session token expired", RefreshToken, alert false,
        [WebsocketConnect, WebsocketRuntime]:
        "The session token's expiry passed, before the session opened or while it ran."
        "Get a new session token and open a new session; ask for a later `expireAt` if sessions are cut short."
        "Nothing to do. If it happens at once, compare the clocks of the machines."
    SessionTokenInvalid "sessionTokenInvalid", "Session token invalid", FixConfiguration, alert false,
        [SessionToken, WebsocketConnect]:
        "The session token is not one of this server's, or the API key that should get one is wrong."
        "Check that token call and WebSocket go to the same server and that the API key is current; do not retry."
        "Check whether the signing secret changed or the key was deleted: `visavis keys list`."
    AppIDUnrecognized "appIDUnrecognized", "App not recognized", FixConfiguration, alert false,
        [SessionToken, WebsocketConnect]:
        "The app does not exist, or was deleted."
        "Correct the app id."
        "List the apps that exist: `visavis apps list`."
    AppIDMismatch "appIDMismatch", "App mismatch", FixConfiguration, alert false, [WebsocketConnect]:
        "The session token was issued for another app than the one the connection names."
        "Use the app id that belongs to the API key."
        "Nothing to do."
    AvatarNotFound "avatarNotFound", "Avatar not found", FixConfiguration, alert false,
        [WebsocketConnect, WebsocketHandshake]:
        "The avatar does not exist, or belongs to another app."
        "Correct the avatar id; `vera` and `otto` always exist."
        "List the avatars that exist: `visavis avatars list`."
    BillingRequired "billingRequired", "Billing required", TopUp, alert false,
        [SessionToken, WebsocketConnect, WebsocketHandshake]:
        "The app never had credits."
        "Ask the operator for credits."
        "Grant credits (`visavis credits grant APP AMOUNT`), or set `credits.enforced = false`."
    CreditsExhausted "creditsExhausted", "Credits exhausted", TopUp, alert false,
        [WebsocketConnect, WebsocketHandshake, WebsocketRuntime]:
        "The app's credits are used up; one credit is one connected second."
        "Ask the operator for credits; close sessions that nobody uses."
        "Grant credits: `visavis credits grant APP AMOUNT`."
    SessionDurationExceeded "sessionDurationExceeded", "Session duration exceeded", Retry, alert false,
        [WebsocketRuntime]:
        "The session reached the longest duration that the server allows."
        "Open a new session and go on."
        "Raise `sessions.duration_max_s` if sessions should last longer."
    ConcurrencyLimit "concurrencyLimit", "Too many sessions", Alert, alert false,
        [SessionToken, WebsocketHandshake, WebsocketConnect]:
        "The app has as many sessions open as it may have."
        "Close a session before opening the next; do not retry in a loop."
        "Raise `sessions.concurrency_max`, or the app's own limit."
    UnsupportedSampleRate "unsupportedSampleRate", "Unsupported sample rate", FixConfiguration, alert false,
        [WebsocketHandshake]:
        "The session was configured with a sample rate that the server does not take."
        "Use 8000, 16000, 22050, 24000, 32000, 44100 or 48000 Hz."
        "Nothing to do."
    InvalidEgressConfig "invalidEgressConfig", "Invalid egress configuration", FixConfiguration, alert false,
        [WebsocketHandshake, WebsocketRuntime]:
        "The LiveKit or Agora settings of the session are incomplete or refused."
        "Correct the field that the message names."
        "Nothing to do."
    EgressUnavailable "egressUnavailable", "Egress unavailable", Retry, alert false,
        [WebsocketHandshake, WebsocketRuntime]:
        "The server could not publish into the room or channel, or publishing is not set up."
        "Retry with back-off; if the message says that egress is not configured, use animation over the WebSocket."
        "Check that the room's server is reachable from here and that egress is configured."
    IdleTimeout "idleTimeout", "Idle timeout", Retry, alert false, [WebsocketRuntime]:
        "No audio arrived for the idle limit."
        "Open a new session when there is something to say."
        "Raise `sessions.idle_timeout_s` if sessions should wait longer."
    UpstreamError "upstreamError", "Animation unavailable", Retry, alert true,
        [WebsocketHandshake, WebsocketRuntime]:
        "The animation engine failed, or the server is shutting down."
        "Retry with back-off; alert when it recurs."
        "Look for the connection id in the log; check that the machine is not overloaded."
    ProtocolError "protocolError", "Protocol error", Alert, alert true,
        [SessionToken, WebsocketHandshake, WebsocketRuntime]:
        "A frame arrived that the protocol does not allow at that point."
        "Report it with the connection id: the SDK and the server disagree."
        "Check that no proxy rewrites frames and that the SDK version is a supported one."
    ConnectionFailed "connectionFailed", "Connection failed", Retry, alert false,
        [SessionToken, WebsocketConnect, WebsocketHandshake, WebsocketSend]:
        "The server could not be reached: name, network, TLS or time-out."
        "Retry with back-off; check the endpoint URLs."
        "Check that the server listens where its clients look: `/healthz`."
    ConnectionClosed "connectionClosed", "Connection closed", Retry, alert false,
        [WebsocketHandshake, WebsocketRuntime, WebsocketSend]:
        "The connection ended without a reason from the server."
        "Retry with back-off."
        "Look for a crash, a restart or a proxy that closes long connections."
    ServerError "serverError", "Server error", Alert, alert true,
        [SessionToken, WebsocketConnect, WebsocketHandshake, WebsocketRuntime]:
        "The server failed inside."
        "Alert when it recurs, with the connection id or request id."
        "Look for the id in the log: the cause stands there."
    InvalidRequest "invalidRequest", "Invalid request", FixConfiguration, alert false,
        [SessionToken, WebsocketConnect, WebsocketHandshake, WebsocketRuntime]:
        "A parameter or a field of a message is missing or out of range."
        "Correct what the message names."
        "Nothing to do."
    Unknown "unknown", "Unknown error", Alert, alert false, [Unknown]:
        "The other side reported something that has no code."
        "Report it with everything the error holds."
        "Compare the versions of SDK and server."
}

impl Code {
    /// The name on the wire and in every SDK.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The code of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// A few words for a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().title
    }

    /// What a caller should do.
    #[must_use]
    pub const fn advice(self) -> Advice {
        self.row().advice
    }

    /// True when a person should hear of it if it keeps happening.
    #[must_use]
    pub const fn alert_when_recurring(self) -> bool {
        self.row().alert
    }

    /// The phases in which it can occur.
    #[must_use]
    pub const fn phases(self) -> &'static [Phase] {
        self.row().phases
    }

    /// What happened, in one sentence.
    #[must_use]
    pub const fn happened(self) -> &'static str {
        self.row().doc[0]
    }

    /// What the caller does, in one sentence.
    #[must_use]
    pub const fn caller_does(self) -> &'static str {
        self.row().doc[1]
    }

    /// What the operator does, in one sentence.
    #[must_use]
    pub const fn operator_does(self) -> &'static str {
        self.row().doc[2]
    }

    /// True when a fresh session may succeed with nothing changed by the caller.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(self.advice(), Advice::Retry)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const _: () = {
    let mut i = 0;
    while i < Code::ALL.len() {
        assert!(!Code::ALL[i].phases().is_empty());
        let mut j = i + 1;
        while j < Code::ALL.len() {
            assert!(
                !same(Code::ALL[i].name(), Code::ALL[j].name()),
                "two codes share a name"
            );
            j += 1;
        }
        i += 1;
    }
    assert!(Code::UpstreamError.alert_when_recurring());
    assert!(Code::ServerError.alert_when_recurring());
    assert!(Code::ProtocolError.alert_when_recurring());
    assert!(!Code::SessionTokenInvalid.retryable() && !Code::AppIDMismatch.retryable());
};
