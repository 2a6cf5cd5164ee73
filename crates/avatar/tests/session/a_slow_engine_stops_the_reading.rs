use std::time::Duration;

use expect_test::expect;
use visavis_avatar::{Input, RequestKey, Session, Settings};
use visavis_wire::{AvatarId, ConnectionId};

use crate::pair::check;

#[test]
fn while_it_has_a_mebibyte_to_work_off() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio_bytes("a", (1 << 20) - 2, false);
            pair.room();
            pair.audio_bytes("a", 2, false);
            pair.room();
            pair.work();
            pair.room();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 1048574 bytes
            has room: true
              engine takes 1 2 bytes
            has room: false
              send animation a 500 frames
              send animation a 319 frames
            has room: true
        "#]],
    );
}

#[test]
fn while_it_has_thousands_of_messages_to_work_off() {
    let mut session = Session::new(Duration::ZERO, settings());
    let mut outputs = vec![];
    let mut handle = |session: &mut Session, input| {
        session.handle(Duration::ZERO, input, &mut outputs);
    };
    handle(&mut session, Input::Binary(CONFIGURE.into()));
    for _ in 0..4096 {
        assert!(session.has_room());
        handle(&mut session, Input::Binary(TWO_BYTES.into()));
    }
    assert!(!session.has_room());
    // The engine may work off less than a message, or several at once.
    for (audio_bytes, room) in [(1, false), (1, true), (100, true)] {
        handle(
            &mut session,
            Input::Animated {
                key: RequestKey(1),
                audio_bytes,
                animation: None,
                done: false,
            },
        );
        assert_eq!(session.has_room(), room);
    }
}

/// ClientConfigureSession at 16 kHz.
const CONFIGURE: &[u8] = &[0x08, 0x01, 0x12, 0x03, 0x08, 0x80, 0x7d];
/// Two bytes of audio for request `a`.
const TWO_BYTES: &[u8] = &[0x08, 0x03, 0x22, 0x07, 0x0a, 0x01, b'a', 0x1a, 0x02, 0, 0];

fn settings() -> Settings {
    Settings::new(
        ConnectionId::new("c-1").expect("an id"),
        AvatarId::new("vera").expect("an id"),
    )
}

#[test]
fn while_many_requests_are_at_their_last_frames() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            (0..64).for_each(|n| pair.end(&format!("r{n}")));
            pair.room();
            pair.work();
            pair.room();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request r0 started
              engine starts 1 PcmS16Le 16000 Hz
              engine finishes 1
              log: request r1 started
              engine starts 2 PcmS16Le 16000 Hz
              engine finishes 2
              log: request r2 started
              engine starts 3 PcmS16Le 16000 Hz
              engine finishes 3
              log: request r3 started
              engine starts 4 PcmS16Le 16000 Hz
              engine finishes 4
              log: request r4 started
              engine starts 5 PcmS16Le 16000 Hz
              engine finishes 5
              log: request r5 started
              engine starts 6 PcmS16Le 16000 Hz
              engine finishes 6
              log: request r6 started
              engine starts 7 PcmS16Le 16000 Hz
              engine finishes 7
              log: request r7 started
              engine starts 8 PcmS16Le 16000 Hz
              engine finishes 8
              log: request r8 started
              engine starts 9 PcmS16Le 16000 Hz
              engine finishes 9
              log: request r9 started
              engine starts 10 PcmS16Le 16000 Hz
              engine finishes 10
              log: request r10 started
              engine starts 11 PcmS16Le 16000 Hz
              engine finishes 11
              log: request r11 started
              engine starts 12 PcmS16Le 16000 Hz
              engine finishes 12
              log: request r12 started
              engine starts 13 PcmS16Le 16000 Hz
              engine finishes 13
              log: request r13 started
              engine starts 14 PcmS16Le 16000 Hz
              engine finishes 14
              log: request r14 started
              engine starts 15 PcmS16Le 16000 Hz
              engine finishes 15
              log: request r15 started
              engine starts 16 PcmS16Le 16000 Hz
              engine finishes 16
              log: request r16 started
              engine starts 17 PcmS16Le 16000 Hz
              engine finishes 17
              log: request r17 started
              engine starts 18 PcmS16Le 16000 Hz
              engine finishes 18
              log: request r18 started
              engine starts 19 PcmS16Le 16000 Hz
              engine finishes 19
              log: request r19 started
              engine starts 20 PcmS16Le 16000 Hz
              engine finishes 20
              log: request r20 started
              engine starts 21 PcmS16Le 16000 Hz
              engine finishes 21
              log: request r21 started
              engine starts 22 PcmS16Le 16000 Hz
              engine finishes 22
              log: request r22 started
              engine starts 23 PcmS16Le 16000 Hz
              engine finishes 23
              log: request r23 started
              engine starts 24 PcmS16Le 16000 Hz
              engine finishes 24
              log: request r24 started
              engine starts 25 PcmS16Le 16000 Hz
              engine finishes 25
              log: request r25 started
              engine starts 26 PcmS16Le 16000 Hz
              engine finishes 26
              log: request r26 started
              engine starts 27 PcmS16Le 16000 Hz
              engine finishes 27
              log: request r27 started
              engine starts 28 PcmS16Le 16000 Hz
              engine finishes 28
              log: request r28 started
              engine starts 29 PcmS16Le 16000 Hz
              engine finishes 29
              log: request r29 started
              engine starts 30 PcmS16Le 16000 Hz
              engine finishes 30
              log: request r30 started
              engine starts 31 PcmS16Le 16000 Hz
              engine finishes 31
              log: request r31 started
              engine starts 32 PcmS16Le 16000 Hz
              engine finishes 32
              log: request r32 started
              engine starts 33 PcmS16Le 16000 Hz
              engine finishes 33
              log: request r33 started
              engine starts 34 PcmS16Le 16000 Hz
              engine finishes 34
              log: request r34 started
              engine starts 35 PcmS16Le 16000 Hz
              engine finishes 35
              log: request r35 started
              engine starts 36 PcmS16Le 16000 Hz
              engine finishes 36
              log: request r36 started
              engine starts 37 PcmS16Le 16000 Hz
              engine finishes 37
              log: request r37 started
              engine starts 38 PcmS16Le 16000 Hz
              engine finishes 38
              log: request r38 started
              engine starts 39 PcmS16Le 16000 Hz
              engine finishes 39
              log: request r39 started
              engine starts 40 PcmS16Le 16000 Hz
              engine finishes 40
              log: request r40 started
              engine starts 41 PcmS16Le 16000 Hz
              engine finishes 41
              log: request r41 started
              engine starts 42 PcmS16Le 16000 Hz
              engine finishes 42
              log: request r42 started
              engine starts 43 PcmS16Le 16000 Hz
              engine finishes 43
              log: request r43 started
              engine starts 44 PcmS16Le 16000 Hz
              engine finishes 44
              log: request r44 started
              engine starts 45 PcmS16Le 16000 Hz
              engine finishes 45
              log: request r45 started
              engine starts 46 PcmS16Le 16000 Hz
              engine finishes 46
              log: request r46 started
              engine starts 47 PcmS16Le 16000 Hz
              engine finishes 47
              log: request r47 started
              engine starts 48 PcmS16Le 16000 Hz
              engine finishes 48
              log: request r48 started
              engine starts 49 PcmS16Le 16000 Hz
              engine finishes 49
              log: request r49 started
              engine starts 50 PcmS16Le 16000 Hz
              engine finishes 50
              log: request r50 started
              engine starts 51 PcmS16Le 16000 Hz
              engine finishes 51
              log: request r51 started
              engine starts 52 PcmS16Le 16000 Hz
              engine finishes 52
              log: request r52 started
              engine starts 53 PcmS16Le 16000 Hz
              engine finishes 53
              log: request r53 started
              engine starts 54 PcmS16Le 16000 Hz
              engine finishes 54
              log: request r54 started
              engine starts 55 PcmS16Le 16000 Hz
              engine finishes 55
              log: request r55 started
              engine starts 56 PcmS16Le 16000 Hz
              engine finishes 56
              log: request r56 started
              engine starts 57 PcmS16Le 16000 Hz
              engine finishes 57
              log: request r57 started
              engine starts 58 PcmS16Le 16000 Hz
              engine finishes 58
              log: request r58 started
              engine starts 59 PcmS16Le 16000 Hz
              engine finishes 59
              log: request r59 started
              engine starts 60 PcmS16Le 16000 Hz
              engine finishes 60
              log: request r60 started
              engine starts 61 PcmS16Le 16000 Hz
              engine finishes 61
              log: request r61 started
              engine starts 62 PcmS16Le 16000 Hz
              engine finishes 62
              log: request r62 started
              engine starts 63 PcmS16Le 16000 Hz
              engine finishes 63
              log: request r63 started
              engine starts 64 PcmS16Le 16000 Hz
              engine finishes 64
            has room: false
              send animation r0 0 frames end
              log: request r0 ended after 0 frames: completed
            has room: true
        "#]],
    );
}

#[test]
fn and_a_request_that_is_stopped_makes_room() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio_bytes("a", 3 << 20, false);
            pair.room();
            pair.interrupt("a");
            pair.room();
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3145728 bytes
            has room: false
              engine forgets 1
              log: request a ended after 0 frames: explicit
            has room: true
        "#]],
    );
}
