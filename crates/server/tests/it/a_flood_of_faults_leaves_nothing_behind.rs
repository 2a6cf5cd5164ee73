use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use visavis_client::avatar::{Client, Event};
use visavis_client::console::Console;
use visavis_client::{Code, Phase};
use visavis_codes::Fault;

use crate::process::Server;

const SESSIONS: usize = 10_000;
const AT_ONCE: usize = 200;
/// More than this is a leak: a session costs near 20 KiB.
const GROWTH_KIB_MAX: u64 = 64 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_faults_leaves_nothing_behind() {
    let server = Server::start_with_log("error");
    let console = Arc::new(Console::new(&server.http, server.admin_token.as_str()).unwrap());
    let (app_id, key) = funded_app(&console).await;
    let names: Vec<String> = [
        Phase::WebsocketConnect,
        Phase::WebsocketHandshake,
        Phase::WebsocketRuntime,
    ]
    .into_iter()
    .zip(["connect", "handshake", "runtime"])
    .flat_map(|(phase, place)| {
        let possible = Code::ALL
            .into_iter()
            .filter(move |code| Fault::cause(*code, Some(phase)).is_some());
        possible.map(move |code| format!("fault:{code}@{place}"))
    })
    .collect();
    let before = server.resident_kib();
    let (next, errors) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let workers = (0..AT_ONCE).map(|_| {
        let client = Client::builder()
            .server(&server.http)
            .api_key(key.as_str())
            .app_id(&app_id)
            .avatar_id("vera");
        let client = client.build().unwrap();
        let (next, errors, names) = (Arc::clone(&next), Arc::clone(&errors), names.clone());
        tokio::spawn(async move {
            while let Some(name) =
                Some(next.fetch_add(1, Ordering::Relaxed)).filter(|n| *n < SESSIONS)
            {
                let ended = tokio::time::timeout(
                    Duration::from_secs(60),
                    errors_of(&client, &names[name % names.len()]),
                );
                assert_eq!(
                    ended.await.expect("a session hangs"),
                    1,
                    "{}",
                    names[name % names.len()]
                );
                errors.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    assert_eq!(errors.load(Ordering::Relaxed), SESSIONS);

    settled(&console, &app_id).await;
    let sessions = console.get(&["v1", "sessions"], &[]).await.unwrap();
    assert_eq!(sessions["sessions"], json!([]));
    let growth = server.resident_kib().saturating_sub(before);
    assert!(growth < GROWTH_KIB_MAX, "the server grew by {growth} KiB");
    let log = server.stop();
    assert!(!log.contains("panicked"), "{log}");
}

/// Opens a session and counts the errors that it reports.
async fn errors_of(client: &Client, avatar: &str) -> usize {
    let Ok((_session, mut events)) = client.session().avatar_id(avatar).pcm(16_000).open().await
    else {
        return 1;
    };
    let mut errors = 0;
    while let Some(event) = events.next().await {
        errors += usize::from(matches!(event, Event::Error(_)));
    }
    errors
}

async fn funded_app(console: &Console) -> (String, String) {
    let app = json!({"name": "flood", "test": true, "concurrencyMax": AT_ONCE});
    let app = console.post(&["v1", "apps"], &app).await.unwrap();
    let app_id = text(&app, "appId");
    let key = console
        .post(&["v1", "apps", &app_id, "api-keys"], &json!({}))
        .await
        .unwrap();
    let grant = json!({"appId": app_id, "amount": 10_000_000});
    console
        .post(&["v2", "billing", "credits", "grants"], &grant)
        .await
        .unwrap();
    (app_id, text(&key, "apiKey"))
}

/// Waits until nothing is reserved any more: then what was granted is what is left and what was used.
async fn settled(console: &Console, app_id: &str) {
    let mut last = Value::Null;
    for _ in 0..100 {
        last = console
            .get(&["v2", "billing", "credits"], &[("appId", app_id)])
            .await
            .unwrap();
        let number = |name: &str| text(&last, name).parse::<i64>().unwrap();
        if number("balance") + number("lifetimeConsumed") == number("lifetimeEarned") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("credits stay reserved: {last}");
}

fn text(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
        .to_owned()
}
