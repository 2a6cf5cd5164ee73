//! The OpenAPI document.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use expect_test::expect_file;
use serde_json::Value;

use super::{console, send};

/// Rewrite the file with `UPDATE_EXPECT=1 cargo test -p visavis console`.
#[tokio::test]
async fn the_published_document_is_the_servers_own() {
    let open = Request::get("/openapi.json").body(Body::empty()).unwrap();
    let (response, document) = send(&console().await, open).await;
    assert_eq!(response.status(), StatusCode::OK);
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    expect_file!["../../../../../docs/reference/openapi.json"].assert_eq(&text);
}

#[tokio::test]
async fn every_operation_is_described_once() {
    let open = Request::get("/openapi.json").body(Body::empty()).unwrap();
    let (_, document) = send(&console().await, open).await;
    let mut ids: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((all, ids.len()), (51, 51), "{ids:?}");
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                members.values().for_each(|member| check(document, member));
            }
            Value::Array(values) => values.iter().for_each(|value| check(document, value)),
            _ => {}
        }
    }
    let open = Request::get("/openapi.json").body(Body::empty()).unwrap();
    let (_, document) = send(&console().await, open).await;
    check(&document, &document);
}
