const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// Bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| digits(*byte))
        .map(char::from)
        .collect()
}

/// Whether a text is what [`hex`] makes of the bytes.
#[must_use]
pub fn is_hex_of(text: &str, bytes: &[u8]) -> bool {
    text.len() == 2 * bytes.len() && text.bytes().eq(bytes.iter().flat_map(|byte| digits(*byte)))
}

fn digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_two_digits_each() {
        assert_eq!(hex(&[0, 0x7f, 0xa0, 0xff]), "007fa0ff");
        assert!(is_hex_of("007f", &[0, 0x7f]));
        for text in ["", "007", "007F", "007e", "007f00"] {
            assert!(!is_hex_of(text, &[0, 0x7f]), "{text}");
        }
    }
}
