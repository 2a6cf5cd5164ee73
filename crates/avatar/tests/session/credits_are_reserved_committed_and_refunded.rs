use expect_test::expect;
use visavis_avatar::{Input, Settings};

use crate::pair::{Pair, check_failure_with, check_with};

/// Blocks of ten seconds, the first of them set aside.
fn tens(settings: &mut Settings) {
    settings.credits_reserved = 10;
    settings.credits_block = 10;
    settings.idle_timeout = std::time::Duration::MAX;
}

#[test]
fn a_started_second_counts_and_the_rest_is_given_back() {
    check_with(
        tens,
        |pair| {
            pair.open();
            pair.millis(2001);
            pair.input(Input::PeerClosed);
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
            2.001s
              settle block 0: 3
              log: ended after 3 s
              drop
            10 reserved = 3 committed + 7 refunded
        "#]],
    );
}

#[test]
fn the_next_block_is_set_aside_before_the_last_one_ends() {
    check_with(
        tens,
        |pair| {
            pair.open();
            pair.seconds(18);
            pair.input(Input::PeerClosed);
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
            5s
              reserve block 1: 10
            15s
              settle block 0: 10
              reserve block 2: 10
            18s
              settle block 1: 8
              settle block 2: 0
              log: ended after 18 s
              drop
            30 reserved = 18 committed + 12 refunded
        "#]],
    );
}

#[test]
fn e13_the_credits_run_out_in_the_session() {
    let script = |pair: &mut Pair| {
        pair.open();
        pair.balance(3);
        pair.seconds(20);
    };
    check_failure_with(
        tens,
        script,
        expect![[r#"
        send error 4001 "credits exhausted"
        creditsExhausted websocket_runtime "Credits exhausted" retryable false after 0 ms, /errors/creditsExhausted
        close 1000 | 4001
    "#]],
    );
    check_with(
        tens,
        |pair| {
            script(pair);
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
            5s
              reserve block 1: 10
            13s
              settle block 0: 10
              send error 4001 "credits exhausted"
                creditsExhausted websocket_runtime "Credits exhausted" retryable false after 0 ms, /errors/creditsExhausted
              close 1000 "creditsExhausted: credits exhausted"
              log: failed CreditsRanOut websocket_runtime
              settle block 1: 3
              log: ended after 13 s
            18s
              drop
            13 reserved = 13 committed + 0 refunded
        "#]],
    );
}

#[test]
fn a_slow_ledger_costs_nobody_a_session() {
    check_with(
        tens,
        |pair| {
            pair.open();
            pair.slow_ledger();
            pair.seconds(13);
            pair.ledger_answers();
            pair.seconds(1);
            pair.input(Input::PeerClosed);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
            5s
              reserve block 1: 10
            14s
              settle block 0: 10
              settle block 1: 4
              log: ended after 14 s
              drop
        "#]],
    );
}

#[test]
fn a_block_that_comes_after_the_end_is_given_back_whole() {
    for draining in [false, true] {
        check_with(
            tens,
            |pair| {
                pair.open();
                pair.slow_ledger();
                pair.seconds(6);
                if draining {
                    pair.input(Input::Drain);
                } else {
                    pair.input(Input::PeerClosed);
                }
                pair.ledger_answers();
                pair.audit();
            },
            if draining {
                expect![[r#"
                    0s
                      send confirm c-1 []
                      log: confirmed PcmS16Le 16000 Hz
                    5s
                      reserve block 1: 10
                    6s
                      send error 4503 "driven server request failed: the server is shutting down"
                        upstreamError websocket_runtime "Animation unavailable" retryable true after 1000 ms, /errors/upstreamError
                      close 1000 "upstreamError: driven server request failed: the server is shutting down"
                      log: failed EngineFailed websocket_runtime
                      settle block 0: 6
                      log: ended after 6 s
                      settle block 1: 0
                    20 reserved = 6 committed + 14 refunded
                "#]]
            } else {
                expect![[r#"
                    0s
                      send confirm c-1 []
                      log: confirmed PcmS16Le 16000 Hz
                    5s
                      reserve block 1: 10
                    6s
                      settle block 0: 6
                      log: ended after 6 s
                      drop
                      settle block 1: 0
                    20 reserved = 6 committed + 14 refunded
                "#]]
            },
        );
    }
}

#[test]
fn e24_the_ledger_does_not_answer() {
    check_failure_with(
        tens,
        |pair| {
            pair.open();
            pair.slow_ledger();
            pair.seconds(6);
            pair.input(Input::LedgerFailed);
        },
        expect![[r#"
            send error 13 "internal error"
            serverError websocket_runtime "Server error" retryable false after 0 ms, /errors/serverError
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn a_session_without_credits_set_aside_asks_at_once() {
    check_with(
        |settings| settings.credits_reserved = 0,
        |pair| {
            pair.open();
            pair.seconds(2);
            pair.input(Input::PeerClosed);
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              reserve block 1: 60
            2s
              settle block 1: 2
              log: ended after 2 s
              drop
            60 reserved = 2 committed + 58 refunded
        "#]],
    );
}

#[test]
fn a_machine_that_slept_charges_no_more_than_was_set_aside() {
    check_with(
        tens,
        |pair| {
            pair.open();
            pair.sleep(std::time::Duration::from_secs(25));
            pair.input(Input::PeerClosed);
            pair.audit();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
            25s
              reserve block 1: 10
              settle block 0: 10
              reserve block 2: 10
              settle block 1: 10
              reserve block 3: 10
              settle block 2: 5
              settle block 3: 0
              log: ended after 25 s
              drop
            40 reserved = 25 committed + 15 refunded
        "#]],
    );
}
