//! Reading mailboxes, many at a time.

use std::collections::HashMap;

use sqlx::{Row as _, sqlite::SqliteRow};

use super::{bulk::Bulk, from_db, to_db};
use crate::{Store, StoreError};

// CROSS JOIN fixes the order: look up each wanted row, instead of reading the table for them.
const READ: Bulk = Bulk {
    sql: "WITH wanted (app_id, account, now_ms) AS (VALUES {rows})
          SELECT wanted.account, mailbox.last_version, mailbox.cleared, message.version, message.msgid,
                 message.sender, message.flag, message.kind, message.time_s, message.content,
                 message.expires_at_ms
          FROM wanted CROSS JOIN signal_mailboxes AS mailbox
              ON mailbox.app_id = wanted.app_id AND mailbox.account = wanted.account
          LEFT JOIN signal_messages AS message
              ON message.mailbox = mailbox.mailbox AND message.version > mailbox.cleared
                 AND message.expires_at_ms > wanted.now_ms",
    columns: 3,
};

/// What waits for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Whose it is.
    pub account: String,
    /// The last version given; 0 when there never was a message.
    pub last_version: u64,
    /// Everything up to this version is cleared.
    pub cleared: u64,
    /// What is neither cleared nor removed nor expired, in version order.
    pub messages: Vec<StoredMessage>,
}

/// One message that waits. The fields are those of [`SignalWrite::PutMessage`](crate::SignalWrite::PutMessage).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its place in the mailbox.
    pub version: u64,
    /// Its own id.
    pub msgid: String,
    /// Who sent it.
    pub sender: String,
    /// Its flag.
    pub flag: String,
    /// Its type.
    pub kind: String,
    /// When it was sent, in Unix seconds.
    pub time_s: u64,
    /// The message itself.
    pub content: String,
    /// From this moment on nobody gets it any more.
    pub expires_at_ms: u64,
}

impl Store {
    /// What waits for these accounts, once for each, in the order in which they are named.
    ///
    /// It shows everything that was committed before the call. An account that never got a message has zeros.
    pub async fn signal_mailboxes(
        &self,
        app_id: &str,
        accounts: &[String],
        now_ms: u64,
    ) -> Result<Vec<Mailbox>, StoreError> {
        let mut places = HashMap::with_capacity(accounts.len());
        let mut mailboxes = Vec::with_capacity(accounts.len());
        for account in accounts {
            places.entry(account.as_str()).or_insert_with(|| {
                mailboxes.push(Mailbox::unused(account));
                mailboxes.len() - 1
            });
        }
        let mut db = self.read().acquire().await?;
        let wanted: Vec<_> = mailboxes.iter().map(|mailbox| &mailbox.account).collect();
        let rows = READ
            .fetch(&mut db, &wanted, |query, account| {
                query.bind(app_id).bind(*account).bind(to_db(now_ms))
            })
            .await?;
        drop(db);
        for row in &rows {
            if let Some(&place) = places.get(row.try_get::<&str, _>("account")?) {
                mailboxes[place].take(row)?;
            }
        }
        for mailbox in &mut mailboxes {
            mailbox.messages.sort_by_key(|message| message.version);
        }
        Ok(mailboxes)
    }
}

impl Mailbox {
    fn unused(account: &str) -> Self {
        Self {
            account: account.to_owned(),
            last_version: 0,
            cleared: 0,
            messages: Vec::new(),
        }
    }

    /// A row has the mailbox and one of its messages, or no message when there is none.
    fn take(&mut self, row: &SqliteRow) -> Result<(), sqlx::Error> {
        self.last_version = from_db(row.try_get("last_version")?);
        self.cleared = from_db(row.try_get("cleared")?);
        if let Some(version) = row.try_get::<Option<i64>, _>("version")? {
            self.messages.push(StoredMessage {
                version: from_db(version),
                msgid: row.try_get("msgid")?,
                sender: row.try_get("sender")?,
                flag: row.try_get("flag")?,
                kind: row.try_get("kind")?,
                time_s: from_db(row.try_get("time_s")?),
                content: row.try_get("content")?,
                expires_at_ms: from_db(row.try_get("expires_at_ms")?),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_statement_reads_a_whole_table() {
        for bulk in [READ] {
            bulk.assert_never_scans().await;
        }
    }
}
