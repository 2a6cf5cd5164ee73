use std::time::Duration;

use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};
use visavis_client::avatar::Event;
use visavis_client::{Code, Error, Phase};

use crate::server::{Server, Socket, answer, confirm, error, handshake, next, token};

/// The error of opening a session against this answer to the upgrade or first frames.
async fn refused<F>(script: impl Fn(u32, Socket) -> F + Send + Sync + 'static) -> Error
where
    F: Future<Output = ()> + Send + 'static,
{
    let server = Server::new(script).await;
    server
        .client()
        .session()
        .open()
        .await
        .map(|_| ())
        .unwrap_err()
}

/// Opens a session and collects its one error.
async fn failed<F>(script: impl Fn(u32, Socket) -> F + Send + Sync + 'static) -> Error
where
    F: Future<Output = ()> + Send + 'static,
{
    let server = Server::new(script).await;
    let (session, mut events) = server.client().session().open().await.unwrap();
    let _ = session.send_audio(&[0; 160]).await;
    let mut found = vec![];
    let mut closed = 0;
    while let Some(event) = events.next().await {
        assert_eq!(closed, 0, "Closed is the last event");
        match event {
            Event::Error(error) => found.push(error),
            Event::Closed(last) => {
                closed += 1;
                assert!(last.error.is_some());
            }
            _ => {}
        }
    }
    assert_eq!((found.len(), closed), (1, 1));
    let later = session.send_audio(&[0]).await.unwrap_err();
    assert_eq!(later.code(), found[0].code());
    assert!(session.close().await.is_err());
    found.remove(0)
}

fn close(code: u16, reason: &'static str) -> Message {
    Message::Close(Some(CloseFrame {
        code: CloseCode::from(code),
        reason: reason.into(),
    }))
}

#[track_caller]
fn check(error: &Error, code: Code, phase: Phase) {
    assert_eq!(
        (error.code(), error.phase()),
        (&code.into(), phase),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_first_reply_that_is_no_confirmation_is_a_protocol_error() {
    let empty = Message::Binary(visavis_wire::server_message(
        visavis_wire::proto::ServerConfirmSession::default(),
    ));
    for reply in [
        Message::text("hello"),
        Message::binary(vec![0xff, 0xff]),
        empty,
        crate::server::animation("r", 0, false),
    ] {
        let error = refused(move |_, mut socket| {
            let reply = reply.clone();
            async move {
                next(&mut socket).await;
                socket.send(reply).await.unwrap();
                next(&mut socket).await;
            }
        })
        .await;
        check(&error, Code::ProtocolError, Phase::WebsocketHandshake);
    }
}

#[tokio::test]
async fn an_error_at_the_handshake_carries_the_close_that_followed() {
    let error = refused(|_, mut socket| async move {
        next(&mut socket).await;
        socket
            .send(error(4003, "concurrency limit reached: 2"))
            .await
            .unwrap();
        socket.send(close(4003, "too many")).await.unwrap();
        next(&mut socket).await;
    })
    .await;
    check(&error, Code::ConcurrencyLimit, Phase::WebsocketHandshake);
    assert_eq!(
        (error.close_code(), error.close_reason()),
        (Some(4003), Some("too many"))
    );
    assert_eq!(
        (error.server_code(), error.connection_id()),
        (Some("4003"), Some("c-1"))
    );
    assert_eq!(error.server_detail(), Some("concurrency limit reached: 2"));
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_after_ten_seconds() {
    let begun = std::time::Instant::now();
    let error = refused(|_, mut socket| async move {
        next(&mut socket).await;
        tokio::time::pause();
        next(&mut socket).await;
    })
    .await;
    check(&error, Code::ConnectionFailed, Phase::WebsocketHandshake);
    assert!(error.message().contains("within 10 s"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_close_or_a_drop_at_the_handshake_is_reported() {
    let error = refused(|_, mut socket| async move {
        next(&mut socket).await;
        socket.send(close(1000, "")).await.unwrap();
        next(&mut socket).await;
    })
    .await;
    check(&error, Code::ConnectionClosed, Phase::WebsocketHandshake);
    assert_eq!(error.close_code(), Some(1000));
    let error = refused(|_, mut socket| async move {
        next(&mut socket).await;
    })
    .await;
    check(&error, Code::ConnectionClosed, Phase::WebsocketHandshake);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn close_codes_of_a_running_session_map_to_their_codes() {
    for (number, code) in [
        (4001, Code::CreditsExhausted),
        (4002, Code::SessionDurationExceeded),
        (4003, Code::ConcurrencyLimit),
        (4010, Code::SessionTokenInvalid),
        (4503, Code::UpstreamError),
        (1011, Code::ConnectionClosed),
        (4242, Code::ConnectionClosed),
    ] {
        let error = failed(move |_, mut socket| async move {
            handshake(&mut socket).await;
            socket.send(close(number, "why")).await.unwrap();
            next(&mut socket).await;
        })
        .await;
        check(&error, code, Phase::WebsocketRuntime);
        assert_eq!(
            (error.close_code(), error.close_reason()),
            (Some(number), Some("why"))
        );
        assert_eq!(error.connection_id(), Some("c-1"));
    }
}

#[tokio::test]
async fn an_error_and_what_follows_it_are_one_failure() {
    for ending in [Some(1000), Some(4001), Some(1011), None] {
        let error = failed(move |_, mut socket| async move {
            handshake(&mut socket).await;
            socket.send(error(4001, "credits exhausted")).await.unwrap();
            if let Some(code) = ending {
                socket.send(close(code, "")).await.unwrap();
                next(&mut socket).await;
            }
        })
        .await;
        check(&error, Code::CreditsExhausted, Phase::WebsocketRuntime);
        assert_eq!(error.close_code(), Some(4001));
    }
}

#[tokio::test]
async fn a_drop_of_a_running_session_is_a_closed_connection() {
    let error = failed(|_, mut socket| async move {
        handshake(&mut socket).await;
        next(&mut socket).await;
    })
    .await;
    assert_eq!(error.code(), &Code::ConnectionClosed);
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn an_undecodable_frame_is_passed_over() {
    let server = Server::new(|_, mut socket| async move {
        handshake(&mut socket).await;
        socket.send(Message::text("noise")).await.unwrap();
        socket
            .send(Message::binary(vec![0xff, 0xff]))
            .await
            .unwrap();
        socket.send(Message::binary(vec![8, 111])).await.unwrap();
        socket.send(confirm()).await.unwrap();
        socket
            .send(crate::server::animation("r", 0, true))
            .await
            .unwrap();
        next(&mut socket).await;
    })
    .await;
    let (_session, mut events) = server.client().session().open().await.unwrap();
    assert!(
        matches!(events.next().await, Some(Event::Skipped(error)) if error.code() == &Code::ProtocolError)
    );
    assert!(matches!(events.next().await, Some(Event::Animation(animation)) if animation.end));
}

#[tokio::test]
async fn a_refused_upgrade_is_read_to_its_end() {
    let body = visavis_wire::problem::UNDECODABLE_TOKEN;
    let server = Server::with(
        |_| token("secret-token"),
        move |_| answer(400, body),
        |_, _| async {},
    )
    .await;
    let error = server
        .client()
        .session()
        .open()
        .await
        .map(|_| ())
        .unwrap_err();
    check(&error, Code::SessionTokenInvalid, Phase::WebsocketConnect);
    assert_eq!(
        (error.http_status(), error.raw_body()),
        (Some(400), Some(body))
    );
    assert_eq!(error.request_id(), Some("r-1"));
}

#[tokio::test]
async fn secrets_that_a_server_repeats_are_blotted_out() {
    let server = Server::with(
        |_| token("secret-token"),
        |_| answer(400, "{\"message\":\"bad key secret-token\"}"),
        |_, _| async {},
    )
    .await;
    let error = server
        .client()
        .session()
        .query_auth()
        .open()
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret-token"));
    let server = Server::with(
        |_| answer(401, "no such key: dev-key"),
        |_| String::new(),
        |_, _| async {},
    )
    .await;
    let error = server.client().session_token().await.unwrap_err();
    check(&error, Code::SessionTokenInvalid, Phase::SessionToken);
    assert!(!format!("{error} {error:?}").contains("dev-key"));
}

#[tokio::test]
async fn nothing_that_listens_is_a_failed_connection() {
    let server = Server::new(|_, _| async {}).await;
    let nowhere = "http://127.0.0.1:9/v1/console";
    let client = server.builder().console_endpoint(nowhere).build().unwrap();
    let error = client.session().open().await.map(|_| ()).unwrap_err();
    check(&error, Code::ConnectionFailed, Phase::SessionToken);
    let client = server
        .builder()
        .ingress_endpoint("ws://127.0.0.1:9/x")
        .build()
        .unwrap();
    let error = client.session().open().await.map(|_| ()).unwrap_err();
    check(&error, Code::ConnectionFailed, Phase::WebsocketConnect);
    assert!(error.to_string().contains("127.0.0.1:9") && !error.to_string().contains("t-1"));
    let client = server
        .builder()
        .ingress_endpoint("wss://127.0.0.1:9")
        .build()
        .unwrap();
    let error = client.session().open().await.map(|_| ()).unwrap_err();
    check(&error, Code::ConnectionFailed, Phase::WebsocketConnect);
}

#[tokio::test]
async fn odd_answers_to_the_token_call_have_codes() {
    for (reply, code) in [
        (answer(200, "{}"), Code::ProtocolError),
        (answer(200, "no JSON"), Code::ProtocolError),
        (answer(201, "{\"sessionToken\":\"t\"}"), Code::Unknown),
        (
            answer(402, "{\"message\":\"session denied: no plan\"}"),
            Code::BillingRequired,
        ),
        ("garbage\r\n\r\n".to_owned(), Code::ProtocolError),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{".to_owned(),
            Code::ConnectionFailed,
        ),
    ] {
        let sent = reply.clone();
        let server = Server::with(move |_| sent.clone(), |_| String::new(), |_, _| async {}).await;
        let error = server.client().session_token().await.unwrap_err();
        check(&error, code, Phase::SessionToken);
    }
}
