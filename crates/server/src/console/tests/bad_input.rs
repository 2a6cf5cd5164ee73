//! What the console refuses, and how.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;
use visavis_store::Store;

use super::{TOKEN, call, console, console_on, refused, request, send};

#[tokio::test]
async fn only_the_admin_token_opens_the_console() {
    let console = console().await;
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer the-admin-toke",
        "Bearer the-admin-token2",
        "Basic the-admin-token",
    ] {
        let mut request = request("GET", "/v1/apps", "");
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, value.parse().unwrap());
        refused(&console, request, 401, "invalidRequest").await;
    }
    let bare = Request::get("/v2/billing/credits")
        .body(Body::empty())
        .unwrap();
    let (response, _) = send(&console, bare).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    let mut lower = request("GET", "/v1/apps", "");
    lower.headers_mut().insert(
        header::AUTHORIZATION,
        format!("bearer {TOKEN}").parse().unwrap(),
    );
    assert_eq!(send(&console, lower).await.0.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let console = console().await;
    let app = call(&console, "POST", "/v1/apps", json!({"name": "Shop"})).await;
    let app_id = app["appId"].as_str().unwrap();
    let long = "x".repeat(101);
    for (path, body, says) in [
        ("/v1/apps", "", "missing field `name`"),
        ("/v1/apps", "{", "EOF while parsing"),
        ("/v1/apps", "[]", "the JSON body is wrong"),
        (
            "/v1/apps",
            r#"{"name":1}"#,
            "invalid type: integer `1`, expected a string",
        ),
        (
            "/v1/apps",
            r#"{"name":"x","colour":"red"}"#,
            "unknown field `colour`",
        ),
        (
            "/v1/apps",
            r#"{"name":"x","concurrencyMax":-1}"#,
            "invalid value: integer `-1`",
        ),
        (
            "/v1/apps",
            &format!(r#"{{"name":"{long}"}}"#),
            "name must be at most 100 characters",
        ),
        ("/v1/apps", r#"{"name":"  "}"#, "name must not be empty"),
        (
            "/v2/console/avatars",
            r#"{"name":"x","character":"hal"}"#,
            "character must be",
        ),
        (
            "/v2/console/avatars",
            r#"{"name":"x","coverUrl":"ftp://x"}"#,
            "coverUrl must be",
        ),
        (
            "/v2/billing/credits/grants",
            r#"{"appId":"a","amount":"many"}"#,
            "invalid digit",
        ),
        (
            "/v2/billing/credits/grants",
            r#"{"appId":"a","amount":1.5}"#,
            "expected an integer",
        ),
        (
            "/v2/billing/credits/grants",
            r#"{"appId":"a","amount":0}"#,
            "amount must be a whole number",
        ),
    ] {
        let detail = refused(
            &console,
            request("POST", path, body.to_owned()),
            400,
            "invalidRequest",
        )
        .await;
        assert!(detail.contains(says), "{path} {body}: {detail}");
    }
    for (path, says) in [
        (
            "/v1/apps?pagination.pageToken=garbage".to_owned(),
            "the page token is not one of this list",
        ),
        (
            "/v1/apps?pagination.pageSize=-1".to_owned(),
            "pagination.pageSize",
        ),
        (
            "/v1/apps?pagination.pageSize=many".to_owned(),
            "pagination.pageSize",
        ),
        (
            format!("/v2/billing/credits/transactions?appId={app_id}&pagination.pageToken=apps.1"),
            "the page token",
        ),
        ("/v2/billing/credits".to_owned(), "missing field `appId`"),
        ("/v1/apps/%FF".to_owned(), "the path is wrong"),
    ] {
        let detail = refused(&console, request("GET", &path, ""), 400, "invalidRequest").await;
        assert!(detail.contains(says), "{path}: {detail}");
    }
    for path in [
        "/v2/billing/credits?appId=nobody",
        "/v2/console/avatars?appId=nobody",
        "/v1/apps/nobody/api-keys",
    ] {
        refused(&console, request("GET", path, ""), 404, "appIDUnrecognized").await;
    }
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(64 << 10));
    refused(
        &console,
        request("POST", "/v1/apps", large),
        413,
        "invalidRequest",
    )
    .await;
    refused(
        &console,
        request("PUT", "/v1/apps", ""),
        405,
        "invalidRequest",
    )
    .await;
    let (response, _) = send(&console, request("PUT", "/v1/apps", "")).await;
    assert_eq!(response.headers()[header::ALLOW], "GET,HEAD,POST");
}

#[tokio::test]
async fn a_store_that_fails_is_said_to_fail_and_no_more() {
    let store = Store::in_memory().await.unwrap();
    store.close().await;
    let console = console_on(store);
    let detail = refused(&console, request("GET", "/v1/apps", ""), 503, "serverError").await;
    assert_eq!(detail, "the server cannot reach its storage");
}
