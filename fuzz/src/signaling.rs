use std::sync::LazyLock;

use visavis_wire::Secret;
use visavis_wire::signaling::{ClientFrame, Flag, Packed, limits, token};

const NOW_S: u64 = 1_800_000_000;

static TOKEN: LazyLock<(Secret, String)> = LazyLock::new(|| {
    let certificate = Secret::from("a secret");
    let token = token::sign("app", &certificate, "alice", NOW_S + 60);
    (certificate, token.expose().to_owned())
});

/// Reads one frame of a client; what it holds is within the limits.
pub fn signaling_frame(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match ClientFrame::parse(&text) {
        ClientFrame::Login(login) => {
            assert!(login.vid.len() <= limits::APP_ID_BYTES_MAX && login.caps.len() <= 16);
            if let Ok(account) = login.account {
                assert!((1..=limits::NAME_BYTES_MAX).contains(&account.len()));
                assert!(!account.contains(char::is_whitespace), "{account:?}");
            }
        }
        ClientFrame::Call(call) => {
            assert!(call.func.len() <= 64);
            let id: serde_json::Value = serde_json::from_str(call.id.as_json()).expect("JSON");
            assert!(id.is_number() || id.is_string());
        }
        ClientFrame::Ping(n) => {
            let n: serde_json::Value = serde_json::from_str(&n).expect("JSON");
            assert!(n.is_number() || n.is_null());
        }
        ClientFrame::LineLogin | ClientFrame::SetFlag { .. } | ClientFrame::Unknown => {}
    }
}

/// Reads a packed message and a flag; what was understood is written as it was read.
pub fn signaling_packed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(packed) = Packed::parse(&text) {
        let again = packed.to_string();
        // Only the time can have been written in another way, with zeros or a sign in front.
        assert_eq!(Packed::parse(&again), Some(packed));
        assert!(again.len() <= text.len());
    }
    if let Some(flag) = Flag::parse(&text) {
        assert!(flag.ttl_s <= limits::MESSAGE_TTL_S_MAX);
        assert_eq!(Flag::parse(&flag.to_string()), Some(flag));
    }
}

/// Checks a text as a token, and a good token with some of its bytes changed: only what was signed is good.
pub fn signaling_token(bytes: &[u8]) {
    let (_, good) = &*TOKEN;
    check(&String::from_utf8_lossy(bytes));
    let mut changed = good.clone().into_bytes();
    for change in bytes.chunks_exact(2).take(3) {
        let at = usize::from(change[0]) % changed.len();
        changed[at] = change[1];
    }
    check(&String::from_utf8_lossy(&changed));
}

fn check(text: &str) {
    let (certificate, good) = &*TOKEN;
    if let Ok(expires_s) = token::check(text, "app", certificate, "alice", NOW_S) {
        assert!(text == good && expires_s == NOW_S + 60, "{text}");
    }
}
