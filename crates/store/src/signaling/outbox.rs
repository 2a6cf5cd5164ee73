//! Webhook deliveries that are still to be made.

use std::collections::BTreeMap;

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{bulk::Bulk, from_db, plan::NewEvent, to_db};
use crate::{Store, StoreError, limits::WEBHOOK_WAITING_MAX};

const INSERT: Bulk = Bulk {
    sql: "INSERT INTO signal_events (app_id, id, kind, created_ms, due_ms, body) VALUES {rows}",
    columns: 6,
};
const SETTLE: Bulk = Bulk {
    sql: "DELETE FROM signal_events WHERE seq IN (VALUES {rows}) RETURNING app_id",
    columns: 1,
};
/// Reads the rows of an app in the order of its index and stops at enough.
const DUE_PER_APP: &str =
    "SELECT event.* FROM signal_outboxes AS outbox CROSS JOIN signal_events AS event
    ON event.seq IN (SELECT seq FROM signal_events INDEXED BY signal_events_by_app
        WHERE app_id = outbox.app_id AND due_ms <= ?1 ORDER BY seq LIMIT ?2)
    WHERE outbox.waiting > 0 ORDER BY event.seq";

/// An event that is to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Names it in the outbox; never used again.
    pub seq: i64,
    /// Whose event it is.
    pub app_id: String,
    /// The event's own id, the same at every attempt.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What to deliver.
    pub body: String,
    /// Attempts that failed so far.
    pub attempts: u32,
    /// When it happened, in Unix milliseconds.
    pub created_ms: u64,
}

/// How far an app's webhook is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookBacklog {
    /// Deliveries that wait.
    pub waiting: u64,
    /// Deliveries that were dropped because too many waited, ever.
    pub dropped: u64,
}

impl Store {
    /// Deliveries of all apps that are due, those first that have been due for longest.
    ///
    /// They stay due: whoever delivers them keeps track of what is under way.
    pub async fn webhook_due(&self, now_ms: u64, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM signal_events WHERE due_ms <= ? ORDER BY due_ms, seq LIMIT ?",
        )
        .bind(to_db(now_ms))
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        Ok(rows
            .iter()
            .map(Delivery::from_row)
            .collect::<Result<_, _>>()?)
    }

    /// Deliveries that are due, at most `per_app` of each app and the oldest of it first, so that an app whose
    /// receiver is down does not hide the others.
    ///
    /// They stay due: whoever delivers them keeps track of what is under way.
    pub async fn webhook_due_per_app(
        &self,
        now_ms: u64,
        per_app: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(DUE_PER_APP)
            .bind(to_db(now_ms))
            .bind(per_app)
            .fetch_all(self.read())
            .await?;
        Ok(rows
            .iter()
            .map(Delivery::from_row)
            .collect::<Result<_, _>>()?)
    }

    /// Deliveries of all apps that wait, due or not.
    pub async fn webhooks_waiting(&self) -> Result<u64, StoreError> {
        let sum: i64 = sqlx::query_scalar("SELECT COALESCE(SUM(waiting), 0) FROM signal_outboxes")
            .fetch_one(self.read())
            .await?;
        Ok(from_db(sum))
    }

    /// These deliveries are over: made, or given up. Ones that are gone already change nothing.
    pub async fn webhook_done(&self, seqs: &[i64]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let rows = SETTLE
            .fetch(&mut tx, seqs, |query, seq| query.bind(*seq))
            .await?;
        let mut settled: BTreeMap<&str, i64> = BTreeMap::new();
        for row in &rows {
            *settled.entry(row.try_get("app_id")?).or_default() += 1;
        }
        for (app_id, count) in settled {
            sqlx::query("UPDATE signal_outboxes SET waiting = waiting - ? WHERE app_id = ?")
                .bind(count)
                .bind(app_id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A delivery failed, for the `attempts`th time; it is due again at `next_ms`.
    pub async fn webhook_retry(
        &self,
        seq: i64,
        next_ms: u64,
        attempts: u32,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE signal_events SET due_ms = ?, attempts = ? WHERE seq = ?")
            .bind(to_db(next_ms))
            .bind(attempts)
            .bind(seq)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// How far an app's webhook is behind.
    pub async fn webhook_backlog(&self, app_id: &str) -> Result<WebhookBacklog, StoreError> {
        let row = sqlx::query("SELECT waiting, dropped FROM signal_outboxes WHERE app_id = ?")
            .bind(app_id)
            .fetch_optional(self.read())
            .await?;
        let Some(row) = row else {
            return Ok(WebhookBacklog {
                waiting: 0,
                dropped: 0,
            });
        };
        Ok(WebhookBacklog {
            waiting: from_db(row.try_get("waiting")?),
            dropped: from_db(row.try_get("dropped")?),
        })
    }
}

/// Appends events, and drops the oldest of the app's beyond what may wait.
pub(super) async fn append_events(
    db: &mut SqliteConnection,
    app_id: &str,
    events: &[NewEvent<'_>],
) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    INSERT
        .execute(db, events, |query, event| {
            query
                .bind(app_id)
                .bind(event.id)
                .bind(event.kind)
                .bind(to_db(event.created_ms))
                .bind(to_db(event.created_ms))
                .bind(event.body)
        })
        .await?;
    let added = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let waiting: i64 = sqlx::query_scalar(
        "INSERT INTO signal_outboxes (app_id, waiting, dropped) VALUES (?, ?, 0)
         ON CONFLICT DO UPDATE SET waiting = waiting + excluded.waiting RETURNING waiting",
    )
    .bind(app_id)
    .bind(added)
    .fetch_one(&mut *db)
    .await?;
    let excess = waiting - i64::from(WEBHOOK_WAITING_MAX);
    if excess <= 0 {
        return Ok(());
    }
    sqlx::query(
        "DELETE FROM signal_events WHERE seq IN
             (SELECT seq FROM signal_events WHERE app_id = ? ORDER BY seq LIMIT ?)",
    )
    .bind(app_id)
    .bind(excess)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "UPDATE signal_outboxes SET waiting = waiting - ?2, dropped = dropped + ?2 WHERE app_id = ?1",
    )
    .bind(app_id)
    .bind(excess)
    .execute(db)
    .await?;
    Ok(())
}

impl Delivery {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            app_id: row.try_get("app_id")?,
            id: row.try_get("id")?,
            kind: row.try_get("kind")?,
            body: row.try_get("body")?,
            attempts: row.try_get("attempts")?,
            created_ms: from_db(row.try_get("created_ms")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_statement_reads_a_whole_table() {
        for bulk in [INSERT, SETTLE] {
            bulk.assert_never_scans().await;
        }
    }
}
