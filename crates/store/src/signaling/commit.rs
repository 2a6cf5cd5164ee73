//! One transaction for many units of work.

use std::{
    collections::{HashMap, HashSet},
    num::ParseIntError,
};

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    bulk::Bulk,
    from_db,
    plan::{MailboxPlan, Plan},
    to_db,
    writes::{SignalWrite, SignalWritten},
};
use crate::{
    Store, StoreError,
    apps::find_live,
    limits::{DEDUPE_WINDOW_MS, SIGNAL_COMMIT_WRITES_MAX},
};

// CROSS JOIN fixes the order: look up each wanted row, instead of reading the table for them.
const FIND_MAILBOXES: Bulk = Bulk {
    sql: "WITH wanted (place, app_id, account) AS (VALUES {rows})
          SELECT group_concat(place || ' ' || mailbox || ' ' || last_version || ' ' || cleared, ' ')
          FROM wanted CROSS JOIN signal_mailboxes AS found
              ON found.app_id = wanted.app_id AND found.account = wanted.account",
    columns: 3,
};
const FIND_SENT: Bulk = Bulk {
    sql: "WITH wanted (app_id, sender, message_id) AS (VALUES {rows})
          SELECT found.sender, found.message_id, found.sent_at_ms FROM wanted CROSS JOIN signal_sent AS found
              ON found.app_id = wanted.app_id AND found.sender = wanted.sender
                 AND found.message_id = wanted.message_id",
    columns: 3,
};

impl Store {
    /// Carries out many units of work in one transaction, which is on the disk when this returns.
    ///
    /// The units are carried out in order, and so are the writes in each, as if they were alone. Answers stand where
    /// their writes stood. A unit that is refused leaves nothing behind, and the others happen nevertheless.
    /// An error means that nothing of the whole call is acknowledged: all of it happened or nothing, as with a caller
    /// that gives up waiting.
    pub async fn signal_commit(
        &self,
        app_id: &str,
        batches: Vec<Vec<SignalWrite>>,
        now_ms: u64,
    ) -> Result<Vec<Vec<SignalWritten>>, StoreError> {
        if batches.iter().map(Vec::len).sum::<usize>() > SIGNAL_COMMIT_WRITES_MAX {
            return Err(StoreError::Invalid(format!(
                "a commit must be at most {SIGNAL_COMMIT_WRITES_MAX} writes"
            )));
        }
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        let mut plan = load(&mut tx, app_id, &batches, now_ms).await?;
        let written = batches.iter().map(|unit| plan.unit(unit)).collect();
        plan.write_down(&mut tx, app_id).await?;
        tx.commit().await?;
        Ok(written)
    }
}

/// What the commit asks of one mailbox.
#[derive(Clone, Copy)]
struct Demand {
    puts: u64,
    queue_max: u64,
}

async fn load<'a>(
    db: &mut SqliteConnection,
    app_id: &str,
    batches: &'a [Vec<SignalWrite>],
    now_ms: u64,
) -> Result<Plan<'a>, sqlx::Error> {
    let mut demands: HashMap<&str, Demand> = HashMap::new();
    let mut plan = Plan {
        now_ms,
        ..Plan::default()
    };
    let mut sent = HashSet::new();
    for write in batches.iter().flatten() {
        match write {
            SignalWrite::PutMessage {
                account,
                dedupe,
                queue_max,
                ..
            } => {
                let demand = demands.entry(account).or_insert(Demand::NONE);
                demand.puts += 1;
                demand.queue_max = demand.queue_max.min(u64::from(*queue_max));
                sent.extend(dedupe.as_ref());
            }
            SignalWrite::ClearMessages { account, .. }
            | SignalWrite::RemoveMessage { account, .. } => {
                demands.entry(account).or_insert(Demand::NONE);
            }
            SignalWrite::SetUserAttribute { account, .. } => {
                plan.attributes.entry(account).or_default();
            }
            SignalWrite::SetChannelAttribute { .. }
            | SignalWrite::DeleteChannelAttribute { .. }
            | SignalWrite::ClearChannelAttributes { .. }
            | SignalWrite::DestroyChannel { .. }
            | SignalWrite::ChannelEmpty { .. }
            | SignalWrite::SaveInvitation { .. }
            | SignalWrite::ForgetInvitation { .. }
            | SignalWrite::Event { .. } => {}
        }
    }
    load_mailboxes(db, app_id, &demands, &mut plan).await?;

    let sent: Vec<_> = sent.into_iter().collect();
    let rows = FIND_SENT
        .fetch(db, &sent, |query, (sender, id)| {
            query.bind(app_id).bind(sender).bind(id)
        })
        .await?;
    let mut recent = HashSet::new();
    for row in &rows {
        if from_db(row.try_get("sent_at_ms")?).saturating_add(DEDUPE_WINDOW_MS) > now_ms {
            recent.insert((row.try_get("sender")?, row.try_get("message_id")?));
        }
    }
    let known = sent
        .iter()
        .map(|(sender, id)| (sender.as_str(), id.as_str()));
    plan.known = known.filter(|sent| recent.contains(sent)).collect();

    for (account, names) in &mut plan.attributes {
        let stored: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM signal_user_attributes WHERE app_id = ? AND account = ?",
        )
        .bind(app_id)
        .bind(*account)
        .fetch_all(&mut *db)
        .await?;
        names.extend(stored);
    }
    Ok(plan)
}

async fn load_mailboxes<'a>(
    db: &mut SqliteConnection,
    app_id: &str,
    demands: &HashMap<&'a str, Demand>,
    plan: &mut Plan<'a>,
) -> Result<(), sqlx::Error> {
    let accounts: Vec<(i64, &str)> = (0..).zip(demands.keys().copied()).collect();
    let mut mailboxes = vec![MailboxPlan::default(); accounts.len()];
    let rows = FIND_MAILBOXES
        .fetch(db, &accounts, |query, (place, account)| {
            query.bind(*place).bind(app_id).bind(*account)
        })
        .await?;
    for row in &rows {
        let numbers = numbers(row)?;
        let (found, _) = numbers.as_chunks();
        for [place, id, last_version, cleared] in found {
            let before = (from_db(*last_version), from_db(*cleared));
            if let Some(mailbox) = usize::try_from(*place)
                .ok()
                .and_then(|place| mailboxes.get_mut(place))
            {
                *mailbox = MailboxPlan {
                    id: Some(*id),
                    last_version: before.0,
                    cleared: before.1,
                    before,
                    waiting: None,
                };
            }
        }
    }
    plan.mailboxes = demands.keys().copied().zip(mailboxes).collect();
    for (account, demand) in demands {
        let Some(mailbox) = plan.mailboxes.get_mut(account) else {
            continue;
        };
        if demand.fits(mailbox.last_version - mailbox.cleared) {
            continue;
        }
        let row = sqlx::query(
            "SELECT group_concat(version, ' ') FROM signal_messages
             WHERE mailbox = ? AND version > ? AND expires_at_ms > ?",
        )
        .bind(mailbox.id)
        .bind(to_db(mailbox.cleared))
        .bind(to_db(plan.now_ms))
        .fetch_one(&mut *db)
        .await?;
        mailbox.waiting = Some(numbers(&row)?.into_iter().map(from_db).collect());
    }
    Ok(())
}

/// Numbers with spaces between them. A row costs a switch of threads, so hundreds of small ones come as one.
fn numbers(row: &SqliteRow) -> Result<Vec<i64>, sqlx::Error> {
    let text: Option<&str> = row.try_get(0)?;
    text.unwrap_or_default()
        .split_ascii_whitespace()
        .map(|number| number.parse())
        .collect::<Result<_, _>>()
        .map_err(|error: ParseIntError| sqlx::Error::ColumnDecode {
            index: "0".to_owned(),
            source: error.into(),
        })
}

impl Demand {
    const NONE: Self = Self {
        puts: 0,
        queue_max: u64::MAX,
    };

    /// Whether all of it fits for certain, when at most so many messages wait already.
    const fn fits(self, waiting_max: u64) -> bool {
        self.puts == 0 || waiting_max + self.puts <= self.queue_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_statement_reads_a_whole_table() {
        for bulk in [FIND_MAILBOXES, FIND_SENT] {
            bulk.assert_never_scans().await;
        }
    }
}
