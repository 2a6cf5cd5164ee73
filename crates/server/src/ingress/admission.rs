//! Who may open a session: token, then app, then avatar, then billing, then the number of sessions.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Query;
use axum::http::{HeaderMap, request::Parts};
use serde::Deserialize;
use visavis_animate::Character;
use visavis_avatar::Settings;
use visavis_codes::{Cause, Dialect, Emission, Failure, Fault, Phase};
use visavis_store::{App, Noun, StoreError};
use visavis_wire::token::Claims;
use visavis_wire::{AppId, AvatarId, ConnectionId};

use super::ledger;
use crate::server::Slot;
use crate::shared::{Place, Shared, log_store, random_id, unix_now};

/// A session that may be upgraded.
pub(super) struct Admitted {
    pub(super) settings: Settings,
    pub(super) app_id: AppId,
    pub(super) character: Character,
    /// Absent when the session will be refused after the upgrade.
    pub(super) place: Option<Place>,
    /// Failures on purpose are possible.
    pub(super) test: bool,
    /// The connection's own place among all connections.
    pub(super) slot: Option<Slot>,
}

/// A session that is refused over HTTP.
pub(super) struct Refusal {
    pub(super) failure: Failure,
    pub(super) dialect: Dialect,
}

#[derive(Default, Deserialize)]
struct Parameters {
    id: Option<String>,
    #[serde(rename = "appId")]
    app_id: Option<String>,
    #[serde(rename = "sessionKey")]
    session_key: Option<String>,
}

/// Where the client put its credentials; web clients can only use the query.
struct Credentials<'a> {
    app_id: &'a str,
    token: &'a str,
    in_query: bool,
}

/// What there is to know before credits and places are taken.
struct Known {
    app_id: AppId,
    avatar_id: AvatarId,
    character: Character,
    sessions_max: u32,
    test: bool,
    /// A failure that the avatar id asks for, this long after the handshake.
    fault: Option<(Duration, Failure)>,
}

pub(super) async fn admit(shared: &Arc<Shared>, head: &Parts) -> Result<Admitted, Refusal> {
    let Query(parameters) = Query::<Parameters>::try_from_uri(&head.uri).unwrap_or_default();
    let credentials = Credentials::find(&head.headers, &parameters);
    let claims = shared
        .signer
        .verify(credentials.token, unix_now())
        .map_err(|refused| Refusal {
            failure: refused.cause.into(),
            dialect: refused.dialect,
        })?;
    let connection_id = ConnectionId::new(&random_id()).expect("hex is an id");
    let outcome = match look_up(shared, &credentials, &claims, &parameters).await {
        Ok(known) => take(shared, &connection_id, known).await,
        Err(failure) => Err(failure),
    };
    let slot = head.extensions.get::<Slot>().cloned();
    let reads_close_codes = credentials.in_query || claims.dialect == Dialect::CloseCode;
    let token_left = Duration::from_secs(claims.expires_at.saturating_sub(unix_now()));
    let settings = |avatar_id, refusal, fault, credits_reserved| Settings {
        connection_id: connection_id.clone(),
        opened_unix: unix_now(),
        avatar_id,
        refusal,
        fault,
        reads_close_codes,
        docs: Arc::clone(&shared.docs),
        handshake_timeout: Duration::from_secs(shared.sessions.handshake_timeout_s),
        idle_timeout: Duration::from_secs(shared.sessions.idle_timeout_s),
        duration_max: Duration::from_secs(shared.sessions.duration_max_s),
        pause_max: Duration::from_secs(shared.sessions.pause_max_s),
        token_left,
        linger: LINGER,
        credits_reserved,
        credits_block: shared.credits.block,
    };
    match outcome {
        Ok((known, place, credits)) => Ok(Admitted {
            settings: settings(known.avatar_id, None, known.fault, credits),
            app_id: known.app_id,
            character: known.character,
            place: Some(place),
            test: known.test,
            slot,
        }),
        Err(failure) => match failure.emission(claims.dialect) {
            Emission::Observed if failure.cause() == Cause::Unreachable => Err(Refusal {
                failure,
                dialect: claims.dialect,
            }),
            Emission::ServerError { .. } | Emission::Observed => {
                let avatar_id = AvatarId::new(parameters.id.as_deref().unwrap_or_default());
                let avatar_id = avatar_id
                    .or_else(|_| AvatarId::new("unknown"))
                    .expect("a constant");
                let settings = settings(avatar_id, Some(failure), None, 0);
                Ok(Admitted {
                    settings,
                    app_id: claims.app_id,
                    character: Character::VERA,
                    place: None,
                    test: false,
                    slot,
                })
            }
            Emission::Http { .. } => Err(Refusal {
                failure,
                dialect: claims.dialect,
            }),
        },
    }
}

/// How long the client has to answer a close frame.
const LINGER: Duration = Duration::from_secs(5);

impl<'a> Credentials<'a> {
    fn find(headers: &'a HeaderMap, parameters: &'a Parameters) -> Self {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match header("x-session-key") {
            Some(token) => Self {
                app_id: header("x-app-id").unwrap_or_default(),
                token,
                in_query: false,
            },
            None => Self {
                app_id: parameters.app_id.as_deref().unwrap_or_default(),
                token: parameters.session_key.as_deref().unwrap_or_default(),
                in_query: parameters.session_key.is_some(),
            },
        }
    }
}

async fn look_up(
    shared: &Shared,
    credentials: &Credentials<'_>,
    claims: &Claims,
    parameters: &Parameters,
) -> Result<Known, Failure> {
    if credentials.app_id != claims.app_id.as_str() {
        return Err(Cause::AppMismatch.into());
    }
    let app: App = match shared.store.app(claims.app_id.as_str()).await {
        Ok(app) => app,
        Err(StoreError::NotFound { noun: Noun::App }) => return Err(Cause::AppUnknown.into()),
        Err(error) => return Err(unavailable(&error)),
    };
    let wished = parameters.id.as_deref().unwrap_or_default();
    if wished.is_empty() {
        return Err(Cause::AvatarIdMissing.into());
    }
    let sessions_max = app
        .concurrency_max
        .unwrap_or(shared.sessions.concurrency_max);
    if let Some(fault) = Fault::parse(wished) {
        let fault = asked_for(fault, app.test)?;
        return Ok(Known {
            app_id: claims.app_id.clone(),
            avatar_id: AvatarId::new(wished).map_err(|_| Cause::AvatarIdMissing)?,
            character: Character::VERA,
            sessions_max,
            test: true,
            fault: Some((fault.after, fault.failure())),
        });
    }
    let unknown = || Failure::about(Cause::AvatarUnknown, wished);
    let avatar_id = AvatarId::new(wished).map_err(|_| unknown())?;
    let avatar = shared
        .store
        .avatar_for_app(&app.app_id, wished)
        .await
        .map_err(|error| unavailable(&error))?;
    let character =
        Character::named(avatar.ok_or_else(unknown)?.character.name()).unwrap_or(Character::VERA);
    Ok(Known {
        app_id: claims.app_id.clone(),
        avatar_id,
        character,
        sessions_max,
        test: app.test,
        fault: None,
    })
}

/// The fault that an avatar id asks for, if it waits until the session runs.
///
/// # Errors
/// The fault itself, when it is to happen before that; or that it is not possible.
fn asked_for(fault: Result<Fault, String>, test: bool) -> Result<Fault, Failure> {
    if !test {
        return Err(Failure::about(
            Cause::AvatarUnknown,
            "fault:… (faults on purpose are for test apps only)",
        ));
    }
    match fault {
        Ok(fault) => match fault.phase {
            Phase::WebsocketRuntime => Ok(fault),
            Phase::WebsocketConnect | Phase::WebsocketHandshake => Err(fault.failure()),
            _ => match Fault::cause(fault.cause.code(), Some(Phase::WebsocketConnect)) {
                Some((cause, _)) => Err(Fault::failure_of(cause)),
                None => Err(Failure::about(
                    Cause::AvatarUnknown,
                    "this code is had with the API key of that name",
                )),
            },
        },
        Err(what) => Err(Failure::about(Cause::AvatarUnknown, &what)),
    }
}

/// Sets credits aside, then takes a place; neither is left behind when the other fails.
async fn take(
    shared: &Arc<Shared>,
    connection_id: &ConnectionId,
    known: Known,
) -> Result<(Known, Place, u32), Failure> {
    let credits = ledger::reserve(
        shared,
        connection_id,
        &known.app_id,
        0,
        shared.credits.block,
    )
    .await?;
    match shared.enter(&known.app_id, known.sessions_max) {
        Ok(place) => Ok((known, place, credits)),
        Err(failure) => {
            ledger::settle(shared, connection_id, 0, 0).await;
            Err(failure)
        }
    }
}

fn unavailable(error: &StoreError) -> Failure {
    log_store(error);
    Failure::new(Cause::StoreUnavailable).with_retry_after_ms(1000)
}
