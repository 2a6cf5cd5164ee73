use expect_test::expect;
use visavis_avatar::{EngineFault, Input};

use crate::pair::{Pair, check};

fn failed(pair: &mut Pair) {
    pair.open();
    pair.slow_engine();
    pair.audio_bytes("a", 3200, true);
    pair.seconds(2);
    pair.input(Input::Malformed);
}

#[test]
fn until_the_peer_has_closed() {
    check(
        |pair| {
            failed(pair);
            pair.seconds(1);
            pair.input(Input::PeerClosed);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
              engine finishes 1
            2s
              engine forgets 1
              send error 0 "unexpected message type: the frame cannot be decoded"
                protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
              close 1000 "protocolError: unexpected message type: the frame cannot be decoded"
              log: failed MessageUnexpected websocket_runtime
              settle block 0: 2
              log: ended after 2 s
            3s
              drop
        "#]],
    );
}

#[test]
fn or_has_had_its_time_to() {
    check(
        |pair| {
            failed(pair);
            pair.seconds(100);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
              engine finishes 1
            2s
              engine forgets 1
              send error 0 "unexpected message type: the frame cannot be decoded"
                protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
              close 1000 "protocolError: unexpected message type: the frame cannot be decoded"
              log: failed MessageUnexpected websocket_runtime
              settle block 0: 2
              log: ended after 2 s
            7s
              drop
        "#]],
    );
}

#[test]
fn whatever_comes_meanwhile_changes_nothing() {
    check(
        |pair| {
            failed(pair);
            pair.open();
            pair.audio("b", 100);
            pair.pause("b");
            pair.fail_engine(1, EngineFault::Crashed);
            pair.input(Input::Drain);
            pair.input(Input::LedgerFailed);
            pair.input(Input::TooLarge(1));
            (0..1000).for_each(|_| pair.input(Input::Ping));
            pair.input(Input::PeerClosed);
            pair.input(Input::PeerClosed);
            pair.open();
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
            2s
              engine forgets 1
              send error 0 "unexpected message type: the frame cannot be decoded"
                protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
              close 1000 "protocolError: unexpected message type: the frame cannot be decoded"
              log: failed MessageUnexpected websocket_runtime
              settle block 0: 2
              log: ended after 2 s
              drop
            3600 reserved = 2 committed + 3598 refunded
        "#]],
    );
}
