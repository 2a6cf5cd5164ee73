//! Opening the database.

use std::{
    fs::{File, TryLockError},
    path::Path,
    sync::Arc,
    time::Duration,
};

use sqlx::{
    Sqlite, Transaction,
    migrate::{MigrateError, Migrator},
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};

use crate::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Lookups that may run beside the one writer. They take microseconds, so few are enough.
const READERS_MAX: u32 = 4;
/// How long a call waits for its turn before it fails; far above what hundreds of sessions need.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for a lock that a backup tool, say, holds on the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages that the writer keeps at hand. Messages go to mailboxes all over the file; with SQLite's own 2 MiB,
/// each one reads its page again.
const WRITER_CACHE_KIB: u32 = 32 * 1024;
/// Pages in the write-ahead log before they go into the file. A commit of 200 messages writes some 500,
/// and a page that several commits change goes into the file once.
const CHECKPOINT_PAGES: u32 = 8000;

/// Apps, API keys, avatars and the credit ledger. Clones share one database and are cheap.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// One connection: SQLite has one writer at a time anyway, and waiting in the pool's fair queue
    /// beats every connection polling for the file lock.
    write: SqlitePool,
    read: SqlitePool,
    /// Held while the store is open. Released by the operating system, also after a crash.
    _lock: Option<File>,
}

impl Store {
    /// Opens the database file, creating it and bringing it up to date as needed.
    ///
    /// What a call has acknowledged survives a crash of the process and of the machine.
    /// The file belongs to one process: a second one is refused, because [`Store::recover`]
    /// would refund reservations that the first still uses.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let lock = lock(path)?;
        let options = options()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL syncs the write-ahead log on every commit; NORMAL may lose the last ones with the power.
            .synchronous(SqliteSynchronous::Full);
        let writer = options
            .clone()
            .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string());
        let write = pool(1).connect_with(writer).await?;
        migrate(&write).await?;
        let read = pool(READERS_MAX).connect_lazy_with(options.read_only(true));
        Self::ready(write, read, Some(lock)).await
    }

    /// A database that lives as long as the last clone of the store, and nowhere else.
    pub async fn in_memory() -> Result<Self, StoreError> {
        // Every connection to SQLite's memory is a database of its own: one connection, kept for ever.
        let pool = pool(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options().in_memory(true))
            .await?;
        migrate(&pool).await?;
        Self::ready(pool.clone(), pool, None).await
    }

    /// Whether the database answers: what `/readyz` asks.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(self.read()).await?;
        Ok(())
    }

    /// Closes the database after the calls in progress. Later calls fail.
    pub async fn close(&self) {
        self.inner.read.close().await;
        self.inner.write.close().await;
    }

    async fn ready(
        write: SqlitePool,
        read: SqlitePool,
        lock: Option<File>,
    ) -> Result<Self, StoreError> {
        let store = Self {
            inner: Arc::new(Inner {
                write,
                read,
                _lock: lock,
            }),
        };
        store.ensure_built_in_avatars().await?;
        Ok(store)
    }

    pub(crate) fn read(&self) -> &SqlitePool {
        &self.inner.read
    }

    /// A transaction that holds the write lock from the start, so that what it reads stays true until it commits.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.inner.write.begin_with("BEGIN IMMEDIATE").await?)
    }
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .foreign_keys(true)
        // Without it, REPLACE deletes ledger rows past the trigger that forbids that.
        .pragma("recursive_triggers", "ON")
        .busy_timeout(BUSY_TIMEOUT)
}

fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // There is no network in between that could have gone away.
        .test_before_acquire(false)
}

fn lock(database: &Path) -> Result<File, StoreError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| {
            StoreError::Invalid(format!(
                "cannot write beside {}: {error}: create the folder, or correct its permissions",
                database.display()
            ))
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Conflict(format!(
            "{} is in use by another visavis process: stop that one, or use another data directory",
            database.display()
        ))),
        Err(TryLockError::Error(error)) => Err(StoreError::Unavailable(Box::new(error))),
    }
}

async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => StoreError::Conflict(
            "the database was written by a newer visavis: run that version, or restore a backup"
                .to_owned(),
        ),
        error => StoreError::Unavailable(Box::new(error)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visavis.db");
        let store = Store::open(&path).await.unwrap();
        let mut tx = store.write().await.unwrap();
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', 1, x'00', 0)",
        )
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        drop(store);
        let error = Store::open(&path).await.unwrap_err();
        assert!(error.to_string().contains("a newer visavis"), "{error:?}");
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_named() {
        let error = Store::open("/no/such/folder/visavis.db").await.unwrap_err();
        assert!(error.to_string().contains("/no/such/folder"), "{error:?}");
    }

    #[tokio::test]
    async fn the_database_runs_as_the_ledger_needs_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("visavis.db")).await.unwrap();
        let pragma = async |sql: &'static str| -> i64 {
            sqlx::query_scalar(sql)
                .fetch_one(&store.inner.write)
                .await
                .unwrap()
        };
        assert_eq!(pragma("PRAGMA synchronous").await, 2, "FULL");
        assert_eq!(pragma("PRAGMA foreign_keys").await, 1);
        assert_eq!(pragma("PRAGMA recursive_triggers").await, 1);
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(store.read())
            .await
            .unwrap();
        assert_eq!(mode, "wal");
    }
}
