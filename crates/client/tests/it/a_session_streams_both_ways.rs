use std::time::Duration;

use futures_util::SinkExt as _;
use visavis_client::Code;
use visavis_client::avatar::{Egress, Event, LiveKit, PlaybackState};
use visavis_wire::proto::{self, message::Data};

use crate::server::{Server, animation, handshake, next};

/// Answers each piece of audio with a frame that counts the samples so far, and an end with the last.
async fn echo(mut socket: crate::server::Socket) {
    handshake(&mut socket).await;
    let mut bytes = 0;
    while let Some(data) = next(&mut socket).await {
        let said = match data {
            Data::ClientAudioInput(audio) => {
                assert!(audio.audio.len() <= 64 << 10);
                bytes += audio.audio.len() as u64;
                animation(&audio.req_id, bytes / 32, audio.end)
            }
            Data::ClientPause(pause) => visavis_playback(&pause.req_id, 2),
            Data::ClientResume(resume) => visavis_playback(&resume.req_id, 1),
            Data::ClientInterrupt(interrupt) => visavis_playback(&interrupt.req_id, 4),
            other => panic!("{other:?}"),
        };
        socket.send(said).await.unwrap();
    }
}

fn visavis_playback(req_id: &str, state: i32) -> tokio_tungstenite::tungstenite::Message {
    let state = proto::ServerPlaybackState {
        req_id: req_id.into(),
        state,
        played_ms: 40,
        ..Default::default()
    };
    tokio_tungstenite::tungstenite::Message::Binary(visavis_wire::server_message(state))
}

#[tokio::test]
async fn speech_goes_out_and_motion_comes_back() {
    let server = Server::new(|_, socket| echo(socket)).await;
    let (session, mut events) = server.client().session().open().await.unwrap();
    assert_eq!(session.connection_id(), "c-1");
    let req_id = session.send_audio(&vec![0; 100_000]).await.unwrap();
    assert_eq!(session.end().await.unwrap(), Some(req_id.clone()));
    assert_eq!(session.end().await.unwrap(), None);
    let last = loop {
        let Some(Event::Animation(animation)) = events.next().await else {
            panic!("no animation")
        };
        assert_eq!(animation.req_id, req_id);
        assert_eq!(animation.frames[0].blendshape("jawOpen"), Some(0.5));
        if animation.end {
            break animation.frames[0].time;
        }
    };
    assert_eq!(last, Duration::from_millis(6250));
    session.close().await.unwrap();
    assert!(matches!(events.next().await, Some(Event::Closed(closed)) if closed.error.is_none()));
    assert!(events.next().await.is_none());
    let error = session.send_audio(&[1]).await.unwrap_err();
    assert_eq!(
        (error.code(), error.phase()),
        (
            &Code::ConnectionClosed.into(),
            visavis_client::Phase::WebsocketSend
        )
    );
}

#[tokio::test]
async fn playback_is_paused_resumed_and_interrupted() {
    let server = Server::new(|_, socket| echo(socket)).await;
    let (session, mut events) = server.client().session().open().await.unwrap();
    assert_eq!(
        session.interrupt().await.unwrap_err().code(),
        &Code::InvalidRequest
    );
    assert_eq!(
        session.pause().await.unwrap_err().code(),
        &Code::InvalidRequest
    );
    let first = session.send_bytes(vec![0; 320]).await.unwrap();
    session.pause().await.unwrap();
    session.resume().await.unwrap();
    assert_eq!(session.interrupt().await.unwrap(), first);
    let second = session.send_bytes(vec![0; 320]).await.unwrap();
    assert_ne!(first, second);
    let mut states = vec![];
    while states.len() < 3 {
        if let Some(Event::Playback(playback)) = events.next().await {
            assert_eq!(
                (playback.req_id.as_str(), playback.played.as_millis()),
                (first.as_str(), 40)
            );
            states.push(playback.state);
        }
    }
    use PlaybackState::{Interrupted, Paused, Playing};
    assert_eq!(states, [Paused, Playing, Interrupted]);
}

#[tokio::test]
async fn credentials_go_in_headers_or_in_the_query_and_tokens_are_reused() {
    let server = Server::new(|_, socket| echo(socket)).await;
    let client = server.client();
    let builder = client.session().avatar_id("otto & vera");
    drop(builder.open().await.unwrap());
    drop(builder.query_auth().open().await.unwrap());
    let log = server.log.lock().unwrap();
    assert_eq!(log.token_calls.len(), 1);
    assert!(log.token_calls[0].starts_with("POST /v1/console/session-tokens HTTP/1.1"));
    assert!(log.token_calls[0].contains("x-api-key: dev-key"));
    let (headers, query) = (&log.upgrades[0], &log.upgrades[1]);
    assert!(headers.starts_with("GET /v2/driveningress/websocket?id=otto%20%26%20vera HTTP"));
    assert!(headers.contains("x-app-id: dev-app") && headers.contains("x-session-key: t-1"));
    assert!(
        query.contains("&appId=dev-app&sessionKey=t-1 HTTP") && !query.contains("x-session-key")
    );
}

#[tokio::test]
async fn the_configuration_says_what_the_builder_was_told() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::new(move |_, mut socket| {
        let tell = tell.clone();
        async move {
            let _ = tell.send(handshake(&mut socket).await);
            next(&mut socket).await;
        }
    })
    .await;
    let client = server.client();
    let room = LiveKit::with_token("wss://lk", "room", "face", "lk-secret").attribute("a", "b");
    let builder = client
        .session()
        .ogg_opus(24_000, 32_000)
        .extra_param("x", "y");
    drop(builder.egress(&Egress::LiveKit(room)).open().await.unwrap());
    let configure = told.recv().await.unwrap();
    assert_eq!(
        (
            configure.sample_rate,
            configure.bitrate,
            configure.audio_format
        ),
        (24_000, 32_000, 1)
    );
    assert_eq!(
        (configure.egress_type, &configure.extra_params["x"]),
        (1, &"y".to_owned())
    );
    let room = configure.livekit_egress.unwrap();
    assert_eq!(
        (room.api_token.as_str(), room.extra_attributes["a"].as_str()),
        ("lk-secret", "b")
    );
}

#[tokio::test]
async fn an_app_that_does_not_read_bounds_the_queue_and_can_still_close() {
    let server = Server::new(|_, mut socket| async move {
        handshake(&mut socket).await;
        for n in 0..1000 {
            if socket.send(animation("r", n, false)).await.is_err() {
                return;
            }
        }
        while next(&mut socket).await.is_some() {}
    })
    .await;
    let client = server.client();
    let (session, mut events) = client.session().events_max(2).open().await.unwrap();
    session.send_audio(&[0; 160]).await.unwrap();
    session.close().await.unwrap();
    drop(session);
    let mut got = 0;
    while events.next().await.is_some() {
        got += 1;
    }
    assert!(got <= 4, "{got}");
}

#[tokio::test]
async fn closing_waits_five_seconds_for_a_server_that_reads_nothing() {
    let server = Server::new(|_, mut socket| async move {
        handshake(&mut socket).await;
        std::future::pending::<()>().await;
        drop(socket);
    })
    .await;
    let (session, _events) = server.client().session().open().await.unwrap();
    // Far more than the buffers of a socket hold.
    let stuck = session.send_bytes(vec![0; 64 << 20]);
    let stuck = tokio::time::timeout(Duration::from_millis(500), stuck).await;
    assert!(stuck.is_err(), "the server reads after all");
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    session.close().await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn dropping_the_handle_ends_the_connection_and_the_events() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::new(move |_, mut socket| {
        let tell = tell.clone();
        async move {
            handshake(&mut socket).await;
            while next(&mut socket).await.is_some() {}
            let _ = tell.send(());
        }
    })
    .await;
    let tasks = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let before = tasks();
    let (session, mut events) = server.client().session().open().await.unwrap();
    drop(session);
    assert!(events.next().await.is_none());
    told.recv().await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(tasks(), before, "a task outlived its session");
}

#[tokio::test]
async fn giving_up_on_opening_leaves_nothing_behind() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::new(move |_, mut socket| {
        let tell = tell.clone();
        async move {
            next(&mut socket).await;
            let _ = tell.send("configured");
            while next(&mut socket).await.is_some() {}
            let _ = tell.send("gone");
        }
    })
    .await;
    let builder = server.client().session();
    tokio::select! {
        opened = builder.open() => panic!("{opened:?}"),
        said = told.recv() => assert_eq!(said, Some("configured")),
    }
    assert_eq!(told.recv().await, Some("gone"));
}
