mod bad_input;
mod document;
mod signaling_api;
mod signaling_live;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use visavis_store::Store;

use super::{ConsoleState, router};
use crate::{config::Signaling, metrics::Metrics, signaling, webhooks};

const TOKEN: &str = "the-admin-token";

async fn console() -> Router {
    console_on(Store::in_memory().await.unwrap())
}

fn console_on(store: Store) -> Router {
    let metrics = std::sync::Arc::new(Metrics::new());
    let (webhooks, _) = webhooks::start(store.clone(), std::sync::Arc::clone(&metrics));
    let options = Signaling::default().options();
    let (hub, _) = signaling::start(&options, store.clone(), metrics, webhooks.clone(), [7; 32]);
    router(ConsoleState {
        live: std::sync::Arc::default(),
        store,
        admin_token: TOKEN.into(),
        docs: "http://127.0.0.1:7400/errors".into(),
        signaling: hub,
        webhooks,
        settings: std::sync::Arc::default(),
    })
}

async fn send(console: &Router, request: Request<Body>) -> (Response<()>, Value) {
    let response = console.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    (Response::from_parts(parts, ()), json)
}

fn request(method: &str, path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
        .body(body.into())
        .unwrap()
}

/// The answer to a call that must succeed.
async fn call(console: &Router, method: &str, path: &str, body: Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let (response, json) = send(console, request(method, path, body)).await;
    assert_eq!(response.status(), StatusCode::OK, "{method} {path}: {json}");
    json
}

/// Checks that a call is refused, and that the refusal is whole. Answers with its detail.
async fn refused(console: &Router, request: Request<Body>, status: u16, code: &str) -> String {
    let what = format!("{} {}", request.method(), request.uri());
    let (response, json) = send(console, request).await;
    assert_eq!(response.status(), status, "{what}: {json}");
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "application/problem+json",
        "{what}"
    );
    assert_eq!(json["code_name"], code, "{what}: {json}");
    assert_eq!(json["status"], status);
    assert_eq!(json["errors"][0]["status"], status);
    assert_eq!(json["errors"][0]["detail"], json["detail"]);
    assert_eq!(
        json["doc_url"],
        format!("http://127.0.0.1:7400/errors/{code}")
    );
    assert!(!json.to_string().to_lowercase().contains("unauthorized"));
    json["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_app_lives_and_dies() {
    let console = console().await;
    let created = call(
        &console,
        "POST",
        "/v1/apps",
        json!({"name": "Shop", "concurrencyMax": 3}),
    )
    .await;
    let app_id = created["appId"].as_str().unwrap();
    assert_eq!(created, json!({"appId": app_id}));
    let path = format!("/v1/apps/{app_id}");

    let key = call(&console, "POST", &format!("{path}/api-keys"), Value::Null).await;
    let prefix = key["prefix"].as_str().unwrap();
    assert!(key["apiKey"].as_str().unwrap().starts_with(prefix));
    assert_ne!(key["apiKey"], key["prefix"]);

    let app = call(&console, "GET", &path, Value::Null).await;
    assert_eq!(app["name"], "Shop");
    assert_eq!(app["concurrencyMax"], 3);
    assert_eq!(app["test"], false);
    assert_eq!(app["apiKeys"][0]["apiKey"], key["prefix"]);
    assert_eq!(app["apiKeys"][0]["createdBy"], "console");
    assert!(app["createdAt"].as_str().unwrap().ends_with('Z'));

    let list = call(
        &console,
        "GET",
        "/v1/apps?pagination.pageSize=10",
        Value::Null,
    )
    .await;
    assert_eq!(list["apps"], json!([app]));
    assert_eq!(
        list["pagination"],
        json!({"nextPageToken": "", "totalCount": 1})
    );

    let keys = call(&console, "GET", &format!("{path}/api-keys"), Value::Null).await;
    assert_eq!(keys["apiKeys"], app["apiKeys"]);
    assert!(!keys.to_string().contains(key["apiKey"].as_str().unwrap()));
    call(
        &console,
        "DELETE",
        &format!("{path}/api-keys/{prefix}"),
        Value::Null,
    )
    .await;
    let again = request("DELETE", &format!("{path}/api-keys/{prefix}"), "");
    refused(&console, again, 404, "invalidRequest").await;

    assert_eq!(
        call(&console, "DELETE", &path, Value::Null).await,
        json!({})
    );
    for method in ["GET", "DELETE"] {
        refused(
            &console,
            request(method, &path, ""),
            404,
            "appIDUnrecognized",
        )
        .await;
    }
}

#[tokio::test]
async fn a_key_in_clear_is_in_one_answer_only_and_in_no_cache() {
    let console = console().await;
    let app = call(&console, "POST", "/v1/apps", json!({"name": "Shop"})).await;
    let path = format!("/v1/apps/{}/api-keys", app["appId"].as_str().unwrap());
    let (response, key) = send(&console, request("POST", &path, r#"{"createdBy":"ada"}"#)).await;
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(key["createdBy"], "ada");
    let full = key["apiKey"].as_str().unwrap();
    call(&console, "DELETE", &format!("{path}/{full}"), Value::Null).await;
    assert_eq!(
        call(&console, "GET", &path, Value::Null).await["apiKeys"],
        json!([])
    );
}

#[tokio::test]
async fn avatars_are_public_or_an_apps_own() {
    let console = console().await;
    let app = call(&console, "POST", "/v1/apps", json!({"name": "Shop"})).await;
    let app_id = app["appId"].as_str().unwrap();
    let new = json!({"appId": app_id, "name": "Mia", "character": "otto", "coverUrl": "https://example.com/mia.png"});
    let own = call(&console, "POST", "/v2/console/avatars", new).await;
    assert_eq!(
        (&own["character"], &own["builtIn"], &own["appId"]),
        (&json!("otto"), &json!(false), &json!(app_id))
    );

    let ids = |list: &Value| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|avatar| avatar["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let public = call(&console, "GET", "/v2/console/public-avatars", Value::Null).await;
    assert_eq!(ids(&public["publicAvatars"]), ["vera", "otto"]);
    let of_app = call(
        &console,
        "GET",
        &format!("/v2/console/avatars?appId={app_id}"),
        Value::Null,
    )
    .await;
    assert_eq!(of_app["avatars"], json!([own]));
    let all = call(
        &console,
        "GET",
        "/v2/console/avatars?pagination.pageSize=2",
        Value::Null,
    )
    .await;
    assert_eq!(ids(&all["avatars"]), ["vera", "otto"]);
    let next = all["pagination"]["nextPageToken"].as_str().unwrap();
    let rest = call(
        &console,
        "GET",
        &format!("/v2/console/avatars?pagination.pageToken={next}"),
        Value::Null,
    )
    .await;
    assert_eq!(rest["avatars"], json!([own]));

    let path = format!("/v2/console/avatars/{}", own["id"].as_str().unwrap());
    assert_eq!(call(&console, "GET", &path, Value::Null).await, own);
    call(&console, "DELETE", &path, Value::Null).await;
    let detail = refused(&console, request("GET", &path, ""), 404, "avatarNotFound").await;
    assert_eq!(
        detail,
        format!("Avatar not found: {}", own["id"].as_str().unwrap())
    );
    refused(
        &console,
        request("DELETE", "/v2/console/avatars/vera", ""),
        409,
        "invalidRequest",
    )
    .await;
}

#[tokio::test]
async fn credits_are_granted_and_accounted_for() {
    let console = console().await;
    let app = call(&console, "POST", "/v1/apps", json!({"name": "Shop"})).await;
    let app_id = app["appId"].as_str().unwrap();
    let path = format!("/v2/billing/credits?appId={app_id}");
    assert_eq!(
        call(&console, "GET", &path, Value::Null).await,
        json!({"userId": app_id, "balance": "0", "lifetimeEarned": "0", "lifetimeConsumed": "0"})
    );
    for amount in [json!("3600"), json!(400)] {
        let grant = json!({"appId": app_id, "amount": amount, "note": "trial"});
        call(&console, "POST", "/v2/billing/credits/grants", grant).await;
    }
    let balance = call(&console, "GET", &path, Value::Null).await;
    assert_eq!(
        (&balance["balance"], &balance["lifetimeEarned"]),
        (&json!("4000"), &json!("4000"))
    );
    let rows = call(
        &console,
        "GET",
        &format!("/v2/billing/credits/transactions?appId={app_id}&pagination.pageSize=1"),
        Value::Null,
    )
    .await;
    let row = &rows["transactions"][0];
    assert_eq!(
        (
            &row["type"],
            &row["amount"],
            &row["balanceAfter"],
            &row["reason"]
        ),
        (
            &json!("grant"),
            &json!("400"),
            &json!("4000"),
            &json!("trial")
        )
    );
    assert_eq!(rows["pagination"]["totalCount"], 2);
}
