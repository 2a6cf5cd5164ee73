use std::time::Duration;

use expect_test::expect;

use crate::pair::{check, check_failure, check_failure_with, check_with};

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn e02_the_token_expires_in_the_session() {
    check_failure_with(
        |settings| settings.token_left = s(30),
        |pair| {
            pair.open();
            pair.seconds(25);
            pair.audio("a", 100);
            pair.seconds(5);
        },
        expect![[r#"
            send error 4010 "token is expired" request a
            sessionTokenExpired websocket_runtime "Session token expired" retryable false after 0 ms, /errors/sessionTokenExpired
            close 1000 | 4010
        "#]],
    );
}

#[test]
fn a_token_s_time_runs_during_the_handshake_too() {
    check_with(
        |settings| settings.token_left = s(12),
        |pair| {
            pair.seconds(8);
            pair.open();
            pair.seconds(10);
        },
        expect![[r#"
            8s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
            12s
              send error 4010 "token is expired"
                sessionTokenExpired websocket_runtime "Session token expired" retryable false after 0 ms, /errors/sessionTokenExpired
              close 1000 "sessionTokenExpired: token is expired"
              log: failed TokenExpiredInSession websocket_runtime
              settle block 0: 4
              log: ended after 4 s
            17s
              drop
        "#]],
    );
    check_with(
        |settings| settings.token_left = s(5),
        |pair| {
            pair.seconds(8);
            pair.open();
        },
        expect![[r#"
            8s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              send error 4010 "token is expired"
                sessionTokenExpired websocket_runtime "Session token expired" retryable false after 0 ms, /errors/sessionTokenExpired
              close 1000 "sessionTokenExpired: token is expired"
              log: failed TokenExpiredInSession websocket_runtime
              settle block 0: 0
              log: ended after 0 s
        "#]],
    );
}

#[test]
fn e14_the_session_reaches_its_longest_duration() {
    check_failure_with(
        |settings| settings.duration_max = s(90),
        |pair| {
            pair.seconds(2);
            pair.open();
            pair.seconds(59);
            pair.audio("a", 100);
            pair.seconds(31);
        },
        expect![[r#"
            send error 4002 "session time limit reached" request a
            sessionDurationExceeded websocket_runtime "Session duration exceeded" retryable true after 0 ms, /errors/sessionDurationExceeded
            close 1000 | 4002
        "#]],
    );
}

#[test]
fn e19_no_audio_comes() {
    check_failure(
        |pair| {
            pair.open();
            pair.seconds(60);
        },
        expect![[r#"
            send error 0 "no audio input for 60s"
            idleTimeout websocket_runtime "Idle timeout" retryable true after 0 ms, /errors/idleTimeout
            close 1000 | 1000
        "#]],
    );
    check_failure_with(
        |settings| settings.idle_timeout = s(7),
        |pair| {
            pair.open();
            pair.seconds(7);
        },
        expect![[r#"
            send error 0 "no audio input for 7s"
            idleTimeout websocket_runtime "Idle timeout" retryable true after 0 ms, /errors/idleTimeout
            close 1000 | 1000
        "#]],
    );
}

#[test]
fn audio_and_frames_begin_the_idle_time_anew_and_nothing_else_does() {
    check(
        |pair| {
            pair.open();
            pair.slow_engine();
            pair.seconds(50);
            pair.audio("a", 40);
            pair.seconds(50);
            pair.work();
            pair.seconds(50);
            pair.input(visavis_avatar::Input::Ping);
            pair.input(visavis_avatar::Input::Text);
            pair.audio("a", 0);
            pair.audio("b", 0);
            pair.pause("a");
            pair.interrupt("a");
            pair.resume("b");
            pair.seconds(60);
        },
        expect![[r#"
            0s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
            50s
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 1280 bytes
            100s
              send animation a 1 frames
            150s
              engine forgets 1
              log: request a ended after 1 frames: preempted
              log: request b started
              engine starts 2 PcmS16Le 16000 Hz
              send playback a PLAYING 0 ms
              send playback b PLAYING 0 ms
            160s
              engine forgets 2
              send error 0 "no audio input for 60s" request b
                idleTimeout websocket_runtime "Idle timeout" retryable true after 0 ms, /errors/idleTimeout
              close 1000 "idleTimeout: no audio input for 60s"
              log: failed NoAudio websocket_runtime request b
              settle block 0: 160
              log: ended after 160 s
            165s
              drop
        "#]],
    );
}

#[test]
fn of_several_timers_that_are_overdue_the_oldest_wins() {
    check_failure_with(
        |settings| settings.token_left = s(30),
        |pair| {
            pair.open();
            pair.sleep(s(5000));
        },
        expect![[r#"
            send error 4010 "token is expired"
            sessionTokenExpired websocket_runtime "Session token expired" retryable false after 0 ms, /errors/sessionTokenExpired
            close 1000 | 4010
        "#]],
    );
}

#[test]
fn limits_without_end_are_possible() {
    check_with(
        |settings| {
            settings.idle_timeout = Duration::MAX;
            settings.duration_max = Duration::MAX;
            settings.token_left = Duration::MAX;
            settings.pause_max = Duration::MAX;
        },
        |pair| {
            pair.seconds(1);
            pair.open();
            pair.audio("a", 40);
            pair.pause("a");
            pair.seconds(3000);
            pair.resume("a");
        },
        expect![[r#"
            1s
              send confirm c-1 []
              log: confirmed PcmS16Le 16000 Hz
              log: request a started
              engine starts 1 PcmS16Le 16000 Hz
              engine takes 1 1280 bytes
              send animation a 1 frames
              send playback a PAUSED 0 ms
            3001s
              send playback a PLAYING 0 ms
        "#]],
    );
}
