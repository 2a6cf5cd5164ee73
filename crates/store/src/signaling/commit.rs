//! One transaction for many units of work.

use std::collections::{HashMap, HashSet};

use sqlx::{Row as _, SqliteConnection};

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
    sql: "WITH wanted (app_id, account) AS (VALUES {rows})
          SELECT found.* FROM wanted CROSS JOIN signal_mailboxes AS found
              ON found.app_id = wanted.app_id AND found.account = wanted.account",
    columns: 2,
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
    let accounts: Vec<_> = demands.keys().copied().collect();
    plan.mailboxes = accounts
        .iter()
        .map(|account| (*account, MailboxPlan::default()))
        .collect();
    let rows = FIND_MAILBOXES
        .fetch(db, &accounts, |query, account| {
            query.bind(app_id).bind(*account)
        })
        .await?;
    for row in &rows {
        if let Some(mailbox) = plan.mailboxes.get_mut(row.try_get::<&str, _>("account")?) {
            mailbox.id = Some(row.try_get("mailbox")?);
            mailbox.last_version = from_db(row.try_get("last_version")?);
            mailbox.cleared = from_db(row.try_get("cleared")?);
            mailbox.before = (mailbox.last_version, mailbox.cleared);
        }
    }
    for (account, demand) in demands {
        let Some(mailbox) = plan.mailboxes.get_mut(account) else {
            continue;
        };
        if demand.fits(mailbox.last_version - mailbox.cleared) {
            continue;
        }
        let waiting: Vec<i64> = sqlx::query_scalar(
            "SELECT version FROM signal_messages WHERE mailbox = ? AND version > ? AND expires_at_ms > ?",
        )
        .bind(mailbox.id)
        .bind(to_db(mailbox.cleared))
        .bind(to_db(plan.now_ms))
        .fetch_all(&mut *db)
        .await?;
        mailbox.waiting = Some(waiting.into_iter().map(from_db).collect());
    }
    Ok(())
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
