use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use futures_util::SinkExt as _;
use visavis_client::avatar::{Client, RetryBudget, RetryPolicy, RunEvent, speech};
use visavis_client::{Code, Error};
use visavis_wire::proto::message::Data;

use crate::server::{Server, Socket, animation, answer, error, handshake, next, token};

/// Quick retries, so that tests do not wait.
fn client(server: &Server) -> Client {
    let policy = RetryPolicy::default().base(Duration::from_millis(2));
    server.builder().retry_policy(policy).build().unwrap()
}

/// Moves with the speech, one frame for each 40 ms at 16 kHz, and fails after so many frames.
async fn face(mut socket: Socket, frames_max: u64, code: i32) {
    handshake(&mut socket).await;
    let (mut bytes, mut frames) = (0, 0);
    while let Some(Data::ClientAudioInput(audio)) = next(&mut socket).await {
        bytes += audio.audio.len() as u64;
        while (frames + 1) * 1280 <= bytes {
            if frames == frames_max {
                let _ = socket.send(error(code, "neutral")).await;
                return hang_up(socket).await;
            }
            socket
                .send(animation(&audio.req_id, frames * 40, false))
                .await
                .unwrap();
            frames += 1;
        }
        if audio.end {
            let end = visavis_wire::proto::ServerResponseAnimation {
                req_id: audio.req_id.clone(),
                end: true,
                ..Default::default()
            };
            let end = visavis_wire::server_message(end);
            socket
                .send(tokio_tungstenite::tungstenite::Message::Binary(end))
                .await
                .unwrap();
        }
    }
}

/// Closes and reads on until the client has closed too: a reset would take what it has not read yet.
async fn hang_up(mut socket: Socket) {
    let _ = socket.close(None).await;
    while next(&mut socket).await.is_some() {}
}

#[derive(Default)]
struct Seen {
    times_ms: Vec<u128>,
    errors: Vec<Error>,
}

async fn run(client: &Client, seconds: usize) -> (Result<u32, Error>, Seen) {
    let mut seen = Seen::default();
    let run = client
        .session()
        .run_with_retry(speech(&vec![1; 16_000 * seconds]), |event| match event {
            RunEvent::Animation(animation) => {
                seen.times_ms
                    .extend(animation.frames.iter().map(|frame| frame.time.as_millis()));
            }
            RunEvent::Retrying { error, .. } => seen.errors.push(error),
            _ => {}
        })
        .await;
    (run.map(|run| run.sessions), seen)
}

#[tokio::test]
async fn every_frame_comes_once_though_sessions_fail() {
    // The first three sessions fail after 30, 10 and 0 frames.
    let server = Server::new(|n, socket| async move {
        let frames = [30, 10, 0, 1000][n as usize - 1];
        face(socket, frames, 4503).await;
    })
    .await;
    let (sessions, seen) = run(&client(&server), 4).await;
    assert_eq!(sessions.unwrap(), 4);
    let expected: Vec<u128> = (0..100).map(|n| n * 40).collect();
    assert_eq!(seen.times_ms, expected);
    assert!(
        seen.errors
            .iter()
            .all(|error| error.code() == &Code::UpstreamError)
    );
}

#[tokio::test]
async fn what_the_advice_forbids_is_not_tried_again() {
    let server = Server::new(|_, socket| face(socket, 5, 4001)).await;
    let (result, seen) = run(&client(&server), 1).await;
    assert_eq!(result.unwrap_err().code(), &Code::CreditsExhausted);
    assert_eq!((seen.times_ms.len(), seen.errors.len()), (5, 0));
    assert_eq!(server.log.lock().unwrap().upgrades.len(), 1);
}

#[tokio::test]
async fn attempts_and_budget_end_a_run_that_gets_nowhere() {
    let server = Server::new(|_, socket| face(socket, 0, 4503)).await;
    let (result, seen) = run(&client(&server), 1).await;
    assert_eq!(result.unwrap_err().code(), &Code::UpstreamError);
    assert_eq!(seen.errors.len(), 3);
    let builder = server
        .builder()
        .retry_budget(RetryBudget::new(1, Duration::from_secs(3600)));
    let policy = RetryPolicy::default().base(Duration::from_millis(2));
    let (result, seen) = run(&builder.retry_policy(policy).build().unwrap(), 1).await;
    assert!(result.is_err());
    assert_eq!(seen.errors.len(), 1);
}

#[tokio::test]
async fn an_expired_token_is_replaced() {
    let upgrades = |n| {
        if n == 0 {
            answer(401, "session token expired")
        } else {
            String::new()
        }
    };
    let server = Server::with(
        |n| token(&format!("t-{n}")),
        upgrades,
        |n, socket| async move {
            face(socket, if n == 1 { 5 } else { 1000 }, 4010).await;
        },
    )
    .await;
    let client = client(&server);
    // The cached token has expired: it is replaced within one attempt.
    client.session_token().await.unwrap();
    let (sessions, seen) = run(&client, 1).await;
    assert_eq!(
        (sessions.unwrap_err().code(), seen.times_ms.len()),
        (&Code::SessionTokenInvalid.into(), 5)
    );
    let log = server.log.lock().unwrap();
    assert_eq!(log.token_calls.len(), 2);
    assert!(log.upgrades[1].contains("x-session-key: t-1"));
}

#[tokio::test]
async fn a_token_that_expires_in_a_session_is_replaced_and_the_speech_goes_on() {
    let server = Server::with(
        |n| token(&format!("t-{n}")),
        |_| String::new(),
        |n, socket| async move {
            if n == 1 {
                let mut socket = socket;
                handshake(&mut socket).await;
                next(&mut socket).await;
                socket.send(error(4010, "token is expired")).await.unwrap();
                hang_up(socket).await;
            } else {
                face(socket, 1000, 0).await;
            }
        },
    )
    .await;
    let (sessions, seen) = run(&client(&server), 1).await;
    assert_eq!((sessions.unwrap(), seen.times_ms.len()), (2, 25));
    assert_eq!(seen.errors[0].code(), &Code::SessionTokenExpired);
    assert_eq!(server.log.lock().unwrap().token_calls.len(), 2);
}

#[tokio::test]
async fn the_token_call_is_retried_and_waits_as_long_as_the_server_asks() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let tokens = move |n| {
        counted.fetch_add(1, SeqCst);
        let busy = "{\"code_name\":\"upstreamError\",\"retryable\":true,\"retry_after_ms\":300}";
        if n == 0 {
            answer(503, busy)
        } else {
            token("t")
        }
    };
    let server = Server::with(tokens, |_| String::new(), |_, _| async {}).await;
    let begun = std::time::Instant::now();
    client(&server).session_token().await.unwrap();
    assert_eq!(calls.load(SeqCst), 2);
    assert!(begun.elapsed() >= Duration::from_millis(300));
}
