use visavis_codes::{Code, Phase};

use super::Evidence;

/// Wordings of the published contract, in their order; the text is compared in lower case.
///
/// Wordings about egress say nothing before the WebSocket is open.
const WORDINGS: &[(Scope, Code, &[&str])] = {
    use Code::*;
    use Scope::*;
    &[
        (
            Anywhere,
            SessionTokenInvalid,
            &["invalid session token", "empty token"],
        ),
        (
            Anywhere,
            SessionTokenExpired,
            &["token is expired", "session token expired"],
        ),
        (Anywhere, AppIDMismatch, &["app id mismatch"]),
        (
            Anywhere,
            AppIDUnrecognized,
            &["appidunrecognized", "app id unrecognized"],
        ),
        (Anywhere, AvatarNotFound, &["avatar not found"]),
        (
            Anywhere,
            UnsupportedSampleRate,
            &["unsupported sample rate"],
        ),
        (
            Anywhere,
            IdleTimeout,
            &["livekit silence timeout", "no audio input for"],
        ),
        (
            Session,
            InvalidEgressConfig,
            &["livekit_egress", "agora_egress"],
        ),
        (
            Session,
            InvalidEgressConfig,
            &[
                "missing livekit credentials",
                "provide api_token or both api_key and api_secret",
                "unauthorized",
            ],
        ),
        (
            Session,
            EgressUnavailable,
            &[
                "egress client is not configured on server",
                "failed to create egress connection",
            ],
        ),
        (
            Anywhere,
            UpstreamError,
            &[
                "driven server returned non-200 status code",
                "driven server request failed",
            ],
        ),
        (
            Anywhere,
            ProtocolError,
            &[
                "expected clientconfiguresession message",
                "clientconfiguresession message is nil",
                "unexpected message type",
                "failed to unmarshal initial message",
                "expected binary protobuf message",
                "invalid protobuf payload",
            ],
        ),
    ]
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Anywhere,
    /// Only on an open WebSocket.
    Session,
}

/// The code that server code and wording name.
pub(super) fn code(evidence: &Evidence<'_>) -> Option<Code> {
    let text = [evidence.server_code, evidence.title, evidence.detail]
        .join(" | ")
        .to_lowercase();
    let any = |needles: &[&str]| needles.iter().any(|needle| text.contains(needle));
    let scope = match evidence.phase {
        Phase::SessionToken | Phase::WebsocketConnect => Scope::Anywhere,
        _ => Scope::Session,
    };
    let session = scope == Scope::Session;
    match evidence.server_code {
        "3" | "INVALID_ARGUMENT" if session && any(&["livekit", "agora", "egress"]) => {
            return Some(Code::InvalidEgressConfig);
        }
        "3" | "INVALID_ARGUMENT" => return Some(Code::InvalidRequest),
        "16" | "UNAUTHENTICATED" if session => return Some(Code::InvalidEgressConfig),
        "14" | "UNAVAILABLE" if session => return Some(Code::EgressUnavailable),
        "4001" => return Some(Code::CreditsExhausted),
        "4002" => return Some(Code::SessionDurationExceeded),
        _ => {}
    }
    if any(&["credits exhausted"]) {
        return Some(Code::CreditsExhausted);
    }
    if any(&["session time limit reached", "maximum session duration"]) {
        return Some(Code::SessionDurationExceeded);
    }
    if any(&["session denied"]) || evidence.http_status == Some(402) {
        return Some(Code::BillingRequired);
    }
    WORDINGS
        .iter()
        .find(|(needed, _, needles)| (*needed == Scope::Anywhere || session) && any(needles))
        .map(|(_, code, _)| *code)
}
