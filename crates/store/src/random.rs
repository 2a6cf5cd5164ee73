//! Unguessable names.

use std::fmt::Write as _;

use crate::StoreError;

/// `bytes` random bytes from the operating system, in hex.
pub(crate) fn random_hex<const BYTES: usize>() -> Result<String, StoreError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    Ok(hex(&bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
