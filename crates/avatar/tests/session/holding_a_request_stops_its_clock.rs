use expect_test::expect;
use visavis_avatar::Input;

use crate::pair::check;

#[test]
fn every_pause_and_resume_is_answered_exactly_once() {
    check(
        |pair| {
            pair.open();
            pair.pause("a");
            pair.resume("a");
            pair.audio("a", 2000);
            pair.millis(400);
            pair.pause("a");
            pair.millis(400);
            pair.pause("a");
            pair.resume("a");
            pair.resume("a");
            pair.millis(100);
            pair.pause("other");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              send playback a ENDED 0 ms
              send playback a ENDED 0 ms
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 64000 bytes
              send animation a 50 frames
            0.4s
              send playback a PAUSED 400 ms
            0.8s
              send playback a PAUSED 400 ms
              send playback a PLAYING 400 ms
              send playback a PLAYING 400 ms
            0.9s
              send playback other PLAYING 500 ms
        "#]],
    );
}

#[test]
fn what_was_heard_to_its_end_cannot_be_held() {
    check(
        |pair| {
            pair.open();
            pair.audio("a", 1000);
            pair.end("a");
            pair.millis(1000);
            pair.pause("a");
            pair.resume("a");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 32000 bytes
              send animation a 25 frames
              engine finishes 1
              send animation a 0 frames end
              log: request a ended after 25 frames: completed
            1s
              send playback a ENDED 1000 ms
              send playback a ENDED 1000 ms
        "#]],
    );
}

#[test]
fn audio_that_comes_while_held_is_kept() {
    check(
        |pair| {
            pair.open();
            pair.audio("a", 1000);
            pair.millis(200);
            pair.pause("a");
            pair.audio("a", 1000);
            pair.end("a");
            pair.seconds(5);
            pair.resume("a");
            pair.millis(1800);
            pair.pause("a");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 32000 bytes
              send animation a 25 frames
            0.2s
              send playback a PAUSED 200 ms
              engine takes 1 32000 bytes
              send animation a 25 frames
              engine finishes 1
              send animation a 0 frames end
              log: request a ended after 50 frames: completed
            5.2s
              send playback a PLAYING 200 ms
            7s
              send playback a ENDED 2000 ms
        "#]],
    );
}

#[test]
fn a_request_may_be_held_before_its_first_frame() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio("a", 1000);
            pair.pause("a");
            pair.millis(300);
            pair.work();
            pair.millis(300);
            pair.resume("a");
            pair.millis(300);
            pair.pause("a");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 32000 bytes
              send playback a PAUSED 0 ms
            0.3s
              send animation a 25 frames
            0.6s
              send playback a PLAYING 0 ms
            0.9s
              send playback a PAUSED 300 ms
        "#]],
    );
}

#[test]
fn p11_a_hold_that_lasts_too_long_ends_the_request() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio("a", 1000);
            pair.work();
            pair.millis(200);
            pair.pause("a");
            pair.seconds(61);
            pair.pause("a");
            pair.audio("a", 100);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 32000 bytes
              send animation a 25 frames
            0.2s
              send playback a PAUSED 200 ms
            60.2s
              send playback a INTERRUPTED 200 ms pause_timeout
              engine forgets 1
              log: request a ended after 25 frames: pause_timeout
            61.2s
              send playback a INTERRUPTED 200 ms
        "#]],
    );
}

#[test]
fn the_idle_time_begins_when_the_hold_is_over() {
    check(
        |pair| {
            pair.open();
            pair.audio("a", 1000);
            pair.end("a");
            pair.pause("a");
            pair.seconds(200);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 32000 bytes
              send animation a 25 frames
              engine finishes 1
              send animation a 0 frames end
              log: request a ended after 25 frames: completed
              send playback a PAUSED 0 ms
            60s
              send playback a INTERRUPTED 0 ms pause_timeout
            120s
              send error 0 "no audio input for 60s"
                idleTimeout websocket_runtime "Idle timeout" retryable true after 0 ms, /errors/idleTimeout
              close 1000 "idleTimeout: no audio input for 60s"
              log: failed NoAudio websocket_runtime
              settle block 0: 120
              log: ended after 120 s
            125s
              drop
        "#]],
    );
    check(
        |pair| {
            pair.open();
            pair.audio("a", 1000);
            pair.end("a");
            pair.pause("a");
            pair.seconds(30);
            pair.resume("a");
            pair.seconds(100);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 32000 bytes
              send animation a 25 frames
              engine finishes 1
              send animation a 0 frames end
              log: request a ended after 25 frames: completed
              send playback a PAUSED 0 ms
            30s
              send playback a PLAYING 0 ms
            90s
              send error 0 "no audio input for 60s"
                idleTimeout websocket_runtime "Idle timeout" retryable true after 0 ms, /errors/idleTimeout
              close 1000 "idleTimeout: no audio input for 60s"
              log: failed NoAudio websocket_runtime
              settle block 0: 90
              log: ended after 90 s
            95s
              drop
        "#]],
    );
}

#[test]
fn an_interrupt_ends_a_hold_and_the_position_stands_still() {
    check(
        |pair| {
            pair.open();
            pair.audio("a", 5000);
            pair.end("a");
            pair.seconds(1);
            pair.pause("a");
            pair.seconds(1);
            pair.interrupt("a");
            pair.seconds(1);
            pair.resume("a");
            pair.seconds(30);
            pair.pause("a");
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 160000 bytes
              send animation a 125 frames
              engine finishes 1
              send animation a 0 frames end
              log: request a ended after 125 frames: completed
            1s
              send playback a PAUSED 1000 ms
            3s
              send playback a INTERRUPTED 1000 ms
            33s
              send playback a INTERRUPTED 1000 ms
        "#]],
    );
}

#[test]
fn interrupting_an_older_request_leaves_the_hold_alone() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.audio_bytes("a", 3200, true);
            pair.audio("b", 1000);
            pair.pause("b");
            pair.interrupt("a");
            pair.seconds(60);
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
              engine takes 2 32000 bytes
              send playback b PAUSED 0 ms
              engine forgets 1
              log: request a ended after 0 frames: explicit
            60s
              send playback b INTERRUPTED 0 ms pause_timeout
              engine forgets 2
              log: request b ended after 0 frames: pause_timeout
        "#]],
    );
}

#[test]
fn a_newer_request_ends_a_hold() {
    check(
        |pair| {
            pair.open();
            pair.audio("a", 1000);
            pair.pause("a");
            pair.audio("b", 1000);
            pair.seconds(70);
            pair.input(Input::PeerClosed);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 32000 bytes
              send animation a 25 frames
              send playback a PAUSED 0 ms
              engine forgets 1
              log: request a ended after 25 frames: preempted
              log: request b started
              engine starts 2 PcmS16Le 16000 Hz
              engine takes 2 32000 bytes
              send animation b 25 frames
            60s
              engine forgets 2
              send error 0 "no audio input for 60s" request b
                idleTimeout websocket_runtime "Idle timeout" retryable true after 0 ms, /errors/idleTimeout
              close 1000 "idleTimeout: no audio input for 60s"
              log: failed NoAudio websocket_runtime request b
              settle block 0: 60
              log: ended after 60 s
            65s
              drop
        "#]],
    );
}
