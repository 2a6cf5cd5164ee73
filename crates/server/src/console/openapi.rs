//! `/openapi.json`: the whole HTTP API of the server in one document.
//!
//! Handlers elsewhere in the server are described here by empty functions.

use axum::Json;
use serde::Serialize;
use utoipa::{
    IntoResponses, Modify, OpenApi, ToSchema,
    openapi::{
        OpenApi as Document, RefOr, Schema,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use visavis_codes::{Code, Phase};

use super::{apps, avatars, credits, faults, keys, sessions, signaling};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "visavis",
        version = env!("CARGO_PKG_VERSION"),
        description = "Session tokens, the console API and operations of a visavis server.\n\n\
            Times are RFC 3339, 64-bit integers are strings, and every error is one `Problem`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        create_session_token, create_session_token_for_close_code_sdks,
        apps::create, apps::list, apps::find, apps::remove,
        keys::create, keys::list, keys::remove,
        avatars::create, avatars::list, avatars::find, avatars::remove, avatars::list_public,
        credits::balance, credits::grant, credits::transactions,
        sessions::list, faults::arm, faults::list, faults::disarm,
        signaling::accounts::list, signaling::accounts::count, signaling::accounts::kick, signaling::accounts::send,
        signaling::accounts::attributes, signaling::accounts::set_attribute,
        signaling::channels::list, signaling::channels::end, signaling::channels::count, signaling::channels::users,
        signaling::channels::kick, signaling::channels::send, signaling::channels::attributes,
        signaling::channels::clear_attributes, signaling::channels::set_attribute, signaling::channels::delete_attribute,
        signaling::settings::find, signaling::settings::replace,
        signaling::certificate::find, signaling::certificate::rotate,
        signaling::webhook::secret, signaling::webhook::rotate, signaling::webhook::test, signaling::webhook::backlog,
        metrics, healthz, readyz, error_pages, error_page, openapi_document,
    ),
    components(schemas(Problem, ProblemEntry, signaling::SignalingProblem<'static>)),
    tags(
        (name = "Session tokens", description = "What a backend calls before a session."),
        (name = "Apps", description = "Tenants of the server."),
        (name = "API keys", description = "What an app's backend gets session tokens with."),
        (name = "Avatars", description = "Faces that sessions can ask for."),
        (name = "Credits", description = "One credit is one connected second. Credits belong to apps."),
        (name = "Signaling", description = "Who is logged in and where, messages from `system`, settings and webhooks."),
        (name = "Faults", description = "Failures on purpose, in sessions of test apps."),
        (name = "Operations", description = "For whoever runs the server."),
    ),
    security(("adminToken" = [])),
    modifiers(&Schemes, &KnownNames),
)]
struct Api;

struct Schemes;

/// Writes the names of codes and phases from the one table into the error's schema.
struct KnownNames;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The admin token of the server."))
            .build();
        components.add_security_scheme("adminToken", SecurityScheme::Http(bearer));
        let key = ApiKeyValue::with_description("X-Api-Key", "An API key of the app.");
        components.add_security_scheme("apiKey", SecurityScheme::ApiKey(ApiKey::Header(key)));
    }
}

impl Modify for KnownNames {
    fn modify(&self, document: &mut Document) {
        let schemas = document
            .components
            .as_mut()
            .map(|components| &mut components.schemas);
        let Some(RefOr::T(Schema::Object(problem))) =
            schemas.and_then(|schemas| schemas.get_mut("Problem"))
        else {
            return;
        };
        let codes = Code::ALL.map(Code::name).to_vec();
        let phases = Phase::ALL.map(Phase::name).to_vec();
        for (member, names) in [("code_name", codes), ("phase", phases)] {
            if let Some(RefOr::T(Schema::Object(text))) = problem.properties.get_mut(member) {
                text.enum_values = Some(names.into_iter().map(Into::into).collect());
            }
        }
    }
}

/// An empty object: it is done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Empty {}

/// The body of every error: RFC 9457 members, the members that published SDKs read, and the product's own.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the shared problem builder writes")]
pub(crate) struct Problem {
    /// URL of the code's documentation.
    r#type: String,
    /// The code in a few words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What went wrong and what to do.
    detail: String,
    /// The request id, as in the server's log.
    instance: String,
    /// The code; equal to `code_name` except where published SDKs know another name.
    code: String,
    /// Equal to `detail`.
    message: String,
    /// The stable name of the code.
    #[schema(example = "invalidRequest")]
    code_name: String,
    /// Equal to `code_name`; below `/v1/signaling` only.
    name: Option<String>,
    /// Equal to `detail`; below `/v1/signaling` only.
    reason: Option<String>,
    /// How far a session had got: `session_token`, `websocket_connect` and so on, `unknown` in the console API.
    phase: String,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// When to try again, in milliseconds; 0 leaves it to the client.
    retry_after_ms: u32,
    /// Equal to `type`.
    doc_url: String,
    /// The same error once more, in the shape that published SDKs read first.
    #[schema(min_items = 1, max_items = 1)]
    errors: Vec<ProblemEntry>,
}

/// The one entry of `errors`. Its members equal those around it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the shared problem builder writes")]
pub(crate) struct ProblemEntry {
    /// Equal to `code`.
    id: String,
    status: u16,
    code: String,
    title: String,
    detail: String,
    message: String,
}

/// How the console API refuses.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(crate) enum Problems {
    /// `invalidRequest`: the body, a parameter or the page token is wrong; `detail` says how.
    #[response(status = 400, content_type = "application/problem+json")]
    Refused(Problem),
    /// `invalidRequest`: the admin token is missing or wrong.
    #[response(status = 401, content_type = "application/problem+json")]
    AdminToken(Problem),
    /// `appIDUnrecognized`, `avatarNotFound`, or `invalidRequest` for anything else that is not there.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// `serverError`: the store does not answer.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// How the console API refuses what would change something, besides [`Problems`].
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
pub(crate) enum WriteProblems {
    /// `invalidRequest`: it contradicts what is stored.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// `invalidRequest`: the body is larger than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
}

/// How the token endpoints refuse.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers")]
enum TokenProblems {
    /// `invalidRequest`: `expireAt` is missing, past, or 24 hours or more ahead; `code` is `INVALID_ARGUMENT`.
    #[response(status = 400, content_type = "application/problem+json")]
    Expiry(Problem),
    /// `sessionTokenInvalid`: the API key is missing or wrong.
    #[response(status = 401, content_type = "application/problem+json")]
    ApiKey(Problem),
    /// `billingRequired`: the app never had credits.
    #[response(status = 402, content_type = "application/problem+json")]
    Billing(Problem),
    /// `appIDUnrecognized`: the app was deleted.
    #[response(status = 403, content_type = "application/problem+json")]
    App(Problem),
    /// `concurrencyLimit`: the app has too many sessions.
    #[response(status = 429, content_type = "application/problem+json")]
    Concurrency(Problem),
    /// `serverError`: the store does not answer.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// What a token is asked for with.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the body that the token endpoints read")]
struct CreateSessionToken {
    /// When the token shall expire, in Unix seconds: after now and less than 24 hours ahead.
    expire_at: i64,
    /// Reserved; leave it out.
    model_version: Option<String>,
}

/// The token, under both names that published SDKs read.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the body that the token endpoints write"
)]
struct SessionToken {
    /// Opaque to clients; good for several sessions until it expires.
    #[schema(rename = "sessionToken")]
    camel: String,
    /// Equal to `sessionToken`.
    #[schema(rename = "session_token")]
    snake: String,
}

/// Get a session token, for SDKs that classify errors by text and for Go SDKs.
#[utoipa::path(post, path = "/v1/console/session-tokens", tag = "Session tokens", operation_id = "createSessionToken",
    request_body = CreateSessionToken, security(("apiKey" = [])),
    responses((status = 200, body = SessionToken, description = "The token."), TokenProblems))]
#[expect(dead_code, reason = "carries the description of a handler elsewhere")]
fn create_session_token() {}

/// Get a session token, for SDKs that classify errors by close code.
#[utoipa::path(post, path = "/v1/auth/session-token", tag = "Session tokens",
    operation_id = "createSessionTokenForCloseCodeSdks", request_body = CreateSessionToken, security(("apiKey" = [])),
    responses((status = 200, body = SessionToken, description = "The token."), TokenProblems))]
#[expect(dead_code, reason = "carries the description of a handler elsewhere")]
fn create_session_token_for_close_code_sdks() {}

/// Metrics in the Prometheus text format.
#[utoipa::path(get, path = "/metrics", tag = "Operations", operation_id = "metrics", security(()),
    responses((status = 200, body = String, content_type = "text/plain", description = "The metrics.")))]
#[expect(dead_code, reason = "carries the description of a handler elsewhere")]
fn metrics() {}

/// Lists the failure codes, each with what to do; HTML for browsers, JSON for programs
#[utoipa::path(get, path = "/errors", operation_id = "listErrors", tag = "Operations", security(()),
    responses((status = 200, body = Object)))]
#[expect(dead_code, reason = "describes a handler elsewhere")]
fn error_pages() {}

/// Tells what a failure code means and what to do; HTML for browsers, JSON for programs
#[utoipa::path(get, path = "/errors/{code}", operation_id = "getError", tag = "Operations", security(()),
    params(("code" = String, Path, example = "creditsExhausted")), responses((status = 200, body = Object)))]
#[expect(dead_code, reason = "describes a handler elsewhere")]
fn error_page() {}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "Operations", operation_id = "healthz", security(()),
    responses((status = 200, description = "It does.")))]
#[expect(dead_code, reason = "carries the description of a handler elsewhere")]
fn healthz() {}

/// Whether the server takes sessions.
#[utoipa::path(get, path = "/readyz", tag = "Operations", operation_id = "readyz", security(()),
    responses((status = 200, description = "It does."),
        (status = 503, description = "Starting, draining, or the store does not answer.")))]
#[expect(dead_code, reason = "carries the description of a handler elsewhere")]
fn readyz() {}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "Operations", operation_id = "openapi", security(()),
    responses((status = 200, content_type = "application/json", description = "OpenAPI 3.1.")))]
#[expect(dead_code, reason = "carries the description of a handler elsewhere")]
fn openapi_document() {}

pub(crate) async fn document() -> Json<Document> {
    Json(Api::openapi())
}
