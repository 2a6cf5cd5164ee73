//! How much of anything the store takes.

use crate::StoreError;

/// Characters in an app's or avatar's name: a line in a list.
pub const NAME_CHARS_MAX: usize = 100;
/// Characters in an avatar's description or remark, and in a grant's note: a paragraph.
pub const TEXT_CHARS_MAX: usize = 1000;
/// Bytes in a cover URL: what browsers and proxies agree on.
pub const URL_BYTES_MAX: usize = 2048;
/// Bytes in an id that the caller chooses.
pub const ID_BYTES_MAX: usize = 64;
/// Bytes in an API key; longer ones are unknown without being hashed.
pub const KEY_BYTES_MAX: usize = 256;
/// API keys of one app: enough for rotation in every environment.
pub const KEYS_PER_APP_MAX: u32 = 100;
/// Rows in one page of any list.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Rows in a page when the caller does not say.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// Credits in one ledger row: 30,000 connected years, and far from overflowing any sum.
pub const AMOUNT_CREDITS_MAX: i64 = 1_000_000_000_000;
/// Bytes in a signaling certificate or webhook secret: several times what anyone generates.
pub const SECRET_BYTES_MAX: usize = 256;
/// Accounts that one app may block: an operator's list, read at every start.
pub const BLOCKED_ACCOUNTS_MAX: usize = 1000;
/// Kinds of events that one webhook may ask for: more than there are.
pub const WEBHOOK_EVENTS_MAX: usize = 32;
/// Bytes in a name within signaling: accounts, channels, attributes, ids. Far above what the service accepts,
/// so that here it only stops what slipped through there.
pub const SIGNAL_NAME_BYTES_MAX: usize = 1024;
/// Bytes in a text within signaling: messages, values, states, events. Far above, for the same reason.
pub const SIGNAL_TEXT_BYTES_MAX: usize = 256 * 1024;
/// Writes in one commit: it holds the one writer that sessions reserve their credits with.
pub const SIGNAL_COMMIT_WRITES_MAX: usize = 10_000;
/// Attributes of one user: nobody else sees or deletes them, so nothing else would stop them.
pub const USER_ATTRIBUTES_MAX: usize = 100;
/// How long a message that is sent again is known, in milliseconds: longer than a client goes on trying.
pub const DEDUPE_WINDOW_MS: u64 = 5 * 60 * 1000;
/// Webhook deliveries of one app that may wait; beyond it the oldest is dropped and counted. A receiver that
/// is down for long gets the newest ones.
pub const WEBHOOK_WAITING_MAX: u32 = 10_000;
/// Rows that one step of the sweep deletes: a few milliseconds, then others get their turn.
pub const SWEEP_STEP_ROWS: u32 = 500;

pub(crate) fn check_name(field: &str, text: &str) -> Result<(), StoreError> {
    if text.trim().is_empty() {
        return Err(StoreError::Invalid(format!("{field} must not be empty")));
    }
    check_chars(field, text, NAME_CHARS_MAX)?;
    if text.chars().any(char::is_control) {
        return Err(StoreError::Invalid(format!(
            "{field} must not contain control characters"
        )));
    }
    Ok(())
}

pub(crate) fn check_text(field: &str, text: &str) -> Result<(), StoreError> {
    check_chars(field, text, TEXT_CHARS_MAX)
}

pub(crate) fn check_url(field: &str, url: &str) -> Result<(), StoreError> {
    let known_scheme = url.starts_with("https://") || url.starts_with("http://");
    if url.is_empty()
        || known_scheme
            && url.len() <= URL_BYTES_MAX
            && !url.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Ok(());
    }
    Err(StoreError::Invalid(format!(
        "{field} must be empty or an http:// or https:// URL of at most {URL_BYTES_MAX} bytes"
    )))
}

/// Ids that callers choose stand in URLs and logs, and never look like a fault (`fault:CODE`).
pub(crate) fn check_id(field: &str, id: &str) -> Result<(), StoreError> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    if !id.is_empty() && id.len() <= ID_BYTES_MAX && id.bytes().all(plain) {
        return Ok(());
    }
    Err(StoreError::Invalid(format!(
        "{field} must be 1 to {ID_BYTES_MAX} letters, digits, '-' or '_'"
    )))
}

/// Secrets travel in headers and configuration files.
pub(crate) fn check_secret(field: &str, secret: &str) -> Result<(), StoreError> {
    let graphic = secret.bytes().all(|byte| byte.is_ascii_graphic());
    if !secret.is_empty() && secret.len() <= SECRET_BYTES_MAX && graphic {
        return Ok(());
    }
    Err(StoreError::Invalid(format!(
        "{field} must be 1 to {SECRET_BYTES_MAX} printable ASCII characters without spaces"
    )))
}

pub(crate) fn check_amount(amount: i64) -> Result<(), StoreError> {
    if (1..=AMOUNT_CREDITS_MAX).contains(&amount) {
        return Ok(());
    }
    Err(StoreError::Invalid(format!(
        "amount must be a whole number of credits between 1 and {AMOUNT_CREDITS_MAX}"
    )))
}

fn check_chars(field: &str, text: &str, max: usize) -> Result<(), StoreError> {
    if text.chars().count() <= max {
        return Ok(());
    }
    Err(StoreError::Invalid(format!(
        "{field} must be at most {max} characters"
    )))
}
