use visavis_codes::{Code, Phase};

use super::Evidence;

/// The code that an HTTP status stands for, at the point where it came.
pub(super) fn code(evidence: &Evidence<'_>) -> Option<Code> {
    Some(match (evidence.phase, evidence.http_status?) {
        // 402 is a rule of the text table. A token call names an API key and nothing else.
        (Phase::SessionToken, 401) => Code::SessionTokenInvalid,
        (Phase::SessionToken, 403 | 404) => Code::AppIDUnrecognized,
        (Phase::SessionToken, 200) => unnamed(evidence.server_code),
        (Phase::WebsocketConnect, 401) => Code::SessionTokenExpired,
        (Phase::WebsocketConnect, 400 | 403) => Code::SessionTokenInvalid,
        (Phase::WebsocketConnect, 404) => Code::AppIDUnrecognized,
        (_, 429) => Code::ConcurrencyLimit,
        (_, 400..=499) => Code::InvalidRequest,
        (_, 500..) => Code::ServerError,
        _ => return None,
    })
}

/// A success that holds `errors[0]` without a status: its code alone speaks.
fn unnamed(server_code: &str) -> Code {
    match server_code {
        "16" | "UNAUTHENTICATED" => Code::SessionTokenInvalid,
        "" => Code::Unknown,
        _ => Code::ServerError,
    }
}
