use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use visavis_store::Secret;

/// What marks a secret of this scheme.
const PREFIX: &str = "whsec_";
/// Random bytes in a secret; the scheme wants 24 to 64.
const SECRET_BYTES: usize = 32;

/// A new secret to sign deliveries with; `None` when the machine has no randomness.
pub(crate) fn new_secret() -> Option<Secret> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{PREFIX}{}", BASE64.encode(bytes)).into())
}

/// The `webhook-signature` of a delivery; `None` when the secret is not one of this scheme.
pub(super) fn sign(secret: &Secret, id: &str, timestamp_s: u64, body: &str) -> Option<String> {
    let key = BASE64
        .decode(secret.expose().strip_prefix(PREFIX)?)
        .ok()
        .filter(|key| !key.is_empty())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp_s}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the libraries of the scheme are tested with.
    #[test]
    fn the_published_vector_is_made_exactly() {
        let secret = Secret::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signature = sign(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn secrets_are_made_in_the_form_of_the_scheme_and_differ() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert!(one.expose().starts_with("whsec_"));
        assert!(sign(&one, "id", 0, "").is_some());
        assert_ne!(sign(&one, "id", 0, ""), sign(&other, "id", 0, ""));
        for wrong in ["", "whsec_", "whsec_?", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(sign(&wrong.into(), "id", 0, ""), None, "{wrong}");
        }
    }
}
