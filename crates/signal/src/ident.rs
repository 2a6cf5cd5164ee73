use sha2::{Digest as _, Sha256};
use visavis_wire::hex;

/// Makes what must not be guessed, and what must never come twice.
#[derive(Debug)]
pub(crate) struct Ident {
    seed: [u8; 32],
    lines: u64,
    /// Tells the messages of this hub from those of every other, before and after.
    epoch: Box<str>,
    messages: u64,
}

impl Ident {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        let epoch = hash(&[b"messages", &seed]);
        Self {
            epoch: hex(&epoch[..8]).into(),
            seed,
            lines: 0,
            messages: 0,
        }
    }

    /// A new line.
    pub(crate) fn line(&mut self) -> [u8; 16] {
        self.lines += 1;
        let hash = hash(&[b"lines", &self.seed, &self.lines.to_be_bytes()]);
        let mut line = [0; 16];
        line.copy_from_slice(&hash[..16]);
        line
    }

    /// The id of a new message and its number among those of this hub.
    pub(crate) fn message(&mut self) -> (String, u64) {
        self.messages += 1;
        (format!("{}-{}", self.epoch, self.messages), self.messages)
    }

    /// The number of a message of this hub.
    pub(crate) fn number(&self, msgid: &str) -> Option<u64> {
        let (epoch, number) = msgid.split_once('-')?;
        (*epoch == *self.epoch).then(|| number.parse().ok())?
    }
}

/// The number of an account: positive, 31 bits, always the same.
pub(crate) fn uid(app: &str, account: &str) -> u32 {
    let hash = hash(&[app.as_bytes(), &[0], account.as_bytes()]);
    let uid = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) & 0x7fff_ffff;
    uid.max(1)
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part);
    }
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_differ_and_uids_do_not() {
        let mut ident = Ident::new([7; 32]);
        assert_ne!(ident.line(), ident.line());
        assert_eq!(uid("app", "alice"), uid("app", "alice"));
        assert_ne!(uid("app", "alice"), uid("bpp", "alice"));
        assert!((1..=0x7fff_ffff).contains(&uid("a", "b")));
    }

    #[test]
    fn only_messages_of_this_hub_have_a_number() {
        let mut ident = Ident::new([7; 32]);
        ident.message();
        let (msgid, number) = ident.message();
        assert_eq!(ident.number(&msgid), Some(number));
        assert_eq!(Ident::new([8; 32]).number(&msgid), None);
    }
}
