use std::time::Duration;

use visavis_client::avatar::{Client, Event};
use visavis_client::{Code, Error, Phase};
use visavis_codes::Fault;

use crate::process::Server;

/// Audio that would be recognised in a log, as text or as numbers.
const AUDIO: &[u8] = b"AUDIOBYTESAUDIOBYTES";

#[tokio::test]
async fn every_code_is_had_on_purpose_and_no_log_line_holds_a_secret() {
    let server = Server::start();
    let places = [
        Phase::SessionToken,
        Phase::WebsocketConnect,
        Phase::WebsocketHandshake,
        Phase::WebsocketRuntime,
    ];
    let mut tokens = vec![];
    let mut failed = vec![];
    for code in Code::ALL {
        let mut had = 0;
        for phase in places {
            if Fault::cause(code, Some(phase)).is_none() {
                continue;
            }
            had += 1;
            let error = provoke(&server.http, code, phase, &mut tokens).await;
            if error.code().name() != code.name() || error.phase() != phase {
                failed.push(format!("{code}@{phase}: {error:?}"));
            }
            if error.is_retryable() != code.retryable() || error.advice() != code.advice() {
                failed.push(format!(
                    "{code}@{phase}: {} {}",
                    error.advice(),
                    error.is_retryable()
                ));
            }
            let upgraded = matches!(phase, Phase::WebsocketHandshake | Phase::WebsocketRuntime);
            if upgraded && code != Code::ConnectionClosed && error.connection_id().is_none() {
                failed.push(format!("{code}@{phase}: no connection id"));
            }
        }
        assert!(had > 0, "{code} cannot be had");
    }
    assert!(failed.is_empty(), "{failed:#?}");

    let metrics = get(&server.http, "/metrics").await;
    for code in Code::ALL {
        let label = format!("code=\"{code}\"");
        let marked = |line: &str| line.contains(&label) && line.contains("fault=\"true\"");
        assert!(
            metrics.lines().any(marked),
            "{code} is not counted as a fault"
        );
    }
    let admin_token = server.admin_token.clone();
    let log = server.stop();
    for code in Code::ALL {
        let line = |line: &&str| {
            line.contains(&format!("\"code\":\"{code}\"")) && line.contains("\"fault\":true")
        };
        assert!(
            log.lines().any(|text| line(&text)),
            "{code} is not logged as a fault"
        );
    }
    let audio = format!("{AUDIO:?}");
    let secrets = [
        "dev-key",
        &admin_token,
        "AUDIOBYTES",
        audio.trim_matches(['[', ']']),
    ];
    for secret in secrets.into_iter().chain(tokens.iter().map(String::as_str)) {
        assert!(!log.contains(secret), "the log holds {secret:.12}…");
    }
}

/// Asks for a failure and gives what the SDK reports.
async fn provoke(server: &str, code: Code, phase: Phase, tokens: &mut Vec<String>) -> Error {
    let place = match phase {
        Phase::SessionToken => "token",
        Phase::WebsocketConnect => "connect",
        Phase::WebsocketHandshake => "handshake",
        _ => "runtime",
    };
    let fault = format!("fault:{code}@{place}");
    let (key, avatar) = match phase {
        Phase::SessionToken => (fault.as_str(), "vera"),
        _ => ("dev-key", fault.as_str()),
    };
    let client = Client::builder()
        .server(server)
        .api_key(key)
        .app_id("dev-app")
        .avatar_id(avatar)
        .build()
        .unwrap();
    if phase != Phase::SessionToken {
        tokens.push(
            client
                .session_token()
                .await
                .unwrap()
                .token
                .expose()
                .to_owned(),
        );
    }
    let (session, mut events) = match client.session().pcm(16_000).open().await {
        Ok(open) => open,
        Err(error) => return error,
    };
    // The failure may be there before the audio is.
    let _ = session.send_bytes(AUDIO).await;
    let error = async {
        loop {
            match events.next().await {
                Some(Event::Error(error)) => return error,
                Some(_) => {}
                None => panic!("{fault}: the session ended without an error"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), error)
        .await
        .expect("the fault did not come")
}

/// One plain GET, so that no HTTP client is needed for it.
async fn get(server: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = server.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
