//! Whether a session's egress settings can be right, before anything is dialled.

use visavis_codes::{Cause, Failure};
use visavis_wire::LiveKitClaims;
use visavis_wire::limits::{EXTRA_ENTRIES_MAX, TEXT_BYTES_MAX};
use visavis_wire::proto::{self, ClientConfigureSession, EgressType};

/// Checks the egress settings; publishing itself is not part of this server yet.
pub(crate) fn check(message: &ClientConfigureSession, now_unix: u64) -> Result<(), Failure> {
    let refused = |what: &str| Err(Failure::about(Cause::EgressConfigRefused, what));
    if message.livekit_egress.is_some() && message.agora_egress.is_some() {
        return refused("livekit_egress and agora_egress are both set; one session has one egress");
    }
    match (
        EgressType::try_from(message.egress_type),
        &message.livekit_egress,
        &message.agora_egress,
    ) {
        (Ok(EgressType::Unspecified), None, None) => Ok(()),
        (Ok(EgressType::Unspecified), Some(_), _) => {
            refused("livekit_egress is set, but egress_type is not LIVEKIT")
        }
        (Ok(EgressType::Unspecified), _, Some(_)) => {
            refused("agora_egress is set, but egress_type is not AGORA")
        }
        (Ok(EgressType::Livekit), Some(livekit), _) => {
            check_livekit(livekit)?;
            check_livekit_token(livekit, now_unix)?;
            Err(Cause::EgressNotConfigured.into())
        }
        (Ok(EgressType::Livekit), None, _) => {
            refused("livekit_egress is missing, but egress_type is LIVEKIT")
        }
        (Ok(EgressType::Agora), _, Some(agora)) => {
            check_agora(agora)?;
            Err(Cause::EgressNotConfigured.into())
        }
        (Ok(EgressType::Agora), _, None) => {
            refused("agora_egress is missing, but egress_type is AGORA")
        }
        (Err(_), _, _) => refused("egress_type is not known"),
    }
}

fn check_livekit(livekit: &proto::LiveKitEgressConfig) -> Result<(), Failure> {
    let refused = |what: String| {
        Err(Failure::about(
            Cause::EgressConfigRefused,
            &format!("livekit_egress.{what}"),
        ))
    };
    let fields = [
        ("url", &livekit.url),
        ("room_name", &livekit.room_name),
        ("publisher_id", &livekit.publisher_id),
    ];
    if let Some((name, _)) = fields.iter().find(|(_, text)| text.is_empty()) {
        return refused(format!("{name} is empty"));
    }
    let scheme_and_rest = livekit.url.split_once("://");
    let Some((scheme, rest)) = scheme_and_rest else {
        return refused("url has no scheme".into());
    };
    if !["ws", "wss", "http", "https"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return refused("url must begin with wss://, ws://, https:// or http://".into());
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.starts_with(':') {
        return refused("url has no host".into());
    }
    if authority.contains('@') {
        return refused("url must not contain credentials".into());
    }
    #[expect(deprecated, reason = "older SDKs send key and secret")]
    let (key, secret) = (&livekit.api_key, &livekit.api_secret);
    let credentials = [
        ("api_token", &livekit.api_token),
        ("api_key", key),
        ("api_secret", secret),
    ];
    if let Some((name, _)) = fields
        .iter()
        .chain(&credentials)
        .find(|(_, text)| text.len() > TEXT_BYTES_MAX)
    {
        return refused(format!("{name} is longer than {TEXT_BYTES_MAX} bytes"));
    }
    if livekit.api_token.is_empty() && (key.is_empty() || secret.is_empty()) {
        return refused(
            "api_token: missing livekit credentials, provide api_token or both api_key and api_secret".into(),
        );
    }
    if livekit.extra_attributes.len() > EXTRA_ENTRIES_MAX {
        return refused(format!(
            "extra_attributes has more than {EXTRA_ENTRIES_MAX} entries"
        ));
    }
    if livekit
        .extra_attributes
        .iter()
        .any(|(key, value)| key.len().max(value.len()) > TEXT_BYTES_MAX)
    {
        return refused(format!(
            "extra_attributes has an entry longer than {TEXT_BYTES_MAX} bytes"
        ));
    }
    if livekit.idle_timeout < 0 {
        return refused("idle_timeout is negative".into());
    }
    Ok(())
}

fn check_agora(agora: &proto::AgoraEgressConfig) -> Result<(), Failure> {
    let refused = |what: &str| {
        Err(Failure::about(
            Cause::EgressConfigRefused,
            &format!("agora_egress.{what}"),
        ))
    };
    if agora.channel_name.is_empty() {
        return refused("channel_name is empty");
    }
    if agora.channel_name.len() > 64 {
        return refused("channel_name is longer than 64 bytes");
    }
    let fields = [
        ("token", &agora.token),
        ("publisher_id", &agora.publisher_id),
    ];
    let long = fields.iter().find(|(_, text)| text.len() > TEXT_BYTES_MAX);
    long.map_or(Ok(()), |(name, _)| {
        refused(&format!("{name} is longer than {TEXT_BYTES_MAX} bytes"))
    })
}

/// Reads the token's own claims: the room's server would refuse what is refused here, only later.
fn check_livekit_token(livekit: &proto::LiveKitEgressConfig, now_unix: u64) -> Result<(), Failure> {
    if livekit.api_token.is_empty() {
        return Ok(());
    }
    let unauthorized = |what| {
        let subject = format!("livekit_egress.api_token {what}");
        Err(Failure::about(Cause::EgressTokenRefused, &subject))
    };
    let refused = |what| {
        Err(Failure::about(
            Cause::EgressConfigRefused,
            &format!("livekit_egress.{what}"),
        ))
    };
    let Some(claims) = LiveKitClaims::read(&livekit.api_token) else {
        return unauthorized("is no LiveKit access token");
    };
    if claims.expires_at <= now_unix {
        return unauthorized("has expired");
    }
    let Some(room) = claims.room else {
        return unauthorized("lacks the grant roomJoin");
    };
    if !claims.publishes {
        return unauthorized("may not publish camera, microphone and data");
    }
    if room != livekit.room_name {
        return refused("room_name is not the room of api_token");
    }
    if claims.identity != livekit.publisher_id {
        return refused("publisher_id is not the identity of api_token");
    }
    Ok(())
}
