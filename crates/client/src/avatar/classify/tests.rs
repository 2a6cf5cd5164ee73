use bytes::Bytes;
use visavis_codes::{Advice, Cause, Code, Dialect, Emission, Failure, Phase};
use visavis_wire::{problem, proto};

use super::*;
use crate::Error;

const TOKEN: Phase = Phase::SessionToken;
const CONNECT: Phase = Phase::WebsocketConnect;
const HANDSHAKE: Phase = Phase::WebsocketHandshake;
const RUNTIME: Phase = Phase::WebsocketRuntime;

fn http(phase: Phase, status: u16, body: &str) -> Error {
    let reply = Reply {
        status,
        request_id: None,
        retry_after: None,
        body: Bytes::from(body.to_owned()),
    };
    http_error(&reply, phase).into()
}

fn said(phase: Phase, code: i32, message: &str) -> Error {
    let said = proto::ServerError {
        code,
        message: message.into(),
        ..Default::default()
    };
    server_error(&said, phase, None).into()
}

#[test]
fn a_server_error_without_the_extension_follows_the_text_rules() {
    use Code::*;
    for (phase, code, message, expected) in [
        (
            HANDSHAKE,
            3,
            "livekit_egress.url is empty",
            InvalidEgressConfig,
        ),
        (HANDSHAKE, 3, "Agora channel missing", InvalidEgressConfig),
        (HANDSHAKE, 3, "bitrate is negative", InvalidRequest),
        (
            HANDSHAKE,
            16,
            "unauthorized: token rejected",
            InvalidEgressConfig,
        ),
        (RUNTIME, 14, "whatever", EgressUnavailable),
        (RUNTIME, 4001, "", CreditsExhausted),
        (RUNTIME, 4002, "neutral", SessionDurationExceeded),
        (RUNTIME, 0, "Credits Exhausted for app", CreditsExhausted),
        (
            RUNTIME,
            0,
            "session time limit reached",
            SessionDurationExceeded,
        ),
        (
            RUNTIME,
            0,
            "the maximum session duration passed",
            SessionDurationExceeded,
        ),
        (HANDSHAKE, 0, "session denied: no plan", BillingRequired),
        (HANDSHAKE, 0, "Invalid session token", SessionTokenInvalid),
        (HANDSHAKE, 0, "empty token", SessionTokenInvalid),
        (RUNTIME, 4010, "token is expired", SessionTokenExpired),
        (HANDSHAKE, 0, "App ID mismatch", AppIDMismatch),
        (HANDSHAKE, 0, "appIDUnrecognized", AppIDUnrecognized),
        (HANDSHAKE, 0, "avatar not found: x", AvatarNotFound),
        (
            HANDSHAKE,
            0,
            "unsupported sample rate: 1",
            UnsupportedSampleRate,
        ),
        (RUNTIME, 0, "no audio input for 60s", IdleTimeout),
        (RUNTIME, 0, "livekit silence timeout", IdleTimeout),
        (
            RUNTIME,
            0,
            "missing LiveKit credentials",
            InvalidEgressConfig,
        ),
        (
            RUNTIME,
            0,
            "failed to create egress connection: x",
            EgressUnavailable,
        ),
        (
            RUNTIME,
            0,
            "egress client is not configured on server",
            EgressUnavailable,
        ),
        (
            RUNTIME,
            13,
            "driven server request failed: x",
            UpstreamError,
        ),
        (
            RUNTIME,
            0,
            "driven server returned non-200 status code",
            UpstreamError,
        ),
        (
            HANDSHAKE,
            0,
            "expected ClientConfigureSession message",
            ProtocolError,
        ),
        (
            HANDSHAKE,
            0,
            "failed to unmarshal initial message",
            ProtocolError,
        ),
        (RUNTIME, 0, "unexpected message type", ProtocolError),
        (RUNTIME, 13, "internal error", ServerError),
        (RUNTIME, 400, "neutral", ServerError),
        (HANDSHAKE, 5, "neutral", ServerError),
    ] {
        let error = said(phase, code, message);
        assert_eq!(error.code(), &expected, "{code} {message:?}");
        assert_eq!(error.phase(), phase);
    }
}

#[test]
fn numbers_that_the_text_rules_do_not_know_follow_the_close_code_map() {
    use Code::*;
    for (code, message, expected, advice) in [
        (4003, "neutral", ConcurrencyLimit, Advice::Alert),
        (4503, "neutral", UpstreamError, Advice::Retry),
        (
            4010,
            "token expired",
            SessionTokenExpired,
            Advice::RefreshToken,
        ),
        (
            4010,
            "neutral",
            SessionTokenInvalid,
            Advice::FixConfiguration,
        ),
        (4042, "neutral", ConnectionClosed, Advice::FixConfiguration),
        (4599, "neutral", ConnectionClosed, Advice::Retry),
    ] {
        let error = said(RUNTIME, code, message);
        assert_eq!(
            (error.code(), error.advice()),
            (&expected.into(), advice),
            "{code}"
        );
        assert_eq!(error.close_code(), u16::try_from(code).ok());
        let error = Error::from(closed(u16::try_from(code).unwrap(), message, RUNTIME));
        assert_eq!(
            (error.code(), error.advice()),
            (&expected.into(), advice),
            "close {code}"
        );
    }
    for code in [1002, 1005, 1006, 1011, 1012] {
        let error = Error::from(closed(code, "", HANDSHAKE));
        assert_eq!(error.code(), &Code::ConnectionClosed);
        assert!(error.is_retryable());
    }
}

#[test]
fn a_close_frame_refines_a_server_error_that_says_nothing() {
    let neutral = proto::ServerError::default();
    let error = Error::from(server_error(&neutral, RUNTIME, Some((4001, "credits"))));
    assert_eq!(error.code(), &Code::CreditsExhausted);
    assert_eq!(
        (error.close_code(), error.close_reason()),
        (Some(4001), Some("credits"))
    );
    let error = Error::from(server_error(&neutral, RUNTIME, Some((1000, ""))));
    assert_eq!(
        (error.code(), error.close_code()),
        (&Code::ServerError.into(), Some(1000))
    );
}

#[test]
fn an_http_refusal_follows_wording_then_status() {
    use Code::*;
    for (phase, status, body, expected) in [
        (
            CONNECT,
            400,
            problem::UNDECODABLE_TOKEN,
            SessionTokenInvalid,
        ),
        (
            CONNECT,
            401,
            r#"{"message":"session token expired"}"#,
            SessionTokenExpired,
        ),
        (CONNECT, 401, "", SessionTokenExpired),
        (
            CONNECT,
            404,
            r#"{"message":"Avatar not found: a1"}"#,
            AvatarNotFound,
        ),
        (CONNECT, 404, "", AppIDUnrecognized),
        (
            CONNECT,
            403,
            r#"{"message":"app id unrecognized"}"#,
            AppIDUnrecognized,
        ),
        (CONNECT, 403, "", SessionTokenInvalid),
        (
            CONNECT,
            400,
            r#"{"message":"App ID mismatch"}"#,
            AppIDMismatch,
        ),
        (
            CONNECT,
            402,
            r#"{"message":"session denied: credits exhausted"}"#,
            CreditsExhausted,
        ),
        (CONNECT, 402, "", BillingRequired),
        (CONNECT, 422, "", InvalidRequest),
        (CONNECT, 429, "", ConcurrencyLimit),
        (CONNECT, 500, "<html>Bad Gateway</html>", ServerError),
        (TOKEN, 401, r#"{"error":"no"}"#, SessionTokenInvalid),
        (TOKEN, 402, "", BillingRequired),
        (TOKEN, 403, "", AppIDUnrecognized),
        (TOKEN, 404, "", AppIDUnrecognized),
        (TOKEN, 429, "", ConcurrencyLimit),
        (TOKEN, 503, "", ServerError),
        (TOKEN, 201, "", Unknown),
    ] {
        let error = http(phase, status, body);
        assert_eq!(error.code(), &expected, "{phase} {status} {body}");
        assert_eq!(error.http_status(), Some(status));
        assert!(!error.message().is_empty());
    }
    let bad_expiry = r#"{"errors":[{"id":"INVALID_ARGUMENT","status":400,"code":"INVALID_ARGUMENT",
        "title":"Invalid Argument","detail":"expire_at must be in the future"}]}"#;
    let error = http(TOKEN, 400, bad_expiry);
    assert_eq!(error.code(), &InvalidRequest);
    assert_eq!(
        error.server_detail(),
        Some("expire_at must be in the future")
    );
    let error = http(TOKEN, 200, &bad_expiry.replace("INVALID_ARGUMENT", "nope"));
    assert_eq!(
        (error.code(), error.http_status()),
        (&InvalidRequest.into(), Some(200))
    );
}

#[test]
fn the_traps_of_published_sdks_do_not_catch_this_one() {
    use Code::*;
    for (phase, status, body, expected) in [
        (
            CONNECT,
            401,
            r#"{"message":"Unauthorized"}"#,
            SessionTokenExpired,
        ),
        (
            TOKEN,
            401,
            r#"{"code":"UNAUTHENTICATED"}"#,
            SessionTokenInvalid,
        ),
        (
            CONNECT,
            400,
            r#"{"code":"INVALID_ARGUMENT"}"#,
            InvalidRequest,
        ),
        (CONNECT, 503, r#"{"code":"UNAVAILABLE"}"#, ServerError),
        (
            CONNECT,
            402,
            r#"{"code":402,"message":"all credits exhausted"}"#,
            CreditsExhausted,
        ),
    ] {
        assert_eq!(
            http(phase, status, body).code(),
            &expected,
            "{status} {body}"
        );
    }
}

#[test]
fn the_extension_goes_before_every_rule_and_unknown_codes_survive() {
    let mut said = proto::ServerError {
        code: 4001,
        message: "unauthorized: credits exhausted".into(),
        code_name: "quotaOfTomorrow".into(),
        phase: "websocket_handshake".into(),
        retryable: true,
        retry_after_ms: 1500,
        ..Default::default()
    };
    let error = Error::from(server_error(&said, RUNTIME, None));
    assert_eq!(error.code().name(), "quotaOfTomorrow");
    assert_eq!((error.phase(), error.advice()), (HANDSHAKE, Advice::Retry));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    said.retryable = false;
    assert_eq!(
        Error::from(server_error(&said, RUNTIME, None)).advice(),
        Advice::Alert
    );
}

#[test]
fn every_cause_of_the_service_arrives_as_its_code_in_both_dialects() {
    for cause in Cause::ALL {
        let failure = Failure::about(*cause, "x").with_retry_after_ms(250);
        for dialect in [Dialect::TextRule, Dialect::CloseCode] {
            let error: Error = match cause.emission(dialect) {
                Emission::Http { status } => http(
                    CONNECT,
                    status,
                    &problem::body(&failure, status, TOKEN, "r-1", "/errors"),
                ),
                Emission::ServerError { server_code } => {
                    let said = visavis_wire::server_error(
                        &failure,
                        server_code,
                        TOKEN,
                        "c",
                        "r",
                        "/errors",
                    );
                    server_error(&said, RUNTIME, None).into()
                }
                Emission::Observed => continue,
            };
            assert_eq!(error.code(), &cause.code(), "{cause:?}");
            assert_eq!(error.advice(), cause.code().advice(), "{cause:?}");
            assert_eq!(error.phase(), TOKEN);
            assert_eq!(error.server_detail(), Some(failure.detail()));
            assert_eq!(error.retry_after(), Some(Duration::from_millis(250)));
            assert!(
                error
                    .doc_url()
                    .is_some_and(|url| url.starts_with("/errors/"))
            );
            assert!(error.request_id().is_some() || error.connection_id().is_some());
        }
    }
}
