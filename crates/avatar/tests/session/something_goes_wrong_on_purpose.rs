use std::time::Duration;

use expect_test::expect;
use visavis_avatar::{Disruption, Input};
use visavis_codes::{Cause, Failure};

use crate::pair::{Pair, check, check_failure, check_failure_with, check_with};

fn speaking(pair: &mut Pair) {
    pair.open();
    pair.slow_engine();
    pair.audio("a", 100);
    pair.seconds(2);
}

#[test]
fn a_failure_looks_as_it_would_by_nature() {
    let failure = || Disruption::Fail(Failure::new(Cause::DurationReached).on_purpose());
    check_failure(
        |pair| {
            speaking(pair);
            pair.input(Input::Disrupt(failure()));
        },
        expect![[r#"
            send error 4002 "session time limit reached" request a
            sessionDurationExceeded websocket_runtime "Session duration exceeded" retryable true after 0 ms, /errors/sessionDurationExceeded
            close 1000 | 4002
        "#]],
    );
    check_failure(
        |pair| pair.input(Input::Disrupt(failure())),
        expect![[r#"
        send error 4002 "session time limit reached"
        sessionDurationExceeded websocket_handshake "Session duration exceeded" retryable true after 0 ms, /errors/sessionDurationExceeded
        close 1000 | 4002
    "#]],
    );
}

#[test]
fn a_fault_that_the_session_was_told_of_waits_for_its_time() {
    check_failure_with(
        |settings| {
            let failure = Failure::new(Cause::CreditsRanOut).on_purpose();
            settings.fault = Some((Duration::from_secs(2), failure));
        },
        |pair| {
            pair.seconds(5);
            pair.open();
            pair.millis(1999);
            assert!(pair.session.deadline() == Some(Duration::from_secs(7)));
            pair.millis(1);
        },
        expect![[r#"
            send error 4001 "credits exhausted"
            creditsExhausted websocket_runtime "Credits exhausted" retryable false after 0 ms, /errors/creditsExhausted
            close 1000 | 4001
        "#]],
    );
}

#[test]
fn a_refusal_keeps_its_mark() {
    check_with(
        |settings| {
            settings.refusal = Some(Failure::new(Cause::NoCredits).on_purpose());
            settings.credits_reserved = 0;
        },
        |pair| pair.open(),
        expect![[r#"
            0s
              send error 4001 "credits exhausted"
                creditsExhausted websocket_handshake "Credits exhausted" retryable false after 0 ms, /errors/creditsExhausted
              close 1000 "creditsExhausted: credits exhausted"
              log: failed CreditsRanOut websocket_handshake on purpose
              log: ended after 0 s
        "#]],
    );
}

#[test]
fn a_dropped_connection_ends_without_a_word() {
    check(
        |pair| {
            speaking(pair);
            let failure = Failure::about(Cause::Dropped, "on purpose").on_purpose();
            pair.input(Input::Disrupt(Disruption::Fail(failure)));
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
            2s
              engine forgets 1
              log: failed Dropped websocket_runtime request a on purpose
              settle block 0: 2
              log: ended after 2 s
              drop
            3600 reserved = 2 committed + 3598 refunded
        "#]],
    );
}

#[test]
fn a_bare_close_has_no_error_before_it() {
    check(
        |pair| {
            speaking(pair);
            pair.input(Input::Disrupt(Disruption::Close(4503)));
            pair.seconds(10);
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
            2s
              engine forgets 1
              close 4503 ""
              log: failed Dropped websocket_runtime request a on purpose
              settle block 0: 2
              log: ended after 2 s
            7s
              drop
            3600 reserved = 2 committed + 3598 refunded
        "#]],
    );
}

#[test]
fn garbage_and_a_stall_leave_the_session_as_it_is() {
    check(
        |pair| {
            pair.open();
            pair.input(Input::Disrupt(Disruption::Garbage));
            pair.input(Input::Disrupt(Disruption::Stall));
            pair.audio_bytes("a", 320, true);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              send garbage
              stall
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 320 bytes
              engine finishes 1
              send animation a 1 frames end
              log: request a ended after 1 frames: completed
        "#]],
    );
}

#[test]
fn a_session_that_is_over_cannot_be_disrupted() {
    check(
        |pair| {
            pair.open();
            pair.input(Input::Drain);
            pair.input(Input::Disrupt(Disruption::Close(1011)));
            pair.input(Input::Disrupt(Disruption::Garbage));
            pair.input(Input::PeerClosed);
            pair.input(Input::Disrupt(Disruption::Stall));
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              send error 4503 "driven server request failed: the server is shutting down"
                upstreamError websocket_runtime "Animation unavailable" retryable true after 1000 ms, /errors/upstreamError
              close 1000 "upstreamError: driven server request failed: the server is shutting down"
              log: failed EngineFailed websocket_runtime
              settle block 0: 0
              log: ended after 0 s
              drop
        "#]],
    );
}
