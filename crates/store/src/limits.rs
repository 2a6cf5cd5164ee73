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
