//! `/v2/billing/credits`: one credit is one connected second.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use visavis_store::{Balance, LedgerEntry};

use super::{
    ConsoleState,
    error::ApiError,
    extract::{JsonBody, Params, int64},
    openapi::{Problems, WriteProblems},
    page::{AppPageParams, Pagination, timestamp},
};

/// What an app has. One credit is one connected second.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreditBalance {
    /// The app id: on this server credits belong to apps, and the member keeps the name that clients read.
    user_id: String,
    /// Credits that can still be used; below zero only where credits are not enforced.
    #[schema(format = Int64, example = "3588")]
    balance: String,
    /// All credits ever granted.
    #[schema(format = Int64, example = "3600")]
    lifetime_earned: String,
    /// All credits ever used up.
    #[schema(format = Int64, example = "12")]
    lifetime_consumed: String,
    /// RFC 3339; absent until the first credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

/// Credits for an app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GrantCredits {
    /// The app.
    app_id: String,
    /// Credits, more than zero; a number or a string of digits.
    #[serde(deserialize_with = "int64")]
    #[schema(value_type = String, format = Int64, example = "3600")]
    amount: i64,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// One row of an app's ledger, which is only ever appended to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreditTransaction {
    /// Rises with time.
    #[schema(format = Int64)]
    id: String,
    /// `grant`, `reserve` (set aside for a session), `commit` (used up) or `refund` (came back).
    #[serde(rename = "type")]
    kind: &'static str,
    /// Credits, always more than zero; the type says in which direction.
    #[schema(format = Int64)]
    amount: String,
    /// The balance right after this row.
    #[schema(format = Int64)]
    balance_after: String,
    /// The session, except for grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// Numbers the reservations of one session.
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation: Option<u32>,
    /// A grant's note, or why credits moved (`session`, `settled`, `crash`).
    reason: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
}

/// One page of an app's ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditTransactions {
    transactions: Vec<CreditTransaction>,
    pagination: Pagination,
}

/// Whose credits.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppParams {
    /// The app.
    #[serde(rename = "appId")]
    app_id: String,
}

impl CreditBalance {
    fn of(app_id: String, balance: &Balance) -> Self {
        Self {
            user_id: app_id,
            balance: balance.balance.to_string(),
            lifetime_earned: balance.lifetime_earned.to_string(),
            lifetime_consumed: balance.lifetime_consumed.to_string(),
            updated_at: balance.updated_at.map(timestamp),
        }
    }
}

impl From<LedgerEntry> for CreditTransaction {
    fn from(entry: LedgerEntry) -> Self {
        let (session_id, reservation) = entry.reservation.unzip();
        Self {
            id: entry.seq.to_string(),
            kind: entry.kind.name(),
            amount: entry.amount.to_string(),
            balance_after: entry.balance_after.to_string(),
            session_id,
            reservation,
            reason: entry.reason,
            created_at: timestamp(entry.created_at),
        }
    }
}

/// Look at an app's credits.
#[utoipa::path(get, path = "/v2/billing/credits", operation_id = "getCredits", tag = "Credits",
    params(AppParams),
    responses((status = 200, body = CreditBalance, description = "What the app has."), Problems))]
pub(crate) async fn balance(
    State(console): State<ConsoleState>,
    Params(AppParams { app_id }): Params<AppParams>,
) -> Result<Json<CreditBalance>, ApiError> {
    let balance = console.store.balance(&app_id).await?;
    Ok(Json(CreditBalance::of(app_id, &balance)))
}

/// Give credits to an app.
#[utoipa::path(post, path = "/v2/billing/credits/grants", operation_id = "grantCredits", tag = "Credits",
    request_body = GrantCredits,
    responses((status = 200, body = CreditBalance, description = "What the app has now."), Problems, WriteProblems))]
pub(crate) async fn grant(
    State(console): State<ConsoleState>,
    JsonBody(grant): JsonBody<GrantCredits>,
) -> Result<Json<CreditBalance>, ApiError> {
    let balance = console
        .store
        .grant(&grant.app_id, grant.amount, &grant.note)
        .await?;
    Ok(Json(CreditBalance::of(grant.app_id, &balance)))
}

/// List an app's ledger, newest first.
#[utoipa::path(get, path = "/v2/billing/credits/transactions", operation_id = "listCreditTransactions", tag = "Credits",
    params(AppPageParams),
    responses((status = 200, body = CreditTransactions, description = "One page."), Problems))]
pub(crate) async fn transactions(
    State(console): State<ConsoleState>,
    Params(params): Params<AppPageParams>,
) -> Result<Json<CreditTransactions>, ApiError> {
    let (app_id, page) = params.split();
    let page = console.store.transactions(&app_id, &page).await?;
    Ok(Json(CreditTransactions {
        pagination: Pagination::from(&page),
        transactions: page.items.into_iter().map(Into::into).collect(),
    }))
}
