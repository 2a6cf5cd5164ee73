//! Apps: who a key, an avatar or a credit belongs to.

use std::time::SystemTime;

use sqlx::{Row as _, SqliteExecutor, sqlite::SqliteRow};

use crate::{
    Noun, Page, PageRequest, Store, StoreError,
    clock::{from_ms, now_ms},
    error::is_duplicate,
    limits::{check_id, check_name},
    random::random_hex,
    signaling::{create_settings, forget_app},
};

const LIST: &str = "apps";

/// One tenant of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Stable id, never reused, also not after a deletion.
    pub app_id: String,
    /// For people to recognise it by.
    pub name: String,
    /// Test apps may cause faults on purpose.
    pub test: bool,
    /// Sessions at the same time; `None` leaves it to the server's configuration.
    pub concurrency_max: Option<u32>,
    /// When it was created.
    pub created_at: SystemTime,
    /// When anything above last changed.
    pub updated_at: SystemTime,
    /// Deleted apps are kept for the ledger; their keys and avatars are gone.
    pub deleted: bool,
}

/// What the creator of an app decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApp {
    /// See [`App::name`].
    pub name: String,
    /// See [`App::test`].
    pub test: bool,
    /// See [`App::concurrency_max`].
    pub concurrency_max: Option<u32>,
}

impl NewApp {
    /// A real app with the server's own concurrency limit.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            test: false,
            concurrency_max: None,
        }
    }
}

impl Store {
    /// Creates an app under a new random id.
    pub async fn create_app(&self, new: &NewApp) -> Result<App, StoreError> {
        let app_id = format!("app_{}", random_hex::<8>()?);
        self.create_app_with_id(&app_id, new).await
    }

    /// Creates an app under an id of the caller's choice, which must never have been used.
    pub async fn create_app_with_id(&self, app_id: &str, new: &NewApp) -> Result<App, StoreError> {
        check_id("appId", app_id)?;
        check_name("name", &new.name)?;
        let now = now_ms();
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO apps (app_id, name, test, concurrency_max, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(app_id)
        .bind(&new.name)
        .bind(new.test)
        .bind(new.concurrency_max)
        .bind(now)
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(|error| match is_duplicate(&error) {
            true => StoreError::Conflict(format!("the app id {app_id} is taken: choose another")),
            false => error.into(),
        })?;
        create_settings(&mut tx, app_id).await?;
        tx.commit().await?;
        Ok(App {
            app_id: app_id.to_owned(),
            name: new.name.clone(),
            test: new.test,
            concurrency_max: new.concurrency_max,
            created_at: from_ms(now),
            updated_at: from_ms(now),
            deleted: false,
        })
    }

    /// The app with this id, created as `new` says if there is none. A deleted one comes back without its keys
    /// and without anything of its signaling.
    ///
    /// For development, where the same app is wanted at every start.
    pub async fn ensure_app(&self, app_id: &str, new: &NewApp) -> Result<App, StoreError> {
        self.sweep_deleted_apps().await?;
        let mut tx = self.write().await?;
        sqlx::query(
            "DELETE FROM api_keys WHERE app_id IN (SELECT app_id FROM apps WHERE app_id = ? AND deleted = 1)",
        )
        .bind(app_id)
        .execute(&mut *tx)
        .await?;
        let revived = sqlx::query(
            "UPDATE apps SET deleted = 0, updated_at = ? WHERE app_id = ? AND deleted = 1",
        )
        .bind(now_ms())
        .bind(app_id)
        .execute(&mut *tx)
        .await?;
        if revived.rows_affected() > 0 {
            create_settings(&mut tx, app_id).await?;
        }
        tx.commit().await?;
        match self.app(app_id).await {
            Err(StoreError::NotFound { .. }) => self.create_app_with_id(app_id, new).await,
            found => found,
        }
    }

    /// The app with this id, unless it is deleted.
    pub async fn app(&self, app_id: &str) -> Result<App, StoreError> {
        find_live(self.read(), app_id).await
    }

    /// All apps that are not deleted, oldest first.
    pub async fn apps(&self, page: &PageRequest) -> Result<Page<App>, StoreError> {
        let after = page.after(LIST)?.unwrap_or(0);
        let rows =
            sqlx::query("SELECT * FROM apps WHERE deleted = 0 AND seq > ? ORDER BY seq LIMIT ?")
                .bind(after)
                .bind(page.rows() + 1)
                .fetch_all(self.read())
                .await?;
        let total = sqlx::query_scalar("SELECT count(*) FROM apps WHERE deleted = 0")
            .fetch_one(self.read())
            .await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get("seq")?, App::from_row(row)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(Page::cut(LIST, page, rows, total))
    }

    /// Deletes an app. Its keys only tell that it is deleted and its avatars are gone; its ledger stays.
    /// Of its signaling, secrets and webhook deliveries go at once, the rest with [`Store::signal_sweep`].
    pub async fn delete_app(&self, app_id: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        sqlx::query("UPDATE apps SET deleted = 1, updated_at = ? WHERE app_id = ?")
            .bind(now_ms())
            .bind(app_id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM avatars WHERE app_id = ?")
            .bind(app_id)
            .execute(&mut *tx)
            .await?;
        forget_app(&mut tx, app_id).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl App {
    pub(crate) fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            app_id: row.try_get("app_id")?,
            name: row.try_get("name")?,
            test: row.try_get("test")?,
            concurrency_max: row.try_get("concurrency_max")?,
            created_at: from_ms(row.try_get("created_at")?),
            updated_at: from_ms(row.try_get("updated_at")?),
            deleted: row.try_get("deleted")?,
        })
    }
}

pub(crate) async fn find_live(
    db: impl SqliteExecutor<'_>,
    app_id: &str,
) -> Result<App, StoreError> {
    let row = sqlx::query("SELECT * FROM apps WHERE app_id = ? AND deleted = 0")
        .bind(app_id)
        .fetch_optional(db)
        .await?
        .ok_or(StoreError::not_found(Noun::App))?;
    Ok(App::from_row(&row)?)
}
