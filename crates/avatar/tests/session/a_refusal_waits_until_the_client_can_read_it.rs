use expect_test::expect;
use visavis_avatar::{Input, Settings};
use visavis_codes::{Cause, Failure};

use crate::pair::{check_failure_with, check_with};

fn refused(failure: Failure) -> impl Fn(&mut Settings) {
    move |settings| {
        settings.refusal = Some(failure.clone());
        settings.credits_reserved = 0;
    }
}

#[test]
fn e09_the_avatar_is_unknown() {
    let failure = Failure::about(Cause::AvatarUnknown, "maya");
    check_failure_with(
        refused(failure),
        |pair| pair.open(),
        expect![[r#"
        send error 0 "Avatar not found: maya"
        avatarNotFound websocket_handshake "Avatar not found" retryable false after 0 ms, /errors/avatarNotFound
        close 1000 | 1000
    "#]],
    );
}

#[test]
fn e11_the_app_has_no_plan() {
    let failure = Failure::about(Cause::NoPlan, "no credits were ever granted");
    check_failure_with(
        refused(failure),
        |pair| pair.open(),
        expect![[r#"
        send error 0 "session denied: no credits were ever granted"
        billingRequired websocket_handshake "Billing required" retryable false after 0 ms, /errors/billingRequired
        close 1000 | 1000
    "#]],
    );
}

#[test]
fn e12_the_app_has_no_credits_left() {
    check_failure_with(
        refused(Cause::CreditsRanOut.into()),
        |pair| pair.open(),
        expect![[r#"
            send error 4001 "credits exhausted"
            creditsExhausted websocket_handshake "Credits exhausted" retryable false after 0 ms, /errors/creditsExhausted
            close 1000 | 4001
        "#]],
    );
    check_failure_with(
        refused(Cause::NoCredits.into()),
        |pair| pair.open(),
        expect![[r#"
            send error 4001 "credits exhausted"
            creditsExhausted websocket_handshake "Credits exhausted" retryable false after 0 ms, /errors/creditsExhausted
            close 1000 | 4001
        "#]],
    );
}

#[test]
fn e30_the_app_has_too_many_sessions() {
    let failure = Failure::about(Cause::TooManySessions, "2 of 2 sessions are open");
    check_failure_with(
        refused(failure),
        |pair| pair.open(),
        expect![[r#"
        send error 4003 "concurrency limit reached: 2 of 2 sessions are open"
        concurrencyLimit websocket_handshake "Too many sessions" retryable false after 0 ms, /errors/concurrencyLimit
        close 1000 | 4003
    "#]],
    );
}

#[test]
fn it_is_said_after_the_first_frame_whatever_that_is() {
    let failure = || refused(Cause::TooManySessions.into());
    for first in [
        Input::Text,
        Input::Binary("".into()),
        Input::Binary("\u{7f}?".into()),
    ] {
        check_with(
            failure(),
            |pair| {
                pair.seconds(1);
                pair.input(Input::Ping);
                pair.input(first.clone());
                pair.input(Input::PeerClosed);
                pair.audit();
            },
            expect![[r#"
                1s
                  send error 4003 "concurrency limit reached: "
                    concurrencyLimit websocket_handshake "Too many sessions" retryable false after 0 ms, /errors/concurrencyLimit
                  close 1000 "concurrencyLimit: concurrency limit reached: "
                  log: failed TooManySessions websocket_handshake
                  log: ended after 0 s
                  drop
                0 reserved = 0 committed + 0 refunded
            "#]],
        );
    }
}

#[test]
fn it_is_said_when_no_first_frame_comes() {
    check_with(
        refused(Cause::TooManySessions.into()),
        |pair| pair.seconds(20),
        expect![[r#"
            10s
              send error 4003 "concurrency limit reached: "
                concurrencyLimit websocket_handshake "Too many sessions" retryable false after 0 ms, /errors/concurrencyLimit
              close 1000 "concurrencyLimit: concurrency limit reached: "
              log: failed TooManySessions websocket_handshake
              log: ended after 0 s
            15s
              drop
        "#]],
    );
}

#[test]
fn a_client_that_goes_before_costs_nothing() {
    check_with(
        refused(Cause::TooManySessions.into()),
        |pair| {
            pair.input(Input::PeerClosed);
            pair.audit();
        },
        expect![[r#"
            0s
              log: ended after 0 s
              drop
            0 reserved = 0 committed + 0 refunded
        "#]],
    );
}
