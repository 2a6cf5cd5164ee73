use expect_test::expect;
use visavis_avatar::Input;
use visavis_wire::proto::{self, message::Data};

use crate::pair::{check, check_failure};

#[test]
fn e21_a_frame_that_cannot_be_decoded() {
    check_failure(
        |pair| {
            pair.open();
            pair.audio("a", 40);
            pair.input(Input::Binary("\u{7f}?".into()));
        },
        expect![[r#"
            send error 0 "unexpected message type: the frame cannot be decoded" request a
            protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| {
            pair.open();
            pair.input(Input::Malformed);
        },
        expect![[r#"
            send error 0 "unexpected message type: the frame cannot be decoded"
            protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn e21_a_frame_that_only_servers_send() {
    check_failure(
        |pair| {
            pair.open();
            let confirm = proto::ServerConfirmSession::default();
            pair.message(2, Data::ServerConfirmSession(confirm));
        },
        expect![[r#"
            send error 0 "unexpected message type: only servers send it"
            protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn text_unknown_types_and_pings_are_ignored() {
    check(
        |pair| {
            pair.open();
            pair.input(Input::Text);
            pair.input(Input::Ping);
            pair.input(Input::Binary("".into()));
            pair.input(Input::Binary(vec![0x08, 0x6f].into()));
            pair.input(Input::Binary(vec![0x3a, 0x00].into()));
            pair.audio_bytes("a", 320, true);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
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
fn e21_too_many_frames_that_carry_no_audio() {
    check_failure(
        |pair| {
            pair.open();
            for _ in 0..501 {
                pair.input(Input::Text);
            }
        },
        expect![[r#"
            send error 0 "unexpected message type: too many frames that carry no audio"
            protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| {
            for _ in 0..501 {
                pair.input(Input::Ping);
            }
        },
        expect![[r#"
            send error 0 "unexpected message type: too many frames that carry no audio"
            protocolError websocket_handshake "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn fifty_idle_frames_a_second_may_go_on_for_ever() {
    check(
        |pair| {
            pair.open();
            for _ in 0..2000 {
                pair.input(Input::Ping);
                pair.millis(20);
            }
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
        "#]],
    );
}

#[test]
fn empty_audio_is_an_idle_frame() {
    check_failure(
        |pair| {
            pair.open();
            for _ in 0..501 {
                pair.audio("a", 0);
            }
        },
        expect![[r#"
            send error 0 "unexpected message type: too many frames that carry no audio" request a
            protocolError websocket_runtime "Protocol error" retryable false after 0 ms, /errors/protocolError
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn e27_a_message_larger_than_the_limit() {
    check_failure(
        |pair| {
            pair.open();
            pair.audio("a", 40);
            pair.input(Input::TooLarge(4 << 20));
        },
        expect![[r#"
            send error 3 "audio: a message must not be larger than 4194304 bytes" request a
            invalidRequest websocket_runtime "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn e27_audio_that_is_no_whole_number_of_samples() {
    check_failure(
        |pair| {
            pair.open();
            pair.audio_bytes("a", 100, false);
            pair.audio_bytes("a", 1, true);
        },
        expect![[r#"
            send error 3 "audio: 101 bytes are no whole number of 16-bit samples" request a
            invalidRequest websocket_runtime "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn opus_may_have_an_odd_number_of_bytes() {
    check(
        |pair| {
            pair.configure(proto::ClientConfigureSession {
                audio_format: 1,
                ..crate::pair::pcm(16_000)
            });
            pair.audio_bytes("a", 101, true);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed OggOpus 48000 Hz
              log: request a started
              engine starts 1 OggOpus 48000 Hz
              engine takes 1 101 bytes
              engine finishes 1
              send animation a 1 frames end
              log: request a ended after 1 frames: completed
        "#]],
    );
}

#[test]
fn e27_a_req_id_that_is_none() {
    check_failure(
        |pair| {
            pair.open();
            pair.audio("", 40);
        },
        expect![[r#"
            send error 3 "req_id must not be empty"
            invalidRequest websocket_runtime "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| {
            pair.open();
            pair.audio(&"x".repeat(129), 40);
        },
        expect![[r#"
            send error 3 "req_id must not be longer than 128 bytes"
            invalidRequest websocket_runtime "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| {
            pair.open();
            pair.interrupt("a\nb");
        },
        expect![[r#"
            send error 3 "req_id must not contain control characters"
            invalidRequest websocket_runtime "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
    check_failure(
        |pair| {
            pair.open();
            pair.pause("");
        },
        expect![[r#"
            send error 3 "req_id must not be empty"
            invalidRequest websocket_runtime "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn what_a_client_wrote_is_never_repeated() {
    check_failure(
        |pair| {
            let mut secret = crate::pair::pcm(16_000);
            secret.extra_params = [("token".to_owned(), "s3cret".repeat(1000))].into();
            pair.configure(secret);
        },
        expect![[r#"
            send error 3 "extra_params: an entry is longer than 4096 bytes"
            invalidRequest websocket_handshake "Invalid request" retryable false after 0 ms, /errors/invalidRequest
            close 1000 | 1000
        "#]],
    );
}
