//! Writes down what was decided.

use std::collections::HashMap;

use sqlx::{Row as _, SqliteConnection};

use super::{bulk::Bulk, outbox::append_events, plan::Plan, to_db, writes::SignalWrite};

const NEW_MAILBOXES: Bulk = Bulk {
    sql: "INSERT INTO signal_mailboxes (app_id, account, last_version, cleared) VALUES {rows}
          RETURNING account, mailbox",
    columns: 4,
};
const SAVE_MAILBOXES: Bulk = Bulk {
    sql: "WITH saved (id, last_version, cleared) AS (VALUES {rows})
          UPDATE signal_mailboxes SET last_version = saved.last_version, cleared = saved.cleared
          FROM saved WHERE mailbox = saved.id",
    columns: 3,
};
const CLEAR_MESSAGES: Bulk = Bulk {
    sql: "WITH cleared (mailbox, version) AS (VALUES {rows})
          DELETE FROM signal_messages WHERE (mailbox, version) IN (
              SELECT gone.mailbox, gone.version FROM cleared CROSS JOIN signal_messages AS gone
                  ON gone.mailbox = cleared.mailbox AND gone.version <= cleared.version)",
    columns: 2,
};
const INSERT_MESSAGES: Bulk = Bulk {
    sql: "INSERT INTO signal_messages
              (mailbox, version, expires_at_ms, msgid, sender, flag, kind, time_s, content) VALUES {rows}",
    columns: 9,
};
const REMOVE_MESSAGES: Bulk = Bulk {
    // Bare VALUES have no affinity, and without it SQLite reads the whole table.
    sql: "WITH removed (mailbox, version) AS (VALUES {rows})
          DELETE FROM signal_messages WHERE (mailbox, version) IN (
              SELECT gone.mailbox, gone.version FROM removed CROSS JOIN signal_messages AS gone
                  ON gone.mailbox = removed.mailbox AND gone.version = removed.version)",
    columns: 2,
};
const SAVE_SENT: Bulk = Bulk {
    sql: "INSERT INTO signal_sent (app_id, sender, message_id, sent_at_ms) VALUES {rows}
          ON CONFLICT (app_id, sender, message_id) DO UPDATE SET sent_at_ms = excluded.sent_at_ms",
    columns: 4,
};

impl Plan<'_> {
    pub(super) async fn write_down(
        &self,
        db: &mut SqliteConnection,
        app_id: &str,
    ) -> Result<(), sqlx::Error> {
        self.write_mailboxes(db, app_id).await?;
        SAVE_SENT
            .execute(db, &self.left.sent, |query, (sender, id)| {
                query
                    .bind(app_id)
                    .bind(*sender)
                    .bind(*id)
                    .bind(to_db(self.now_ms))
            })
            .await?;
        append_events(db, app_id, &self.left.events).await?;
        for write in &self.left.others {
            write_one(db, app_id, write).await?;
        }
        Ok(())
    }

    async fn write_mailboxes(
        &self,
        db: &mut SqliteConnection,
        app_id: &str,
    ) -> Result<(), sqlx::Error> {
        let changed: Vec<_> = self
            .mailboxes
            .iter()
            .filter(|(_, mailbox)| mailbox.before != (mailbox.last_version, mailbox.cleared))
            .collect();
        let known: Vec<_> = changed
            .iter()
            .filter_map(|(_, mailbox)| Some((mailbox.id?, mailbox)))
            .collect();
        SAVE_MAILBOXES
            .execute(db, &known, |query, (id, mailbox)| {
                query
                    .bind(*id)
                    .bind(to_db(mailbox.last_version))
                    .bind(to_db(mailbox.cleared))
            })
            .await?;
        let new: Vec<_> = changed
            .iter()
            .filter(|(_, mailbox)| mailbox.id.is_none())
            .collect();
        let rows = NEW_MAILBOXES
            .fetch(db, &new, |query, (account, mailbox)| {
                query
                    .bind(app_id)
                    .bind(**account)
                    .bind(to_db(mailbox.last_version))
                    .bind(to_db(mailbox.cleared))
            })
            .await?;
        let mut ids: HashMap<&str, i64> = self
            .mailboxes
            .iter()
            .filter_map(|(account, mailbox)| Some((*account, mailbox.id?)))
            .collect();
        for row in &rows {
            ids.insert(row.try_get("account")?, row.try_get("mailbox")?);
        }

        let cleared: Vec<_> = changed
            .iter()
            .filter(|(_, mailbox)| mailbox.before.1 != mailbox.cleared)
            .filter_map(|(_, mailbox)| Some((mailbox.id?, mailbox.cleared)))
            .collect();
        CLEAR_MESSAGES
            .execute(db, &cleared, |query, (mailbox, version)| {
                query.bind(*mailbox).bind(to_db(*version))
            })
            .await?;
        // What was cleared or removed within the same commit never was.
        let cleared = |account| {
            self.mailboxes
                .get(account)
                .map_or(0, |mailbox| mailbox.cleared)
        };
        let messages: Vec<_> = self
            .left
            .messages
            .iter()
            .filter(|message| message.version > cleared(message.account))
            .collect();
        INSERT_MESSAGES
            .execute(db, &messages, |query, message| {
                query
                    .bind(ids.get(message.account))
                    .bind(to_db(message.version))
                    .bind(to_db(message.expires_at_ms))
                    .bind(message.msgid)
                    .bind(message.sender)
                    .bind(message.flag)
                    .bind(message.kind)
                    .bind(to_db(message.time_s))
                    .bind(message.content)
            })
            .await?;
        let removed: Vec<_> = self
            .left
            .removed
            .iter()
            .filter_map(|(account, version)| Some((*ids.get(account)?, *version)))
            .collect();
        REMOVE_MESSAGES
            .execute(db, &removed, |query, (mailbox, version)| {
                query.bind(*mailbox).bind(to_db(*version))
            })
            .await
    }
}

/// A change that nothing had to be decided about.
async fn write_one(
    db: &mut SqliteConnection,
    app_id: &str,
    write: &SignalWrite,
) -> Result<(), sqlx::Error> {
    let query = match write {
        // Planned as rows of their own.
        SignalWrite::PutMessage { .. }
        | SignalWrite::ClearMessages { .. }
        | SignalWrite::RemoveMessage { .. }
        | SignalWrite::Event { .. } => return Ok(()),
        SignalWrite::SetUserAttribute {
            account,
            name,
            value,
        } => sqlx::query(
            "INSERT INTO signal_user_attributes (app_id, account, name, value) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET value = excluded.value",
        )
        .bind(app_id)
        .bind(account)
        .bind(name)
        .bind(value),
        SignalWrite::SetChannelAttribute {
            channel,
            name,
            value,
        } => sqlx::query(
            "INSERT INTO signal_channel_attributes (app_id, channel, name, value) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET value = excluded.value",
        )
        .bind(app_id)
        .bind(channel)
        .bind(name)
        .bind(value),
        SignalWrite::DeleteChannelAttribute { channel, name } => sqlx::query(
            "DELETE FROM signal_channel_attributes WHERE app_id = ? AND channel = ? AND name = ?",
        )
        .bind(app_id)
        .bind(channel)
        .bind(name),
        SignalWrite::ClearChannelAttributes { channel } => clear_channel(app_id, channel),
        SignalWrite::DestroyChannel { channel } => {
            clear_channel(app_id, channel).execute(&mut *db).await?;
            fill_channel(app_id, channel)
        }
        SignalWrite::ChannelEmpty {
            channel,
            since_ms: None,
        } => fill_channel(app_id, channel),
        SignalWrite::ChannelEmpty {
            channel,
            since_ms: Some(since_ms),
        } => sqlx::query(
            "INSERT INTO signal_empty_channels (app_id, channel, since_ms) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET since_ms = excluded.since_ms",
        )
        .bind(app_id)
        .bind(channel)
        .bind(to_db(*since_ms)),
        SignalWrite::SaveInvitation {
            channel,
            caller,
            callee,
            state,
        } => sqlx::query(
            "INSERT INTO signal_invitations (app_id, channel, caller, callee, state) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET state = excluded.state",
        )
        .bind(app_id)
        .bind(channel)
        .bind(caller)
        .bind(callee)
        .bind(state),
        SignalWrite::ForgetInvitation {
            channel,
            caller,
            callee,
        } => sqlx::query(
            "DELETE FROM signal_invitations WHERE app_id = ? AND channel = ? AND caller = ? AND callee = ?",
        )
        .bind(app_id)
        .bind(channel)
        .bind(caller)
        .bind(callee),
    };
    query.execute(db).await?;
    Ok(())
}

fn clear_channel(app_id: &str, channel: &str) -> super::bulk::Bound {
    sqlx::query("DELETE FROM signal_channel_attributes WHERE app_id = ? AND channel = ?")
        .bind(app_id)
        .bind(channel)
}

fn fill_channel(app_id: &str, channel: &str) -> super::bulk::Bound {
    sqlx::query("DELETE FROM signal_empty_channels WHERE app_id = ? AND channel = ?")
        .bind(app_id)
        .bind(channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_write_reads_a_whole_table() {
        for bulk in [
            NEW_MAILBOXES,
            SAVE_MAILBOXES,
            CLEAR_MESSAGES,
            INSERT_MESSAGES,
            REMOVE_MESSAGES,
            SAVE_SENT,
        ] {
            bulk.assert_never_scans().await;
        }
    }
}
