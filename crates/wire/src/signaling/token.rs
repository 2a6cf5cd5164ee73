//! Tokens of a login: `1:APPID:EXPIRY:MD5`, the MD5 over account, app id, certificate and expiry.
//!
//! MD5 is what the published protocol says. The certificate stands in the middle of the hashed text,
//! so that extending a token does not forge one.
//!
//! ```
//! use visavis_wire::{Secret, signaling::token};
//!
//! let certificate = Secret::from("5cfd2fd1755d40ecb72977518be15d3b".to_owned());
//! let token = token::sign("970ca35de60c44645bbae8a215061b33", &certificate, "TestAccount", 1446455471);
//! assert_eq!(
//!     token.expose(),
//!     "1:970ca35de60c44645bbae8a215061b33:1446455471:4815d52c4fd440bac35b981c12798774"
//! );
//! ```

use md5::{Digest as _, Md5};
use visavis_codes::signaling::Cause;

use crate::{Secret, hex};

/// What a client sends when the app allows logins without a token.
pub const NOT_NEEDED: &str = "_no_need_token";

/// Makes the token of an account, good until `expires_s` (Unix seconds).
#[must_use]
pub fn sign(app_id: &str, certificate: &Secret, account: &str, expires_s: u64) -> Secret {
    let expires = expires_s.to_string();
    let sum = signature(account, app_id, certificate, &expires);
    Secret::from(format!("1:{app_id}:{expires}:{sum}"))
}

/// Checks a token and gives its expiry in Unix seconds.
///
/// # Errors
/// The first that applies of [`Cause::TokenRequired`], [`Cause::TokenFormat`], [`Cause::TokenVersion`],
/// [`Cause::TokenAppId`], [`Cause::TokenSignature`] and [`Cause::TokenExpired`].
pub fn check(
    token: &str,
    app_id: &str,
    certificate: &Secret,
    account: &str,
    now_s: u64,
) -> Result<u64, Cause> {
    if token.is_empty() || token == NOT_NEEDED {
        return Err(Cause::TokenRequired);
    }
    let parts: Vec<&str> = token.splitn(5, ':').collect();
    let [version, app, expires, sum] = parts[..] else {
        return Err(Cause::TokenFormat);
    };
    if version != "1" {
        return Err(Cause::TokenVersion);
    }
    if app != app_id {
        return Err(Cause::TokenAppId);
    }
    if !same(&signature(account, app_id, certificate, expires), sum) {
        return Err(Cause::TokenSignature);
    }
    match expires.parse::<u64>() {
        Ok(expires_s) if expires_s >= now_s => Ok(expires_s),
        Ok(_) => Err(Cause::TokenExpired),
        Err(_) => Err(Cause::TokenFormat),
    }
}

fn signature(account: &str, app_id: &str, certificate: &Secret, expires: &str) -> String {
    let mut md5 = Md5::new();
    for part in [account, app_id, certificate.expose(), expires] {
        md5.update(part);
    }
    hex(&md5.finalize())
}

/// Compares in a time that does not depend on where the texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "970CA35de60c44645bbae8a215061b33";

    fn certificate() -> Secret {
        Secret::from("5CFd2fd1755d40ecb72977518be15d3b".to_owned())
    }

    #[test]
    fn the_published_vectors_are_made_exactly() {
        for (account, expires, sum) in [
            (
                "2882341273",
                1_514_219_634,
                "82539e1f3973bcfe3f0d0c8993e6c051",
            ),
            ("user", 600, "8d4e710823888475bd41bdca4ad9d792"),
            ("ünï", 4_102_444_800, "92dc472f2664b213586877d300f54ade"),
        ] {
            let token = sign(APP, &certificate(), account, expires);
            assert_eq!(token.expose(), format!("1:{APP}:{expires}:{sum}"));
            assert_eq!(
                check(token.expose(), APP, &certificate(), account, expires),
                Ok(expires)
            );
        }
    }

    #[test]
    fn each_wrong_token_has_its_reason() {
        let good = sign(APP, &certificate(), "user", 600);
        let good = good.expose();
        let sum = &good[good.len() - 32..];
        for (token, cause) in [
            ("", Cause::TokenRequired),
            (NOT_NEEDED, Cause::TokenRequired),
            ("1:2:3", Cause::TokenFormat),
            (&format!("{good}:x"), Cause::TokenFormat),
            (&format!("2:{APP}:600:{sum}"), Cause::TokenVersion),
            (
                &format!("1:{}:600:{sum}", APP.to_lowercase()),
                Cause::TokenAppId,
            ),
            (&format!("1:{APP}:601:{sum}"), Cause::TokenSignature),
            (&good[..good.len() - 1], Cause::TokenSignature),
            ("006970CA35de60c44645bbae8a215061b33IAC", Cause::TokenFormat),
        ] {
            assert_eq!(
                check(token, APP, &certificate(), "user", 0),
                Err(cause),
                "{token}"
            );
        }
        assert_eq!(
            check(good, APP, &certificate(), "user", 601),
            Err(Cause::TokenExpired)
        );
        assert_eq!(
            check(good, APP, &certificate(), "User", 0),
            Err(Cause::TokenSignature)
        );
    }

    #[test]
    fn a_changed_byte_anywhere_is_refused() {
        let good = sign(APP, &certificate(), "user", 600);
        for at in 0..good.expose().len() {
            let mut bytes = good.expose().as_bytes().to_vec();
            bytes[at] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            let refused = check(&changed, APP, &certificate(), "user", 0).unwrap_err();
            assert_eq!(
                refused
                    .code(visavis_codes::signaling::Family::Login)
                    .number(),
                206,
                "{changed}"
            );
        }
    }
}
