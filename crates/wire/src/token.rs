//! Session tokens of the avatar service: JWTs (RFC 7519), HS256, opaque to clients.
//!
//! A token carries the app, the expiry and the [`Dialect`] of the SDK that asked for it. The dialect is readable
//! before the signature is checked, since the refusal of a bad token needs it too; it grants nothing.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use visavis_codes::{Cause, Dialect};

use crate::{AppId, Secret, limits::TOKEN_BYTES_MAX, limits::TOKEN_TTL_S_MAX};

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The app that may open sessions.
    pub app_id: AppId,
    /// The SDK family that asked for the token.
    pub dialect: Dialect,
    /// When it was issued, seconds since 1970.
    pub issued_at: u64,
    /// The first second at which it is no longer good, seconds since 1970.
    pub expires_at: u64,
}

/// A token that was refused, and the dialect to say so in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub cause: Cause,
    /// What the token says of its reader.
    pub dialect: Dialect,
}

/// Signs and checks session tokens.
#[derive(Clone)]
pub struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

#[derive(Serialize, Deserialize)]
struct Payload {
    app_id: String,
    dialect: String,
    iat: u64,
    exp: u64,
}

#[derive(Deserialize)]
struct Peek {
    dialect: Option<String>,
}

impl Signer {
    /// A signer with this secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        let secret = secret.expose().as_bytes();
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// Signs a token.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn mint(&self, claims: &Claims) -> Result<Secret, jsonwebtoken::errors::Error> {
        let payload = Payload {
            app_id: claims.app_id.to_string(),
            dialect: claims.dialect.name().into(),
            iat: claims.issued_at,
            exp: claims.expires_at,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &self.encoding)
            .map(Secret::from)
    }

    /// Checks a token at `now`, seconds since 1970.
    ///
    /// # Errors
    /// [`Cause::TokenUndecodable`], [`Cause::TokenRejected`] or [`Cause::TokenExpired`], in that order.
    pub fn verify(&self, token: &str, now: u64) -> Result<Claims, Refused> {
        let dialect = peek(token).ok_or(Refused {
            cause: Cause::TokenUndecodable,
            dialect: Dialect::TextRule,
        })?;
        let refused = |cause| Refused { cause, dialect };
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        let payload = jsonwebtoken::decode::<Payload>(token, &self.decoding, &validation)
            .map_err(|_| refused(Cause::TokenRejected))?
            .claims;
        let app_id = AppId::new(&payload.app_id).map_err(|_| refused(Cause::TokenRejected))?;
        if payload.exp <= now {
            return Err(refused(Cause::TokenExpired));
        }
        Ok(Claims {
            app_id,
            dialect,
            issued_at: payload.iat,
            expires_at: payload.exp,
        })
    }
}

/// Checks a wished expiry against `now`, both in seconds since 1970.
///
/// # Errors
/// A sentence that names the field, when it is not after `now` or not before `now` + 24 h.
pub fn check_expiry(expire_at: i64, now: u64) -> Result<u64, &'static str> {
    match u64::try_from(expire_at) {
        Ok(expire_at) if expire_at > now && expire_at < now + TOKEN_TTL_S_MAX => Ok(expire_at),
        Ok(expire_at) if expire_at > now => Err("expire_at must be less than 24 hours ahead"),
        _ => Err("expire_at must be in the future"),
    }
}

/// The dialect of a token whose signature was not checked; `None` when it is no JWT at all.
fn peek(token: &str) -> Option<Dialect> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let peek = jsonwebtoken::dangerous::insecure_decode::<Peek>(token)
        .ok()?
        .claims;
    Some(
        peek.dialect
            .as_deref()
            .and_then(Dialect::from_name)
            .unwrap_or(Dialect::TextRule),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn signer(secret: &str) -> Signer {
        Signer::new(&Secret::from(secret))
    }

    fn claims(dialect: Dialect) -> Claims {
        Claims {
            app_id: AppId::new("dev-app").unwrap(),
            dialect,
            issued_at: NOW,
            expires_at: NOW + 60,
        }
    }

    #[test]
    fn a_token_is_good_until_its_expiry() {
        let claims = claims(Dialect::CloseCode);
        let token = signer("s").mint(&claims).unwrap();
        assert_eq!(signer("s").verify(token.expose(), NOW + 59), Ok(claims));
        let expired = Refused {
            cause: Cause::TokenExpired,
            dialect: Dialect::CloseCode,
        };
        assert_eq!(signer("s").verify(token.expose(), NOW + 60), Err(expired));
    }

    #[test]
    fn a_wrong_signature_is_refused_before_the_expiry_and_in_the_token_s_dialect() {
        for dialect in [Dialect::TextRule, Dialect::CloseCode] {
            let token = signer("other").mint(&claims(dialect)).unwrap();
            let rejected = Err(Refused {
                cause: Cause::TokenRejected,
                dialect,
            });
            assert_eq!(signer("s").verify(token.expose(), NOW + 3600), rejected);
        }
    }

    #[test]
    fn what_is_no_token_is_undecodable() {
        let undecodable = Err(Refused {
            cause: Cause::TokenUndecodable,
            dialect: Dialect::TextRule,
        });
        for text in [
            "",
            "garbage",
            "a.b.c",
            "..",
            "eyJ.eyJ.x",
            &"a".repeat(10_000),
        ] {
            assert_eq!(signer("s").verify(text, NOW), undecodable, "{text:.20}");
        }
    }

    #[test]
    fn an_expiry_lies_within_a_day() {
        assert_eq!(check_expiry(NOW as i64 + 1, NOW), Ok(NOW + 1));
        assert_eq!(
            check_expiry(NOW as i64, NOW),
            Err("expire_at must be in the future")
        );
        assert_eq!(
            check_expiry(-1, NOW),
            Err("expire_at must be in the future")
        );
        assert!(check_expiry(NOW as i64 + 86_400, NOW).is_err());
        assert!(check_expiry(i64::MAX, NOW).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,300}") {
            let _ = signer("s").verify(&text, NOW);
        }
    }
}
