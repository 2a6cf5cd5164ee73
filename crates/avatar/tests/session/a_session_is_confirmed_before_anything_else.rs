use expect_test::expect;
use visavis_avatar::{EngineFault, Input, RequestKey};
use visavis_wire::proto;

use crate::pair::{check, check_failure, check_failure_with, pcm};

#[test]
fn the_first_frame_is_answered_with_the_connection_s_name() {
    check(
        |pair| pair.open(),
        expect![[r#"
        0s
          send confirm c-1 []
          log: confirmed PcmS16Le 16000 Hz
    "#]],
    );
}

#[test]
fn opus_is_heard_at_48_khz() {
    check(
        |pair| {
            let opus = proto::ClientConfigureSession {
                audio_format: 1,
                bitrate: 24_000,
                ..pcm(12_000)
            };
            pair.configure(opus);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed OggOpus 48000 Hz
        "#]],
    );
}

#[test]
fn every_rate_of_the_protocol_is_taken() {
    for rate in [8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
        check_failure(
            |pair| {
                pair.configure(pcm(rate));
                pair.input(Input::Drain);
            },
            expect![[r#"
                send error 4503 "driven server request failed: the server is shutting down"
                upstreamError websocket_runtime "Animation unavailable" retryable true after 1000 ms, /errors/upstreamError
                close 1000 | 4503
            "#]],
        );
    }
}

#[test]
fn lookahead_and_secondary_motion_are_asked_for_by_name() {
    let asks = |name: &str, value: &str| proto::ClientConfigureSession {
        extra_params: [(name.to_owned(), value.to_owned())].into(),
        ..pcm(16_000)
    };
    check(
        |pair| {
            let mut both = asks("lookahead_ms", "80");
            both.extra_params
                .insert("secondary_motion".into(), "off".into());
            both.extra_params.insert("unknown".into(), "kept".into());
            pair.configure(both);
            pair.audio("r1", 500);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request r1 started
              engine starts 1 PcmS16Le 16000 Hz Motion { lookahead_ms: 80, secondary: false }
              engine takes 1 16000 bytes
              send animation r1 12 frames
        "#]],
    );
    check_failure(
        |pair| pair.configure(asks("lookahead_ms", "60")),
        expect![[r#"
            send error 3 "extra_params: lookahead_ms: "60" is not known; use 20, 40 or 80"
            invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| pair.configure(asks("secondary_motion", "")),
        expect![[r#"
            send error 3 "extra_params: secondary_motion: "" is not known; use on or off"
            invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn pings_and_answers_for_nobody_are_no_first_frame() {
    check(
        |pair| {
            pair.input(Input::Ping);
            pair.input(Input::Tick);
            pair.fail_engine(1, EngineFault::Crashed);
            pair.input(Input::Animated {
                key: RequestKey(1),
                audio_bytes: 1,
                animation: None,
                done: true,
            });
            pair.open();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
        "#]],
    );
}

#[test]
fn e15_a_rate_that_is_not_taken() {
    check_failure(
        |pair| pair.configure(pcm(11_025)),
        expect![[r#"
        send error 0 "unsupported sample rate: 11025"
        unsupportedSampleRate websocket_handshake "Unsupported sample rate" retryable false after 0 ms, /errors/unsupportedSampleRate
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| pair.configure(pcm(12_000)),
        expect![[r#"
        send error 0 "unsupported sample rate: 12000"
        unsupportedSampleRate websocket_handshake "Unsupported sample rate" retryable false after 0 ms, /errors/unsupportedSampleRate
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| pair.configure(pcm(-1)),
        expect![[r#"
        send error 0 "unsupported sample rate: -1"
        unsupportedSampleRate websocket_handshake "Unsupported sample rate" retryable false after 0 ms, /errors/unsupportedSampleRate
        close 1000 | 1000
    "#]],
    );
}

#[test]
fn e21_the_first_frame_is_something_else() {
    check_failure(
        |pair| pair.input(Input::Text),
        expect![[r#"
        send error 0 "expected ClientConfigureSession message"
        protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| pair.audio("a", 100),
        expect![[r#"
        send error 0 "expected ClientConfigureSession message"
        protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| pair.input(Input::Binary("".into())),
        expect![[r#"
        send error 0 "expected ClientConfigureSession message"
        protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| pair.input(Input::Binary("\u{7f}?".into())),
        expect![[r#"
            send error 0 "failed to unmarshal initial message"
            protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| pair.input(Input::Malformed),
        expect![[r#"
        send error 0 "failed to unmarshal initial message"
        protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
        close 1000 | 1000
    "#]],
    );
}

#[test]
fn e21_no_first_frame_comes() {
    check_failure(
        |pair| {
            pair.millis(9_999);
            assert!(pair.session.deadline().is_some());
            pair.millis(1);
        },
        expect![[r#"
            send error 0 "expected ClientConfigureSession message"
            protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
    check_failure_with(
        |settings| settings.handshake_timeout = std::time::Duration::from_secs(1),
        |pair| pair.seconds(1),
        expect![[r#"
            send error 0 "expected ClientConfigureSession message"
            protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn e27_a_field_of_the_first_frame_is_out_of_range() {
    let bad: [proto::ClientConfigureSession; 3] = [
        proto::ClientConfigureSession {
            audio_format: 2,
            ..pcm(16_000)
        },
        proto::ClientConfigureSession {
            bitrate: -1,
            ..pcm(16_000)
        },
        proto::ClientConfigureSession {
            transport_compression: 1,
            ..pcm(16_000)
        },
    ];
    let [format, bitrate, compression] = bad;
    check_failure(
        |pair| pair.configure(format.clone()),
        expect![[r#"
        send error 3 "audio_format: 2 is not known; 0 is PCM, 1 is Ogg Opus"
        invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| pair.configure(bitrate.clone()),
        expect![[r#"
        send error 3 "bitrate: -1 is negative; 0 is automatic"
        invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| pair.configure(compression.clone()),
        expect![[r#"
        send error 3 "transport_compression: 1 is not known; 0 is none"
        invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
        close 1000 | 1000
    "#]],
    );
    check_failure(
        |pair| {
            let mut many = pcm(16_000);
            many.extra_params = (0..65).map(|n| (n.to_string(), String::new())).collect();
            pair.configure(many);
        },
        expect![[r#"
            send error 3 "extra_params: more than 64 entries"
            invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| {
            let mut long = pcm(16_000);
            long.extra_params = [("k".to_owned(), "v".repeat(4097))].into();
            pair.configure(long);
        },
        expect![[r#"
            send error 3 "extra_params: an entry is longer than 4096 bytes"
            invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| pair.input(Input::TooLarge(4 << 20)),
        expect![[r#"
        send error 3 "audio: a message must not be larger than 4194304 bytes"
        invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
        close 1000 | 1000
    "#]],
    );
}

#[test]
fn nothing_is_charged_before_the_session_is_confirmed() {
    check(
        |pair| {
            pair.seconds(9);
            pair.input(Input::PeerClosed);
            pair.audit();
        },
        expect![[r#"
            9s
              settle block 0: 0
              log: ended after 0 s
              drop
            3600 reserved = 0 committed + 3600 refunded
        "#]],
    );
}

#[test]
fn a_second_configuration_is_refused() {
    check_failure(
        |pair| {
            pair.open();
            pair.open();
        },
        expect![[r#"
            send error 0 "unexpected message type: the session is configured already"
            protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
}
