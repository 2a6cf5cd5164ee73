//! Credits: grants, balances and the rows behind them.
//!
//! The `ledger` table is the truth and is only ever appended to; `accounts` is its running summary.

use std::time::SystemTime;

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use crate::{
    Page, PageRequest, Store, StoreError,
    apps::find_live,
    clock::{from_ms, now_ms},
    limits::{check_amount, check_text},
};

const LIST: &str = "ledger";

/// What a ledger row did to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Credits were given to the app.
    Grant,
    /// Credits were set aside for a session, and left the balance.
    Reserve,
    /// Reserved credits were used up. The balance had already lost them.
    Commit,
    /// Reserved credits came back to the balance.
    Refund,
}

impl EntryKind {
    /// Its name in the database and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Reserve => "reserve",
            Self::Commit => "commit",
            Self::Refund => "refund",
        }
    }
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Position in the ledger; rises with time.
    pub seq: i64,
    /// Whose account it is.
    pub app_id: String,
    /// What happened.
    pub kind: EntryKind,
    /// Credits, always more than zero; `kind` says in which direction.
    pub amount: i64,
    /// The session and its reservation, except for grants.
    pub reservation: Option<(String, u32)>,
    /// A grant's note, or why credits came back (`settled`, `crash`).
    pub reason: String,
    /// The balance right after this row.
    pub balance_after: i64,
    /// When it was written.
    pub created_at: SystemTime,
}

/// What an app has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Credits that can still be reserved. Below zero only where credits are not enforced.
    pub balance: i64,
    /// All credits ever granted.
    pub lifetime_earned: i64,
    /// All credits ever committed.
    pub lifetime_consumed: i64,
    /// When the account last changed; `None` if it never did.
    pub updated_at: Option<SystemTime>,
}

impl Store {
    /// Gives credits to an app. Answers with its new balance.
    pub async fn grant(
        &self,
        app_id: &str,
        amount: i64,
        note: &str,
    ) -> Result<Balance, StoreError> {
        check_amount(amount)?;
        check_text("note", note)?;
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        let balance = append(
            &mut tx,
            &Posting::new(app_id, EntryKind::Grant, amount, None, note),
        )
        .await?;
        tx.commit().await?;
        Ok(balance)
    }

    /// What the app has now.
    pub async fn balance(&self, app_id: &str) -> Result<Balance, StoreError> {
        let mut db = self.read().acquire().await?;
        find_live(&mut *db, app_id).await?;
        Ok(account(&mut db, app_id).await?)
    }

    /// The app's ledger rows, newest first.
    pub async fn transactions(
        &self,
        app_id: &str,
        page: &PageRequest,
    ) -> Result<Page<LedgerEntry>, StoreError> {
        let before = page.after(LIST)?.unwrap_or(i64::MAX);
        let mut db = self.read().acquire().await?;
        find_live(&mut *db, app_id).await?;
        let rows = sqlx::query(
            "SELECT * FROM ledger WHERE app_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
        )
        .bind(app_id)
        .bind(before)
        .bind(page.rows() + 1)
        .fetch_all(&mut *db)
        .await?;
        let total = sqlx::query_scalar("SELECT count(*) FROM ledger WHERE app_id = ?")
            .bind(app_id)
            .fetch_one(&mut *db)
            .await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get("seq")?, LedgerEntry::from_row(row)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(Page::cut(LIST, page, rows, total))
    }
}

/// A row that is about to be appended.
pub(crate) struct Posting<'a> {
    app_id: &'a str,
    kind: EntryKind,
    amount: i64,
    reservation: Option<(&'a str, u32)>,
    reason: &'a str,
}

impl<'a> Posting<'a> {
    pub(crate) const fn new(
        app_id: &'a str,
        kind: EntryKind,
        amount: i64,
        reservation: Option<(&'a str, u32)>,
        reason: &'a str,
    ) -> Self {
        Self {
            app_id,
            kind,
            amount,
            reservation,
            reason,
        }
    }
}

/// Appends one row and brings the account up to date, inside the caller's transaction.
pub(crate) async fn append(
    db: &mut SqliteConnection,
    posting: &Posting<'_>,
) -> Result<Balance, StoreError> {
    debug_assert!(posting.amount > 0, "a posting moves something");
    debug_assert_eq!(
        posting.reservation.is_none(),
        posting.kind == EntryKind::Grant
    );
    let now = now_ms();
    let mut account = account(db, posting.app_id).await?;
    let (to, sign) = match posting.kind {
        EntryKind::Grant => (Some(&mut account.lifetime_earned), 1),
        EntryKind::Reserve => (None, -1),
        EntryKind::Commit => (Some(&mut account.lifetime_consumed), 0),
        EntryKind::Refund => (None, 1),
    };
    if let Some(sum) = to {
        *sum = add(*sum, posting.amount)?;
    }
    account.balance = add(account.balance, sign * posting.amount)?;
    account.updated_at = Some(from_ms(now));

    sqlx::query(
        "INSERT INTO ledger (app_id, kind, amount, session, reservation_seq, reason, balance_after, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(posting.app_id)
    .bind(posting.kind.name())
    .bind(posting.amount)
    .bind(posting.reservation.map(|(session, _)| session))
    .bind(posting.reservation.map(|(_, seq)| seq))
    .bind(posting.reason)
    .bind(account.balance)
    .bind(now)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "INSERT INTO accounts (app_id, balance, lifetime_earned, lifetime_consumed, updated_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (app_id) DO UPDATE SET balance = excluded.balance, lifetime_earned = excluded.lifetime_earned,
         lifetime_consumed = excluded.lifetime_consumed, updated_at = excluded.updated_at",
    )
    .bind(posting.app_id)
    .bind(account.balance)
    .bind(account.lifetime_earned)
    .bind(account.lifetime_consumed)
    .bind(now)
    .execute(db)
    .await?;
    Ok(account)
}

/// The account's summary row; an app without one has nothing.
pub(crate) async fn account(
    db: &mut SqliteConnection,
    app_id: &str,
) -> Result<Balance, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM accounts WHERE app_id = ?")
        .bind(app_id)
        .fetch_optional(db)
        .await?;
    let Some(row) = row else {
        return Ok(Balance {
            balance: 0,
            lifetime_earned: 0,
            lifetime_consumed: 0,
            updated_at: None,
        });
    };
    Ok(Balance {
        balance: row.try_get("balance")?,
        lifetime_earned: row.try_get("lifetime_earned")?,
        lifetime_consumed: row.try_get("lifetime_consumed")?,
        updated_at: Some(from_ms(row.try_get("updated_at")?)),
    })
}

fn add(sum: i64, amount: i64) -> Result<i64, StoreError> {
    sum.checked_add(amount)
        .ok_or_else(|| StoreError::Invalid("the account cannot hold that many credits".to_owned()))
}

impl LedgerEntry {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let session: Option<String> = row.try_get("session")?;
        let reservation_seq: Option<u32> = row.try_get("reservation_seq")?;
        Ok(Self {
            seq: row.try_get("seq")?,
            app_id: row.try_get("app_id")?,
            kind: match row.try_get("kind")? {
                "grant" => EntryKind::Grant,
                "reserve" => EntryKind::Reserve,
                "commit" => EntryKind::Commit,
                "refund" => EntryKind::Refund,
                other => {
                    return Err(sqlx::Error::ColumnDecode {
                        index: "kind".to_owned(),
                        source: format!("unknown kind of ledger row: {other}").into(),
                    });
                }
            },
            amount: row.try_get("amount")?,
            reservation: session.zip(reservation_seq),
            reason: row.try_get("reason")?,
            balance_after: row.try_get("balance_after")?,
            created_at: from_ms(row.try_get("created_at")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewApp;

    #[tokio::test]
    async fn the_database_itself_refuses_to_change_the_past() {
        let store = Store::in_memory().await.unwrap();
        store
            .create_app_with_id("app", &NewApp::named("app"))
            .await
            .unwrap();
        store.grant("app", 10, "").await.unwrap();
        for statement in [
            "UPDATE ledger SET amount = 1000000",
            "DELETE FROM ledger",
            "INSERT OR REPLACE INTO ledger SELECT * FROM ledger",
        ] {
            let mut tx = store.write().await.unwrap();
            let error = sqlx::query(statement).execute(&mut *tx).await.unwrap_err();
            assert!(
                error.to_string().contains("the ledger is append-only"),
                "{statement}: {error}"
            );
        }
        assert_eq!(store.balance("app").await.unwrap().balance, 10);
    }
}
