//! `/errors/CODE`: what a code means and what to do, for people and for programs.

mod signaling;

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};
use visavis_codes::signaling::Code as Signal;
use visavis_codes::{Cause, Code, Dialect, Failure, Phase};

use crate::http::RequestId;
use crate::shared::Shared;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem}\
    code{background:#8882;padding:.1em .3em;border-radius:.2em}dt{font-weight:600;margin-top:.8rem}dd{margin:0}\
    :root{color-scheme:light dark}";

pub(crate) async fn index(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if wants_json(&headers) {
        let avatar = Code::ALL.map(|code| as_json(code, &shared.docs));
        let mut errors = avatar.to_vec();
        errors.extend(
            Signal::ALL
                .iter()
                .map(|code| of_signaling(*code, &shared.docs)),
        );
        return axum::Json(json!({ "errors": errors })).into_response();
    }
    let mut list = String::from("<h1>Failure codes</h1><h2>Avatar service</h2><dl>");
    for code in Code::ALL {
        let happened = code.happened();
        let _ = write!(
            list,
            "<dt><a href=\"/errors/{code}\"><code>{code}</code></a></dt><dd>{happened}</dd>"
        );
    }
    list += "</dl><h2>Signaling service</h2><dl>";
    list.extend(Signal::ALL.iter().map(|code| signaling::row(*code)));
    page("Failure codes", &(list + "</dl>"))
}

pub(crate) async fn one(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(code) = signaling::find(&name) {
        return match wants_json(&headers) {
            true => axum::Json(of_signaling(code, &shared.docs)).into_response(),
            false => page(code.title(), &signaling::page(code)),
        };
    }
    let Some(code) = Code::from_name(&name) else {
        let failure = Failure::about(Cause::NotFound, "no such code; GET /errors lists them");
        return shared.refuse(&failure, Dialect::TextRule, Phase::Unknown, id.as_str());
    };
    if wants_json(&headers) {
        return axum::Json(as_json(code, &shared.docs)).into_response();
    }
    let phases: Vec<_> = code
        .phases()
        .iter()
        .map(|phase| format!("<code>{phase}</code>"))
        .collect();
    let wordings: Vec<_> = Cause::ALL
        .iter()
        .filter(|cause| cause.code() == code)
        .map(|cause| {
            format!(
                "<li><code>{}</code></li>",
                cause.wording().replace("{}", "…")
            )
        })
        .collect();
    let body = format!(
        "<p><a href=\"/errors\">Failure codes</a></p><h1><code>{code}</code></h1><p>{title}.</p><dl>\
         <dt>What happened</dt><dd>{happened}</dd><dt>What the caller does</dt><dd>{caller}</dd>\
         <dt>What the operator does</dt><dd>{operator}</dd><dt>Advice</dt><dd><code>{advice}</code></dd>\
         <dt>Phases</dt><dd>{phases}</dd></dl><h2>What it says</h2><ul>{wordings}</ul>",
        title = code.title(),
        happened = in_html(code.happened()),
        caller = in_html(code.caller_does()),
        operator = in_html(code.operator_does()),
        advice = code.advice(),
        phases = phases.join(", "),
        wordings = wordings.concat(),
    );
    page(code.title(), &body)
}

fn of_signaling(code: Signal, docs: &str) -> Value {
    let mut value = signaling::as_json(code);
    value["doc_url"] = format!("{docs}/{}", code.name()).into();
    value
}

fn as_json(code: Code, docs: &str) -> Value {
    json!({
        "service": "avatar",
        "code": code.name(),
        "title": code.title(),
        "advice": code.advice().name(),
        "retryable": code.retryable(),
        "alert_when_recurring": code.alert_when_recurring(),
        "phases": code.phases().iter().map(|phase| phase.name()).collect::<Vec<_>>(),
        "happened": code.happened(),
        "caller_does": code.caller_does(),
        "operator_does": code.operator_does(),
        "doc_url": format!("{docs}/{code}"),
    })
}

/// Backticks become code; the texts of the table hold no markup.
fn in_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    let parts = escaped.split('`').enumerate();
    parts
        .map(|(i, part)| {
            if i % 2 == 1 {
                format!("<code>{part}</code>")
            } else {
                part.to_owned()
            }
        })
        .collect()
}

fn page(title: &str, body: &str) -> Response {
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · visavis</title>\
         <style>{STYLE}</style>{body}</html>"
    ))
    .into_response()
}

/// Browsers name text/html; everything else that calls an API reads JSON.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    !accept.contains("text/html")
}
