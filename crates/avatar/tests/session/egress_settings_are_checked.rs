use expect_test::{Expect, expect};
use visavis_wire::proto::{AgoraEgressConfig, ClientConfigureSession, LiveKitEgressConfig};

use crate::pair::{check_failure, pcm, said};

/// A token as LiveKit agents mint them: identity `avatar`, room `room`, good until 2096; nobody checks its signature.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjQwMDAwMDAwMDAsInN1YiI6ImF2YXRhciIsInZpZGVvIjp7InJvb21Kb2luIjp0cnVlLCJyb29tIjoicm9vbSIsImNhblB1Ymxpc2hEYXRhIjp0cnVlLCJjYW5QdWJsaXNoU291cmNlcyI6WyJjYW1lcmEiLCJtaWNyb3Bob25lIl19fQ.c2lnbmF0dXJl";

fn livekit() -> LiveKitEgressConfig {
    LiveKitEgressConfig {
        url: "wss://rooms.example".into(),
        room_name: "room".into(),
        publisher_id: "avatar".into(),
        api_token: TOKEN.into(),
        ..Default::default()
    }
}

fn agora() -> AgoraEgressConfig {
    AgoraEgressConfig {
        channel_name: "channel".into(),
        ..Default::default()
    }
}

fn check_livekit(change: impl Fn(&mut LiveKitEgressConfig), expect: Expect) {
    let mut config = livekit();
    change(&mut config);
    check(1, Some(config), None, expect);
}

fn check_agora(change: impl Fn(&mut AgoraEgressConfig), expect: Expect) {
    let mut config = agora();
    change(&mut config);
    check(2, None, Some(config), expect);
}

fn check(
    egress_type: i32,
    livekit_egress: Option<LiveKitEgressConfig>,
    agora_egress: Option<AgoraEgressConfig>,
    expect: Expect,
) {
    let configure = ClientConfigureSession {
        egress_type,
        livekit_egress,
        agora_egress,
        ..pcm(16_000)
    };
    check_failure(|pair| pair.configure(configure.clone()), expect);
}

#[test]
fn e18_publishing_is_not_set_up() {
    check_livekit(
        |_| {},
        expect![[r#"
        send error 14 "egress client is not configured on server"
        egressUnavailable websocket_handshake "Egress unavailable" retryable true after 0 ms, /errors/egressUnavailable
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.url = "HTTPS://[::1]:7880/x".into(),
        expect![[r#"
            send error 14 "egress client is not configured on server"
            egressUnavailable websocket_handshake "Egress unavailable" retryable true after 0 ms, /errors/egressUnavailable
            close 1000 | 1000
        "#]],
    );
    check_agora(
        |_| {},
        expect![[r#"
        send error 14 "egress client is not configured on server"
        egressUnavailable websocket_handshake "Egress unavailable" retryable true after 0 ms, /errors/egressUnavailable
        close 1000 | 1000
    "#]],
    );
}

#[test]
fn e16_kind_and_settings_must_agree() {
    check(
        1,
        None,
        None,
        expect![[r#"
        send error 3 "livekit_egress is missing, but egress_type is LIVEKIT"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check(
        2,
        None,
        None,
        expect![[r#"
        send error 3 "agora_egress is missing, but egress_type is AGORA"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check(
        1,
        Some(livekit()),
        Some(agora()),
        expect![[r#"
        send error 3 "livekit_egress and agora_egress are both set; one session has one egress"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check(
        1,
        None,
        Some(agora()),
        expect![[r#"
        send error 3 "livekit_egress is missing, but egress_type is LIVEKIT"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check(
        2,
        Some(livekit()),
        None,
        expect![[r#"
        send error 3 "agora_egress is missing, but egress_type is AGORA"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check(
        0,
        Some(livekit()),
        None,
        expect![[r#"
        send error 3 "livekit_egress is set, but egress_type is not LIVEKIT"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check(
        0,
        None,
        Some(agora()),
        expect![[r#"
        send error 3 "agora_egress is set, but egress_type is not AGORA"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check(
        3,
        None,
        None,
        expect![[r#"
        send error 3 "egress_type is not known"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
}

#[test]
fn e16_a_livekit_field_is_missing_or_wrong() {
    check_livekit(
        |livekit| livekit.url.clear(),
        expect![[r#"
        send error 3 "livekit_egress.url is empty"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.room_name.clear(),
        expect![[r#"
        send error 3 "livekit_egress.room_name is empty"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.publisher_id.clear(),
        expect![[r#"
        send error 3 "livekit_egress.publisher_id is empty"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.url = "rooms".into(),
        expect![[r#"
        send error 3 "livekit_egress.url has no scheme"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.url = "ftp://rooms".into(),
        expect![[r#"
        send error 3 "livekit_egress.url must begin with wss://, ws://, https:// or http://"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.url = "wss:///room".into(),
        expect![[r#"
        send error 3 "livekit_egress.url has no host"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.url = "wss://:7880".into(),
        expect![[r#"
        send error 3 "livekit_egress.url has no host"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.url = "wss://me:secret@rooms".into(),
        expect![[r#"
            send error 3 "livekit_egress.url must not contain credentials"
            invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
            close 1000 | 1000
        "#]],
    );
    check_livekit(
        |livekit| livekit.idle_timeout = -1,
        expect![[r#"
        send error 3 "livekit_egress.idle_timeout is negative"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| livekit.room_name = "x".repeat(4097),
        expect![[r#"
            send error 3 "livekit_egress.room_name is longer than 4096 bytes"
            invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
            close 1000 | 1000
        "#]],
    );
    check_livekit(
        |livekit| {
            livekit.extra_attributes = [("k".to_owned(), "v".repeat(4097))].into();
        },
        expect![[r#"
            send error 3 "livekit_egress.extra_attributes has an entry longer than 4096 bytes"
            invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
            close 1000 | 1000
        "#]],
    );
    check_livekit(
        |livekit| {
            livekit.extra_attributes = (0..65).map(|n| (n.to_string(), String::new())).collect();
        },
        expect![[r#"
            send error 3 "livekit_egress.extra_attributes has more than 64 entries"
            invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
            close 1000 | 1000
        "#]],
    );
}

#[test]
#[expect(deprecated, reason = "older SDKs send key and secret")]
fn e16_a_livekit_token_or_both_key_and_secret() {
    check_livekit(
        |livekit| livekit.api_token.clear(),
        expect![[r#"
        send error 3 "livekit_egress.api_token: missing livekit credentials, provide api_token or both api_key and api_secret"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_livekit(
        |livekit| {
            livekit.api_token.clear();
            livekit.api_key = "key".into();
        },
        expect![[r#"
            send error 3 "livekit_egress.api_token: missing livekit credentials, provide api_token or both api_key and api_secret"
            invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
            close 1000 | 1000
        "#]],
    );
    check_livekit(
        |livekit| {
            livekit.api_token.clear();
            livekit.api_key = "key".into();
            livekit.api_secret = "secret".into();
        },
        expect![[r#"
            send error 14 "egress client is not configured on server"
            egressUnavailable websocket_handshake "Egress unavailable" retryable true after 0 ms, /errors/egressUnavailable
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn e16_an_agora_field_is_missing_or_wrong() {
    check_agora(
        |agora| agora.channel_name.clear(),
        expect![[r#"
        send error 3 "agora_egress.channel_name is empty"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_agora(
        |agora| agora.channel_name = "c".repeat(65),
        expect![[r#"
        send error 3 "agora_egress.channel_name is longer than 64 bytes"
        invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
        close 1000 | 1000
    "#]],
    );
    check_agora(
        |agora| agora.token = "t".repeat(4097),
        expect![[r#"
            send error 3 "agora_egress.token is longer than 4096 bytes"
            invalidEgressConfig websocket_handshake "Invalid egress configuration" retryable false after 0 ms, /errors/invalidEgressConfig
            close 1000 | 1000
        "#]],
    );
}

/// A token with these claims.
fn token(claims: &str) -> String {
    let part = |text: &str| {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let bits = text
            .bytes()
            .flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
        let bits: Vec<u8> = bits.collect();
        let digit = |six: &[u8]| {
            (0..6).fold(0, |value, i| {
                value << 1 | six.get(i).copied().unwrap_or(0) as usize
            })
        };
        bits.chunks(6)
            .map(|six| DIGITS[digit(six)] as char)
            .collect::<String>()
    };
    format!("{}.{}.c2ln", part(r#"{"alg":"HS256"}"#), part(claims))
}

#[test]
fn a_livekit_token_that_the_room_would_refuse_is_refused_at_once() {
    for (claims, code, wording) in [
        (
            "garbage",
            16,
            "unauthorized: livekit_egress.api_token is no LiveKit access token",
        ),
        (
            r#"{"exp":0,"video":{"roomJoin":true,"room":"room"}}"#,
            16,
            "unauthorized: livekit_egress.api_token has expired",
        ),
        (
            r#"{"exp":9,"sub":"avatar"}"#,
            16,
            "unauthorized: livekit_egress.api_token lacks the grant roomJoin",
        ),
        (
            r#"{"exp":9,"sub":"avatar","video":{"roomJoin":true,"room":"room","canPublish":false}}"#,
            16,
            "unauthorized: livekit_egress.api_token may not publish camera, microphone and data",
        ),
        (
            r#"{"exp":9,"sub":"avatar","video":{"roomJoin":true,"room":"other"}}"#,
            3,
            "livekit_egress.room_name is not the room of api_token",
        ),
        (
            r#"{"exp":9,"sub":"other","video":{"roomJoin":true,"room":"room"}}"#,
            3,
            "livekit_egress.publisher_id is not the identity of api_token",
        ),
        (
            r#"{"exp":9,"sub":"avatar","video":{"roomJoin":true,"room":"room"}}"#,
            14,
            "egress client is not configured on server",
        ),
    ] {
        let mut config = livekit();
        config.api_token = token(claims);
        let configure = ClientConfigureSession {
            egress_type: 1,
            livekit_egress: Some(config),
            ..pcm(16_000)
        };
        let rendered = said(|pair| pair.configure(configure.clone()));
        assert!(
            rendered.contains(&format!("send error {code} {wording:?}")),
            "{claims}: {rendered}"
        );
    }
}
