use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use visavis_store::{NewApp, SignalWrite, SignalingSettings, Store, Webhook};

use super::schedule::Schedule;
use super::signature::sign;
use super::{Handle, Running, new_secret, start_with};
use crate::metrics::{Metrics, WebhookOutcome};

const LOGIN: &str = "signaling.login";

/// Fast enough for a test, with the shape of the real one.
const FAST: Schedule = Schedule {
    timeout: Duration::from_secs(5),
    poll: Duration::from_millis(20),
    delays: &[Duration::from_millis(20), Duration::from_millis(20)],
    pause_min: Duration::from_millis(1),
    pause_max: Duration::from_millis(10),
};

const SECONDS: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(1)];

/// A server that answers with one status and keeps what it got.
#[derive(Clone)]
struct Receiver {
    url: String,
    status: Arc<Mutex<u16>>,
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook?key=hidden", listener.local_addr().unwrap()),
            status: Arc::new(Mutex::new(status)),
            got: Arc::default(),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn answers(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// What came, once there is this much of it.
    async fn got(&self, count: usize) -> Vec<(HeaderMap, String)> {
        until(|| self.got.lock().unwrap().len() >= count).await;
        self.got.lock().unwrap().clone()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> Response {
    receiver.got.lock().unwrap().push((headers, body));
    let status = StatusCode::from_u16(*receiver.status.lock().unwrap()).unwrap();
    let elsewhere = [(header::LOCATION, receiver.url.clone())];
    (status, elsewhere).into_response()
}

/// Waits for something that happens soon.
async fn until(test: impl Fn() -> bool) {
    let soon = tokio::time::timeout(Duration::from_secs(20), async {
        while !test() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    soon.await.unwrap();
}

async fn app(store: &Store, app_id: &str, url: &str) -> Webhook {
    let named = NewApp::named("x");
    store.create_app_with_id(app_id, &named).await.unwrap();
    let webhook = Webhook {
        url: url.to_owned(),
        secret: new_secret().unwrap(),
        events: vec![LOGIN.to_owned()],
    };
    set(store, app_id, Some(webhook.clone())).await;
    webhook
}

async fn set(store: &Store, app_id: &str, webhook: Option<Webhook>) {
    let settings = store.signaling_settings(app_id).await.unwrap();
    let settings = SignalingSettings {
        webhook,
        ..settings
    };
    store
        .set_signaling_settings(app_id, &settings)
        .await
        .unwrap();
}

async fn happen(store: &Store, app_id: &str, count: usize) {
    let events = (0..count).map(|n| SignalWrite::Event {
        id: format!("msg_{app_id}{n}"),
        kind: LOGIN.to_owned(),
        body: r#"{"account":"ada"}"#.to_owned(),
        created_ms: 1_700_000_000_000,
    });
    store
        .signal_commit(app_id, vec![events.collect()], 0)
        .await
        .unwrap();
}

fn run(store: &Store, schedule: Schedule) -> (Handle, Running, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::new());
    let (handle, running) = start_with(store.clone(), Arc::clone(&metrics), schedule);
    (handle, running, metrics)
}

async fn waiting(store: &Store) -> u64 {
    store.webhooks_waiting().await.unwrap()
}

async fn ends_with(metrics: &Metrics, outcome: WebhookOutcome, count: u64) {
    until(|| metrics.webhooks.count(outcome) >= count).await;
}

#[tokio::test]
async fn a_delivery_is_signed_and_made_once() {
    let store = Store::in_memory().await.unwrap();
    let receiver = Receiver::start(204).await;
    let webhook = app(&store, "shop", &receiver.url).await;
    let slow_poll = Schedule {
        poll: Duration::from_secs(3600),
        ..FAST
    };
    let (handle, running, metrics) = run(&store, slow_poll);
    happen(&store, "shop", 1).await;
    handle.ring();
    let got = receiver.got(1).await;
    let (headers, body) = &got[0];
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(text("webhook-id"), "msg_shop0");
    assert_eq!(text("content-type"), "application/json");
    let at: u64 = text("webhook-timestamp").parse().unwrap();
    assert!(at.abs_diff(crate::shared::unix_now()) < 60);
    assert_eq!(
        Some(text("webhook-signature")),
        sign(&webhook.secret, "msg_shop0", at, body)
    );
    assert_eq!(
        *body,
        r#"{"type":"signaling.login","timestamp":"2023-11-14T22:13:20.000Z","data":{"account":"ada","appId":"shop"}}"#
    );
    ends_with(&metrics, WebhookOutcome::Delivered, 1).await;
    running.stopped().await;
    assert_eq!(waiting(&store).await, 0);
    assert_eq!(receiver.got(1).await.len(), 1);
}

#[tokio::test]
async fn what_failed_before_a_restart_is_delivered_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visavis.db");
    let receiver = Receiver::start(500).await;
    let store = Store::open(&path).await.unwrap();
    app(&store, "shop", &receiver.url).await;
    happen(&store, "shop", 3).await;
    let patient = Schedule {
        delays: SECONDS,
        ..FAST
    };
    let (_, running, metrics) = run(&store, patient);
    ends_with(&metrics, WebhookOutcome::Failed, 3).await;
    running.stopped().await;
    store.close().await;
    drop(store);

    let before = receiver.got(3).await.len();
    receiver.answers(200);
    let store = Store::open(&path).await.unwrap();
    assert_eq!(waiting(&store).await, 3);
    let (_, running, metrics) = run(&store, patient);
    ends_with(&metrics, WebhookOutcome::Delivered, 3).await;
    running.stopped().await;
    assert_eq!(waiting(&store).await, 0);
    let got = receiver.got(before + 3).await;
    let mut ids: Vec<_> = got[before..]
        .iter()
        .map(|(headers, _)| headers["webhook-id"].to_str().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, ["msg_shop0", "msg_shop1", "msg_shop2"]);
}

#[tokio::test]
async fn a_dead_receiver_does_not_hold_up_another_app() {
    let store = Store::in_memory().await.unwrap();
    // It accepts connections, as the system does for it, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let receiver = Receiver::start(200).await;
    for n in 0..6 {
        let dead = format!("dead{n}");
        app(&store, &dead, &url).await;
        happen(&store, &dead, 40).await;
    }
    app(&store, "live", &receiver.url).await;
    let short = Schedule {
        timeout: Duration::from_millis(200),
        pause_min: Duration::from_millis(100),
        pause_max: Duration::from_secs(1),
        ..FAST
    };
    let (_, running, metrics) = run(&store, short);
    ends_with(&metrics, WebhookOutcome::Failed, 8).await;
    happen(&store, "live", 100).await;
    receiver.got(100).await;
    ends_with(&metrics, WebhookOutcome::Delivered, 100).await;
    assert_eq!(metrics.webhooks.count(WebhookOutcome::Delivered), 100);
    running.stopped().await;
    assert!(waiting(&store).await >= 6 * 38);
}

#[tokio::test]
async fn attempts_end_with_the_schedule() {
    let store = Store::in_memory().await.unwrap();
    // A redirect is a failure like any other, and is not followed.
    let receiver = Receiver::start(302).await;
    app(&store, "shop", &receiver.url).await;
    happen(&store, "shop", 1).await;
    let (_, running, metrics) = run(&store, FAST);
    ends_with(&metrics, WebhookOutcome::GivenUp, 1).await;
    running.stopped().await;
    assert_eq!(metrics.webhooks.count(WebhookOutcome::Failed), 2);
    assert_eq!(receiver.got(3).await.len(), 3);
    assert_eq!(waiting(&store).await, 0);
}

#[tokio::test]
async fn nothing_is_sent_to_who_does_not_want_it() {
    let store = Store::in_memory().await.unwrap();
    let receiver = Receiver::start(410).await;
    let webhook = app(&store, "shop", &receiver.url).await;
    happen(&store, "shop", 1).await;
    let (_, running, metrics) = run(&store, FAST);
    ends_with(&metrics, WebhookOutcome::Gone, 1).await;

    let other = Webhook {
        events: vec!["signaling.logout".to_owned()],
        ..webhook
    };
    set(&store, "shop", Some(other)).await;
    happen(&store, "shop", 2).await;
    ends_with(&metrics, WebhookOutcome::Unwanted, 2).await;
    set(&store, "shop", None).await;
    happen(&store, "shop", 1).await;
    ends_with(&metrics, WebhookOutcome::Unwanted, 3).await;
    running.stopped().await;
    assert_eq!(receiver.got(1).await.len(), 1);
    assert_eq!(waiting(&store).await, 0);
}

#[tokio::test]
async fn a_test_event_says_what_the_receiver_answered_and_shows_no_secret() {
    let store = Store::in_memory().await.unwrap();
    let receiver = Receiver::start(503).await;
    let mut webhook = app(&store, "shop", &receiver.url).await;
    let (handle, running, _) = run(&store, FAST);
    assert_eq!(handle.try_out("shop", &webhook).await.answer, Ok(503));
    let got = receiver.got(1).await;
    assert!(got[0].1.contains(r#""type":"signaling.test""#));
    assert_eq!(waiting(&store).await, 0);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    webhook.url = format!("http://{}/?key=hidden", free.local_addr().unwrap());
    drop(free);
    let problem = handle.try_out("shop", &webhook).await.answer.unwrap_err();
    assert!(problem.to_lowercase().contains("refused"), "{problem}");
    assert!(!problem.contains("hidden") && !problem.contains("whsec"));
    webhook.secret = "plain-text".into();
    let problem = handle.try_out("shop", &webhook).await.answer.unwrap_err();
    assert!(problem.contains("rotate"), "{problem}");
    assert!(!problem.contains("plain-text"));
    running.stopped().await;
}
