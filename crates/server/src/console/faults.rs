//! `/v1/faults`: lets something go wrong in live sessions of test apps.

use std::time::Duration;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visavis_avatar::Disruption;
use visavis_codes::{Cause, Code, Failure, Fault, Phase};

use super::{
    ConsoleState,
    error::ApiError,
    extract::{JsonBody, Segments},
    openapi::{Empty, Problems, WriteProblems},
};
use crate::live::{Armed, NotArmed, Target};

/// Longest delay of a fault, in milliseconds.
const AFTER_MS_MAX: u64 = 3_600_000;
/// Most sessions that one fault strikes.
const TIMES_MAX: u32 = 1_000_000;

/// What is to go wrong, where, when and how often.
///
/// Exactly one of `connectionId`, `appId` and `avatarId`, and exactly one of `code` and `action`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewFault {
    /// Strikes this session.
    connection_id: Option<String>,
    /// Strikes sessions of this app, open ones first.
    app_id: Option<String>,
    /// Strikes sessions with this avatar, open ones first.
    avatar_id: Option<String>,
    /// The session fails with this code.
    #[schema(example = "creditsExhausted")]
    code: Option<String>,
    /// What happens instead of a code.
    action: Option<Action>,
    /// With `action` `close`: 1000 to 1014 but 1004 to 1006, or 3000 to 4999.
    close_code: Option<u16>,
    /// Milliseconds from arming, or from the upgrade of a later session.
    #[serde(default)]
    #[schema(maximum = 3_600_000)]
    after_ms: u64,
    /// How many sessions it strikes.
    #[serde(default = "once")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    times: u32,
}

/// A disturbance below the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Action {
    /// The TCP connection is cut without a word.
    Drop,
    /// Nothing is read or written any more.
    Stall,
    /// A close frame with `closeCode`, and no error before it.
    Close,
    /// A frame that is no message.
    Garbage,
}

/// A fault that was armed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArmedFault {
    fault_id: String,
    /// Open sessions that it struck at once.
    struck: u32,
}

/// A fault that still waits for sessions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WaitingFault {
    fault_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_id: Option<String>,
    /// What will happen.
    what: String,
    after_ms: u64,
    /// Sessions that it still strikes.
    times: u32,
}

/// The faults that wait.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FaultList {
    faults: Vec<WaitingFault>,
}

const fn once() -> u32 {
    1
}

/// Arms a fault
///
/// Only sessions of test apps are struck; every fault is marked as one in logs and metrics.
#[utoipa::path(post, operation_id = "armFault", path = "/v1/faults", tag = "Faults", request_body = NewFault,
    responses((status = 200, body = ArmedFault), WriteProblems))]
pub(crate) async fn arm(
    State(state): State<ConsoleState>,
    JsonBody(new): JsonBody<NewFault>,
) -> Result<Json<ArmedFault>, ApiError> {
    let disruption = new.disruption().map_err(|what| ApiError::refused(&what))?;
    if new.after_ms > AFTER_MS_MAX || !(1..=TIMES_MAX).contains(&new.times) {
        let limits = format!("afterMs must be at most {AFTER_MS_MAX}, times 1 to {TIMES_MAX}");
        return Err(ApiError::refused(&limits));
    }
    let (after, times) = (Duration::from_millis(new.after_ms), new.times);
    let target = match (new.connection_id, new.app_id, new.avatar_id) {
        (Some(id), None, None) => Target::Connection(id),
        (None, Some(id), None) => {
            if !state.store.app(&id).await?.test {
                return Err(not_armed(NotArmed::NotATestApp));
            }
            Target::App(id)
        }
        (None, None, Some(id)) => Target::Avatar(id),
        _ => {
            return Err(ApiError::refused(
                "give exactly one of connectionId, appId and avatarId",
            ));
        }
    };
    let (id, struck) = state
        .live
        .arm(target, disruption, after, times)
        .map_err(not_armed)?;
    tracing::warn!(fault_id = id, struck, "a fault was armed");
    Ok(Json(ArmedFault {
        fault_id: id.to_string(),
        struck,
    }))
}

/// Lists the faults that wait for sessions
#[utoipa::path(get, operation_id = "listFaults", path = "/v1/faults", tag = "Faults", responses((status = 200, body = FaultList), Problems))]
pub(crate) async fn list(State(state): State<ConsoleState>) -> Json<FaultList> {
    Json(FaultList {
        faults: state
            .live
            .armed()
            .into_iter()
            .map(WaitingFault::from)
            .collect(),
    })
}

/// Disarms a fault
#[utoipa::path(delete, operation_id = "disarmFault", path = "/v1/faults/{fault_id}", tag = "Faults", params(("fault_id" = String, Path)),
    responses((status = 200, body = Empty), Problems))]
pub(crate) async fn disarm(
    State(state): State<ConsoleState>,
    Segments(id): Segments<String>,
) -> Result<Json<Empty>, ApiError> {
    match id.parse().is_ok_and(|id| state.live.disarm(id)) {
        true => Ok(Json(Empty {})),
        false => {
            Err(Failure::about(Cause::NotFound, "no such fault: it may have struck already").into())
        }
    }
}

impl NewFault {
    fn disruption(&self) -> Result<Disruption, String> {
        match (&self.code, self.action, self.close_code) {
            (Some(code), None, None) => {
                let code = Code::from_name(code).ok_or("no such code; GET /errors lists them")?;
                let (cause, phase) =
                    Fault::cause(code, Some(Phase::WebsocketRuntime)).ok_or_else(|| {
                        format!(
                            "{code} cannot occur in a live session; use the avatar id fault:{code}"
                        )
                    })?;
                Ok(Disruption::Fail(
                    Fault {
                        cause,
                        phase,
                        after: Duration::ZERO,
                    }
                    .failure(),
                ))
            }
            (None, Some(Action::Drop), None) => Ok(Disruption::Fail(
                Failure::about(Cause::Dropped, "on purpose").on_purpose(),
            )),
            (None, Some(Action::Stall), None) => Ok(Disruption::Stall),
            (None, Some(Action::Garbage), None) => Ok(Disruption::Garbage),
            (None, Some(Action::Close), Some(1000..=1003 | 1007..=1014 | 3000..=4999)) => {
                Ok(Disruption::Close(self.close_code.unwrap_or(1000)))
            }
            (None, Some(Action::Close), _) => {
                Err("action close needs a closeCode that may be sent".into())
            }
            _ => Err(
                "give exactly one of code and action, and closeCode with action close alone".into(),
            ),
        }
    }
}

impl From<Armed> for WaitingFault {
    fn from(armed: Armed) -> Self {
        let (app_id, avatar_id) = match armed.target {
            Target::App(id) => (Some(id), None),
            Target::Avatar(id) => (None, Some(id)),
            Target::Connection(_) => (None, None),
        };
        let what = match armed.disruption {
            Disruption::Fail(failure) => failure.code().to_string(),
            Disruption::Stall => "stall".into(),
            Disruption::Close(code) => format!("close {code}"),
            Disruption::Garbage => "garbage".into(),
        };
        Self {
            fault_id: armed.id.to_string(),
            app_id,
            avatar_id,
            what,
            after_ms: u64::try_from(armed.after.as_millis()).unwrap_or(u64::MAX),
            times: armed.times,
        }
    }
}

fn not_armed(why: NotArmed) -> ApiError {
    match why {
        NotArmed::NoSuchSession => Failure::about(
            Cause::NotFound,
            "no such session; GET /v1/sessions lists them",
        )
        .into(),
        NotArmed::NotATestApp => {
            ApiError::refused("faults are for test apps only: create one with {\"test\": true}")
        }
        NotArmed::TooMany => {
            Failure::about(Cause::Conflict, "too many faults wait already; disarm some").into()
        }
    }
}
