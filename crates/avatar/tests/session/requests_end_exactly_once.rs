use expect_test::expect;
use visavis_avatar::{Input, RequestKey};

use crate::pair::{animation, check};

#[test]
fn frames_leave_while_audio_still_comes_and_the_last_one_says_so() {
    check(
        |pair| {
            pair.open();
            pair.audio("a", 100);
            pair.millis(100);
            pair.audio("a", 100);
            pair.end("a");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
              send animation a 2 frames
            0.1s
              engine takes 1 3200 bytes
              send animation a 3 frames
              engine finishes 1
              send animation a 0 frames end
              log: request a ended after 5 frames: completed
        "#]],
    );
}

#[test]
fn the_end_may_come_with_the_last_audio_or_with_no_audio_at_all() {
    check(
        |pair| {
            pair.open();
            pair.audio_bytes("with", 3200, true);
            pair.end("without");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request with started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
              engine finishes 1
              send animation with 2 frames
              send animation with 1 frames end
              log: request with ended after 3 frames: completed
              log: request without started
              engine starts 2 PcmS16Le 16000 Hz
              engine finishes 2
              send animation without 0 frames end
              log: request without ended after 0 frames: completed
        "#]],
    );
}

#[test]
fn a_request_that_still_takes_audio_gives_way_to_a_newer_one() {
    check(
        |pair| {
            pair.open();
            pair.audio("a", 80);
            pair.audio("b", 80);
            pair.audio("a", 80);
            pair.end("a");
            pair.end("b");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 2560 bytes
              send animation a 2 frames
              engine forgets 1
              log: request a ended after 2 frames: preempted
              log: request b started
              engine starts 2 PcmS16Le 16000 Hz
              engine takes 2 2560 bytes
              send animation b 2 frames
              engine finishes 2
              send animation b 0 frames end
              log: request b ended after 2 frames: completed
        "#]],
    );
}

#[test]
fn an_ended_request_finishes_before_the_next_one() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio_bytes("a", 3200, true);
            pair.audio_bytes("b", 3200, true);
            while pair.work() {}
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
              engine finishes 2
              send animation a 2 frames
              send animation a 1 frames end
              log: request a ended after 3 frames: completed
              send animation b 2 frames
              send animation b 1 frames end
              log: request b ended after 3 frames: completed
        "#]],
    );
}

#[test]
fn an_interrupt_stops_a_request_at_once_also_after_its_end() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio("a", 80);
            pair.interrupt("a");
            pair.audio("a", 80);
            pair.audio_bytes("b", 3200, true);
            pair.interrupt("b");
            pair.work();
            pair.interrupt("b");
            pair.interrupt("never");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 2560 bytes
              engine forgets 1
              log: request a ended after 0 frames: explicit
              log: request b started
              engine starts 2 PcmS16Le 16000 Hz
              engine takes 2 3200 bytes
              engine finishes 2
              engine forgets 2
              log: request b ended after 0 frames: explicit
        "#]],
    );
}

#[test]
fn what_the_engine_says_of_a_stopped_request_goes_nowhere() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio("a", 80);
            pair.interrupt("a");
            for done in [false, true] {
                pair.input(Input::Animated {
                    key: RequestKey(1),
                    audio_bytes: 2560,
                    animation: Some(animation(2)),
                    done,
                });
            }
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 2560 bytes
              engine forgets 1
              log: request a ended after 0 frames: explicit
        "#]],
    );
}

#[test]
fn late_audio_for_an_ended_request_begins_no_second_one() {
    check(
        |pair| {
            pair.open();
            pair.audio_bytes("a", 3200, true);
            pair.audio("a", 100);
            pair.end("a");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 3200 bytes
              engine finishes 1
              send animation a 2 frames
              send animation a 1 frames end
              log: request a ended after 3 frames: completed
        "#]],
    );
}

#[test]
fn the_last_of_many_requests_still_knows_the_one_before() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            for n in 0..3 {
                pair.audio_bytes(&format!("r{n}"), 320, true);
            }
            pair.interrupt("r1");
            while pair.work() {}
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request r0 started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 320 bytes
              engine finishes 1
              log: request r1 started
              engine starts 2 PcmS16Le 16000 Hz
              engine takes 2 320 bytes
              engine finishes 2
              log: request r2 started
              engine starts 3 PcmS16Le 16000 Hz
              engine takes 3 320 bytes
              engine finishes 3
              engine forgets 2
              log: request r1 ended after 0 frames: explicit
              send animation r0 1 frames end
              log: request r0 ended after 1 frames: completed
              send animation r2 1 frames end
              log: request r2 ended after 1 frames: completed
        "#]],
    );
}

#[test]
fn odd_bytes_are_carried_over_between_messages() {
    check(
        |pair| {
            pair.open();
            pair.audio_bytes("a", 1601, false);
            pair.audio_bytes("a", 1599, true);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 1601 bytes
              send animation a 1 frames
              engine takes 1 1599 bytes
              engine finishes 1
              send animation a 1 frames
              send animation a 1 frames end
              log: request a ended after 3 frames: completed
        "#]],
    );
}

#[test]
fn many_frames_at_once_are_sent_in_messages_that_every_client_takes() {
    check(
        |pair| {
            pair.open();
            pair.audio_bytes("a", 4_000_000, true);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 4000000 bytes
              engine finishes 1
              send animation a 500 frames
              send animation a 500 frames
              send animation a 500 frames
              send animation a 500 frames
              send animation a 500 frames
              send animation a 500 frames
              send animation a 125 frames
              send animation a 0 frames end
              log: request a ended after 3125 frames: completed
        "#]],
    );
}

#[test]
fn a_client_that_goes_leaves_no_work_behind() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio_bytes("a", 3200, true);
            pair.audio("b", 100);
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
              engine forgets 1
              engine forgets 2
              settle block 0: 0
              log: ended after 0 s
              drop
            3600 reserved = 0 committed + 3600 refunded
        "#]],
    );
}
