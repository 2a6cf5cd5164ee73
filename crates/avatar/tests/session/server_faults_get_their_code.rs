use expect_test::expect;
use visavis_avatar::{EngineFault, Input};

use crate::pair::{check, check_failure, check_failure_with};

#[test]
fn e20_the_engine_fails() {
    check_failure(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio("a", 40);
            pair.fail_engine(1, EngineFault::Crashed);
        },
        expect![[r#"
            send error 4503 "driven server request failed: the engine stopped" request a
            upstreamError websocket_runtime "Animation unavailable" retryable true after 0 ms, /errors/upstreamError
            close 1000 | 4503
        "#]],
    );
}

#[test]
fn e20_the_server_goes_down() {
    check_failure(
        |pair| {
            pair.open();
            pair.input(Input::Drain);
        },
        expect![[r#"
            send error 4503 "driven server request failed: the server is shutting down"
            upstreamError websocket_runtime "Animation unavailable" retryable true after 1000 ms, /errors/upstreamError
            close 1000 | 4503
        "#]],
    );
    check_failure(
        |pair| pair.input(Input::Drain),
        expect![[r#"
        send error 4503 "driven server request failed: the server is shutting down"
        upstreamError websocket_handshake "Animation unavailable" retryable true after 1000 ms, /errors/upstreamError
        close 1000 | 4503
    "#]],
    );
    check_failure_with(
        |settings| settings.refusal = Some(visavis_codes::Cause::TooManySessions.into()),
        |pair| pair.input(Input::Drain),
        expect![[r#"
            send error 4503 "driven server request failed: the server is shutting down"
            upstreamError websocket_handshake "Animation unavailable" retryable true after 1000 ms, /errors/upstreamError
            close 1000 | 4503
        "#]],
    );
}

#[test]
fn e27_the_audio_cannot_be_decoded() {
    check_failure(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio("a", 40);
            let what = "audio: an Ogg page is damaged";
            pair.fail_engine(1, EngineFault::Audio(what.into()));
        },
        expect![[r#"
            send error 3 "audio: an Ogg page is damaged" request a
            invalidRequest websocket_runtime "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn the_error_names_the_request_that_failed_and_the_others_are_forgotten() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio_bytes("a", 3200, true);
            pair.audio("b", 100);
            pair.seconds(1);
            pair.fail_engine(1, EngineFault::Crashed);
            pair.input(Input::PeerClosed);
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
              engine finishes 1
              log: request b started
              engine starts 2 PcmS16Le 16000 Hz
              engine takes 2 3200 bytes
            1s
              engine forgets 2
              send error 4503 "driven server request failed: the engine stopped" request a
                upstreamError websocket_runtime "Animation unavailable" retryable true after 0 ms, /errors/upstreamError
              close 1000 "upstreamError: driven server request failed: the engine stopped"
              log: failed EngineFailed websocket_runtime request a
              settle block 0: 1
              log: ended after 1 s
              drop
            3600 reserved = 1 committed + 3599 refunded
        "#]],
    );
}

#[test]
fn the_failure_of_a_request_that_nobody_waits_for_is_none() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio("a", 100);
            pair.interrupt("a");
            pair.fail_engine(1, EngineFault::Crashed);
            pair.fail_engine(7, EngineFault::Crashed);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
              engine forgets 1
              log: request a ended after 0 frames: explicit
        "#]],
    );
}
