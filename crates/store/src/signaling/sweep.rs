//! Deleting what nobody can ask for any more.

use sqlx::SqliteConnection;

use super::to_db;
use crate::{
    Store, StoreError,
    limits::{DEDUPE_WINDOW_MS, SWEEP_STEP_ROWS},
};

const EXPIRED_MESSAGES: &str = "DELETE FROM signal_messages WHERE (mailbox, version) IN
    (SELECT mailbox, version FROM signal_messages WHERE expires_at_ms <= ?2 LIMIT ?1)";
const OLD_SENT: &str = "DELETE FROM signal_sent WHERE (app_id, sender, message_id) IN
    (SELECT app_id, sender, message_id FROM signal_sent WHERE sent_at_ms <= ?2 LIMIT ?1)";

/// The big tables of a deleted app; messages before the mailboxes that they point at.
const OF_DELETED_APPS: [&str; 7] = [
    "DELETE FROM signal_messages WHERE (mailbox, version) IN
        (SELECT mailbox, version FROM apps CROSS JOIN signal_mailboxes USING (app_id)
             CROSS JOIN signal_messages USING (mailbox) WHERE apps.deleted = 1 LIMIT ?1)",
    "DELETE FROM signal_mailboxes WHERE mailbox IN
        (SELECT mailbox FROM apps CROSS JOIN signal_mailboxes USING (app_id)
             WHERE apps.deleted = 1 LIMIT ?1)",
    "DELETE FROM signal_sent WHERE (app_id, sender, message_id) IN
        (SELECT app_id, sender, message_id FROM apps CROSS JOIN signal_sent USING (app_id)
             WHERE apps.deleted = 1 LIMIT ?1)",
    "DELETE FROM signal_user_attributes WHERE (app_id, account, name) IN
        (SELECT app_id, account, signal_user_attributes.name
             FROM apps CROSS JOIN signal_user_attributes USING (app_id)
             WHERE apps.deleted = 1 LIMIT ?1)",
    "DELETE FROM signal_channel_attributes WHERE (app_id, channel, name) IN
        (SELECT app_id, channel, signal_channel_attributes.name
             FROM apps CROSS JOIN signal_channel_attributes USING (app_id)
             WHERE apps.deleted = 1 LIMIT ?1)",
    "DELETE FROM signal_empty_channels WHERE (app_id, channel) IN
        (SELECT app_id, channel FROM apps CROSS JOIN signal_empty_channels USING (app_id)
             WHERE apps.deleted = 1 LIMIT ?1)",
    "DELETE FROM signal_invitations WHERE (app_id, channel, caller, callee) IN
        (SELECT app_id, channel, caller, callee FROM apps CROSS JOIN signal_invitations USING (app_id)
             WHERE apps.deleted = 1 LIMIT ?1)",
];

/// What [`Store::signal_sweep`] deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Messages that nobody had fetched in time.
    pub messages: u64,
    /// Message ids whose senders have stopped trying by now.
    pub sent: u64,
    /// Rows of deleted apps.
    pub of_deleted_apps: u64,
}

impl Store {
    /// Deletes what is out of date, in small steps, so that others get their turn in between.
    ///
    /// It changes nothing that a read would show. Run it every minute or so.
    pub async fn signal_sweep(&self, now_ms: u64) -> Result<Swept, StoreError> {
        let messages = self.sweep(EXPIRED_MESSAGES, to_db(now_ms)).await?;
        let sent = match now_ms.checked_sub(DEDUPE_WINDOW_MS) {
            Some(before_ms) => self.sweep(OLD_SENT, to_db(before_ms)).await?,
            None => 0,
        };
        let of_deleted_apps = self.sweep_deleted_apps().await?;
        Ok(Swept {
            messages,
            sent,
            of_deleted_apps,
        })
    }

    /// Deletes the rest of all deleted apps, before one of them comes back.
    pub(crate) async fn sweep_deleted_apps(&self) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for sql in OF_DELETED_APPS {
            deleted += self.sweep(sql, 0).await?;
        }
        Ok(deleted)
    }

    async fn sweep(&self, sql: &'static str, upto_ms: i64) -> Result<u64, StoreError> {
        let mut deleted = 0;
        loop {
            let mut tx = self.write().await?;
            let query = sqlx::query(sql).bind(SWEEP_STEP_ROWS).bind(upto_ms);
            let step = query.execute(&mut *tx).await?.rows_affected();
            tx.commit().await?;
            deleted += step;
            if step < u64::from(SWEEP_STEP_ROWS) {
                return Ok(deleted);
            }
        }
    }
}

/// Takes from an app that is being deleted what must be gone at once: its secrets, and what it would still be sent.
/// [`Store::signal_sweep`] takes the rest, which may be much.
pub(crate) async fn forget_app(db: &mut SqliteConnection, app_id: &str) -> Result<(), sqlx::Error> {
    for sql in [
        "DELETE FROM signal_settings WHERE app_id = ?",
        "DELETE FROM signal_blocked_accounts WHERE app_id = ?",
        "DELETE FROM signal_events WHERE app_id = ?",
        "DELETE FROM signal_outboxes WHERE app_id = ?",
    ] {
        sqlx::query(sql).bind(app_id).execute(&mut *db).await?;
    }
    Ok(())
}
