//! The operator side of signaling: shapes, refusals, secrets.

use axum::{
    Router,
    http::{StatusCode, header},
};
use serde_json::{Value, json};
use visavis_store::Store;

use super::{call, console, console_on, refused, request, send};

/// Every operation below an app, with a body that it takes.
const OPERATIONS: [(&str, &str, &str); 24] = [
    ("GET", "accounts", ""),
    ("GET", "accounts/count", ""),
    ("POST", "accounts/ada/kick", "{}"),
    ("POST", "accounts/ada/messages", r#"{"msg":"x"}"#),
    ("GET", "accounts/ada/attributes", ""),
    ("PUT", "accounts/ada/attributes/mood", r#"{"value":"x"}"#),
    ("GET", "channels", ""),
    ("DELETE", "channels/room", ""),
    ("GET", "channels/room/count", ""),
    ("GET", "channels/room/users", ""),
    ("POST", "channels/room/kick", r#"{"account":"ada"}"#),
    ("POST", "channels/room/messages", r#"{"msg":"x"}"#),
    ("GET", "channels/room/attributes", ""),
    ("DELETE", "channels/room/attributes", ""),
    ("PUT", "channels/room/attributes/topic", r#"{"value":"x"}"#),
    ("DELETE", "channels/room/attributes/topic", ""),
    ("GET", "settings", ""),
    (
        "PUT",
        "settings",
        r#"{"noTokenAllowed":false,"tokenExpiry":"keep","disabled":false,"blockedAccounts":[],"webhook":null}"#,
    ),
    ("GET", "certificate", ""),
    ("POST", "certificate/rotate", ""),
    ("GET", "webhook/secret", ""),
    ("POST", "webhook/secret/rotate", ""),
    ("POST", "webhook/test", ""),
    ("GET", "webhook/backlog", ""),
];

async fn shop() -> (Router, String) {
    let console = console().await;
    let app = call(&console, "POST", "/v1/apps", json!({"name": "Shop"})).await;
    let app_id = app["appId"].as_str().unwrap();
    let path = format!("/v1/signaling/apps/{app_id}");
    (console, path)
}

fn settings(webhook: &Value) -> Value {
    json!({
        "noTokenAllowed": true,
        "tokenExpiry": "kick",
        "disabled": false,
        "blockedAccounts": ["eve", "mallory"],
        "webhook": webhook,
    })
}

#[tokio::test]
async fn an_unknown_app_is_not_found_by_any_operation() {
    let console = console().await;
    for (method, rest, body) in OPERATIONS {
        let path = format!("/v1/signaling/apps/nobody/{rest}");
        let said = refused(
            &console,
            request(method, &path, body),
            404,
            "appIDUnrecognized",
        )
        .await;
        let (_, json) = send(&console, request(method, &path, body)).await;
        assert_eq!(json["name"], "appIDUnrecognized", "{method} {path}");
        assert_eq!(json["reason"], said.as_str());
        assert_eq!(json["retryable"], false);
        let mut open = request(method, &path, body);
        open.headers_mut().remove(header::AUTHORIZATION);
        refused(&console, open, 401, "invalidRequest").await;
    }
}

#[tokio::test]
async fn an_app_without_anyone_is_empty() {
    let (console, app) = shop().await;
    for (rest, answer) in [
        ("accounts", json!({"accounts": []})),
        ("accounts/count", json!({"count": 0})),
        ("channels?limit=5&after=x", json!({"channels": []})),
        ("channels/room/users", json!({"users": []})),
        ("channels/room/count", json!({"count": 0})),
        ("accounts/ada/attributes", json!({"attributes": {}})),
        ("webhook/backlog", json!({"waiting": 0, "dropped": 0})),
    ] {
        let path = format!("{app}/{rest}");
        assert_eq!(call(&console, "GET", &path, Value::Null).await, answer);
    }
    for (method, rest, body, says) in [
        ("POST", "accounts/ada/kick", "{}", "is not logged in"),
        (
            "POST",
            "channels/room/kick",
            r#"{"account":"ada"}"#,
            "is not in the channel",
        ),
        (
            "POST",
            "channels/room/messages",
            r#"{"msg":"x"}"#,
            "nobody is in",
        ),
        ("DELETE", "channels/room", "", "no such channel"),
        ("GET", "channels/room/attributes", "", "no such channel"),
        ("GET", "webhook/secret", "", "has no webhook"),
        ("POST", "webhook/secret/rotate", "", "has no webhook"),
        ("POST", "webhook/test", "", "has no webhook"),
    ] {
        let request = request(method, &format!("{app}/{rest}"), body);
        let detail = refused(&console, request, 404, "invalidRequest").await;
        assert!(detail.contains(says), "{rest}: {detail}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_in_the_console_or_by_the_protocol() {
    let (console, app) = shop().await;
    for (method, rest, body, says) in [
        ("POST", "accounts/ada/messages", "{}", "missing field `msg`"),
        (
            "POST",
            "accounts/ada/messages",
            r#"{"msg":"x","ttl_s":0}"#,
            "ttl_s must be at least 1",
        ),
        (
            "POST",
            "accounts/ada/messages",
            r#"{"msg":"x","ttl_s":-1}"#,
            "integer `-1`",
        ),
        (
            "POST",
            "accounts/ada/kick",
            r#"{"why":"x"}"#,
            "unknown field `why`",
        ),
        ("POST", "channels/room/kick", "", "missing field `account`"),
        ("GET", "accounts?limit=many", "", "limit"),
        ("GET", "accounts/%FF/attributes", "", "the path is wrong"),
        ("PUT", "settings", "{}", "missing field `noTokenAllowed`"),
    ] {
        let request = request(method, &format!("{app}/{rest}"), body);
        let detail = refused(&console, request, 400, "invalidRequest").await;
        assert!(detail.contains(says), "{rest}: {detail}");
    }
    let long = "x".repeat(129);
    let large = json!({"msg": "x".repeat(8197)}).to_string();
    let value = json!({"value": "x".repeat(8097)}).to_string();
    for (method, rest, body, status, code, name) in [
        (
            "POST",
            "accounts/ada/messages",
            large.as_str(),
            413,
            1005,
            "GENERAL_E_LARGE_PARAM",
        ),
        (
            "PUT",
            "accounts/ada/attributes/mood",
            value.as_str(),
            413,
            1005,
            "GENERAL_E_LARGE_PARAM",
        ),
        (
            "PUT",
            "channels/room/attributes/topic",
            value.as_str(),
            413,
            1005,
            "GENERAL_E_LARGE_PARAM",
        ),
        (
            "PUT",
            &format!("channels/{long}/attributes/topic"),
            r#"{"value":"x"}"#,
            413,
            1005,
            "GENERAL_E_LARGE_PARAM",
        ),
        (
            "PUT",
            "channels/room/attributes/a%20b",
            r#"{"value":"x"}"#,
            422,
            1004,
            "GENERAL_E_WRONG_PARAM",
        ),
        (
            "PUT",
            "channels/room/attributes/_member_num",
            r#"{"value":"7"}"#,
            422,
            1004,
            "GENERAL_E_WRONG_PARAM",
        ),
        (
            "PUT",
            "channels/__agora_user_online/attributes/x",
            r#"{"value":"x"}"#,
            422,
            300,
            "JOINCHANNEL_E_OTHER",
        ),
    ] {
        let request = request(method, &format!("{app}/{rest}"), body.to_owned());
        let (response, json) = send(&console, request).await;
        assert_eq!(response.status().as_u16(), status, "{rest}: {json}");
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(
            (&json["code"], &json["name"]),
            (&json!(code), &json!(name)),
            "{rest}"
        );
        assert_eq!(json["code_name"], name);
        assert_eq!(json["status"], status);
        assert_eq!(json["detail"], json["reason"]);
        assert!(!json["reason"].as_str().unwrap().is_empty());
        assert_eq!(json["retryable"], false);
        assert_eq!(
            json["doc_url"],
            format!("http://127.0.0.1:7400/errors/{name}")
        );
    }
    let huge = json!({"msg": "x".repeat(64 << 10)}).to_string();
    let huge = request("POST", &format!("{app}/accounts/ada/messages"), huge);
    refused(&console, huge, 413, "invalidRequest").await;
}

#[tokio::test]
async fn settings_are_replaced_whole_and_hold_no_secret() {
    let (console, app) = shop().await;
    let path = format!("{app}/settings");
    let first = call(&console, "GET", &path, Value::Null).await;
    assert_eq!(
        first,
        json!({"noTokenAllowed": false, "tokenExpiry": "keep", "disabled": false, "blockedAccounts": [], "webhook": null})
    );
    let wanted = settings(&json!({"url": "https://shop.example/hook"}));
    let second = call(&console, "PUT", &path, wanted).await;
    assert_eq!(second["webhook"]["events"].as_array().unwrap().len(), 6);
    assert_eq!(second["blockedAccounts"], json!(["eve", "mallory"]));
    assert_eq!(call(&console, "GET", &path, Value::Null).await, second);

    let secret_at = format!("{app}/webhook/secret");
    let (response, secret) = send(&console, request("GET", &secret_at, "")).await;
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let secret = secret["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let (response, certificate) =
        send(&console, request("GET", &format!("{app}/certificate"), "")).await;
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let certificate = certificate["certificate"].as_str().unwrap();
    for shown in [&second, &call(&console, "GET", &path, Value::Null).await] {
        let text = shown.to_string();
        assert!(!text.contains(&secret) && !text.contains(certificate));
    }

    // Another address keeps the secret and the certificate.
    let moved = settings(&json!({"url": "http://127.0.0.1:1/", "events": ["signaling.login"]}));
    let third = call(&console, "PUT", &path, moved.clone()).await;
    assert_eq!(third, moved);
    let again = call(&console, "GET", &secret_at, Value::Null).await;
    assert_eq!(again["secret"], secret);
    let rotated = call(
        &console,
        "POST",
        &format!("{secret_at}/rotate"),
        Value::Null,
    )
    .await;
    assert_ne!(rotated["secret"], secret);
    assert_eq!(
        call(&console, "GET", &secret_at, Value::Null).await,
        rotated
    );
    let same = call(&console, "GET", &format!("{app}/certificate"), Value::Null).await;
    assert_eq!(same["certificate"], certificate);
    let new = call(
        &console,
        "POST",
        &format!("{app}/certificate/rotate"),
        Value::Null,
    )
    .await;
    assert_ne!(new["certificate"], certificate);
    assert_eq!(call(&console, "GET", &path, Value::Null).await, third);

    let none = call(&console, "PUT", &path, settings(&Value::Null)).await;
    assert_eq!(none["webhook"], Value::Null);
    refused(
        &console,
        request("GET", &secret_at, ""),
        404,
        "invalidRequest",
    )
    .await;
}

#[tokio::test]
async fn settings_that_make_no_sense_change_nothing() {
    let (console, app) = shop().await;
    let path = format!("{app}/settings");
    let before = call(&console, "GET", &path, Value::Null).await;
    let mut without = settings(&Value::Null);
    without.as_object_mut().unwrap().remove("webhook");
    let many: Vec<_> = (0..1001).map(|n| n.to_string()).collect();
    let mut crowded = settings(&Value::Null);
    crowded["blockedAccounts"] = json!(many);
    let mut expiry = settings(&Value::Null);
    expiry["tokenExpiry"] = json!("later");
    for (body, says) in [
        (without, "missing field `webhook`"),
        (crowded, "at most 1000 accounts"),
        (expiry, "unknown variant `later`"),
        (settings(&json!({"url": ""})), "webhook.url"),
        (settings(&json!({"url": "file:///etc/passwd"})), "http"),
        (
            settings(&json!({"url": "https://x/", "secret": "whsec_x"})),
            "unknown field `secret`",
        ),
        (
            settings(&json!({"url": "https://x/", "events": ["signaling.lunch"]})),
            "there is no signaling.lunch",
        ),
    ] {
        let request = request("PUT", &path, body.to_string());
        let detail = refused(&console, request, 400, "invalidRequest").await;
        assert!(detail.contains(says), "{detail}");
    }
    assert_eq!(call(&console, "GET", &path, Value::Null).await, before);
}

#[tokio::test]
async fn a_store_that_fails_is_said_to_fail_and_no_more() {
    let store = Store::in_memory().await.unwrap();
    store.close().await;
    let console = console_on(store);
    for (method, rest, body) in OPERATIONS {
        let path = format!("/v1/signaling/apps/shop/{rest}");
        let (response, json) = send(&console, request(method, &path, body)).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{rest}");
        assert_eq!(json["reason"], "the server cannot reach its storage");
        assert_eq!(json["name"], "serverError");
    }
}
