use visavis_codes::{Code, close};

use super::Evidence;

/// True for the numbers whose meaning this protocol fixes.
pub(super) const fn is_ours(code: u16) -> bool {
    4000 <= code && code <= 4999
}

/// The 4xxx number there is, as a `ServerError` code or as a close code.
pub(super) fn number(evidence: &Evidence<'_>) -> Option<u16> {
    evidence
        .server_code
        .parse()
        .ok()
        .filter(|code| is_ours(*code))
        .or_else(|| evidence.close_code.filter(|code| is_ours(*code)))
}

/// The code of a close code.
pub(super) fn code(number: u16, text: &str) -> Code {
    match number {
        close::CREDITS_EXHAUSTED => Code::CreditsExhausted,
        close::SESSION_TIMEOUT => Code::SessionDurationExceeded,
        close::CONCURRENCY_LIMIT => Code::ConcurrencyLimit,
        // 4010 stands for both; the text, if there is one, tells which.
        close::AUTH_FAILED if text.to_lowercase().contains("expired") => Code::SessionTokenExpired,
        close::AUTH_FAILED => Code::SessionTokenInvalid,
        close::UPSTREAM_UNAVAILABLE => Code::UpstreamError,
        _ => Code::ConnectionClosed,
    }
}
