use std::sync::LazyLock;

use visavis_codes::{Cause, Dialect};
use visavis_wire::token::{Claims, Signer, check_expiry};
use visavis_wire::{AppId, Secret};

const NOW: u64 = 1_800_000_000;

static SIGNER: LazyLock<(Signer, String)> = LazyLock::new(|| {
    let signer = Signer::new(&Secret::from("a secret"));
    let claims = Claims {
        app_id: AppId::new("app").expect("an id"),
        dialect: Dialect::CloseCode,
        issued_at: NOW,
        expires_at: NOW + 60,
    };
    let token = signer.mint(&claims).expect("a token").expose().to_owned();
    (signer, token)
});

/// Checks a text as a token, and a good token with some of its bytes changed: only what was signed is good.
pub fn session_token(bytes: &[u8]) {
    let (signer, good) = &*SIGNER;
    check(signer, good, &String::from_utf8_lossy(bytes));
    let mut changed = good.clone().into_bytes();
    for change in bytes.chunks_exact(2).take(3) {
        let at = usize::from(change[0]) % changed.len();
        changed[at] = change[1];
    }
    check(signer, good, &String::from_utf8_lossy(&changed));

    if let Some((wish, _)) = bytes.split_first_chunk() {
        let wish = i64::from_le_bytes(*wish);
        let fine = check_expiry(wish, NOW).is_ok();
        assert_eq!(
            fine,
            wish > NOW as i64 && wish < NOW as i64 + 86_400,
            "{wish}"
        );
    }
}

fn check(signer: &Signer, good: &str, text: &str) {
    match signer.verify(text, NOW) {
        Ok(claims) => assert!(text == good && claims.app_id.as_str() == "app", "{text}"),
        Err(refused) => assert!(matches!(
            refused.cause,
            Cause::TokenUndecodable | Cause::TokenRejected
        )),
    }
}
