//! API keys: shown once, stored as a hash.

use std::{fmt, time::SystemTime};

use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use crate::{
    App, Noun, Page, PageRequest, Store, StoreError,
    apps::find_live,
    clock::{from_ms, now_ms},
    error::is_duplicate,
    limits::{KEY_BYTES_MAX, KEYS_PER_APP_MAX, check_name},
    random::{hex, random_hex},
};

const LIST: &str = "keys";

/// An API key in clear. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// The key itself: for the one answer that hands it out.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(redacted)")
    }
}

/// What is known of a key after it was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// Names the key within its app and reveals nothing that would help to guess it.
    pub prefix: String,
    /// The app that the key speaks for.
    pub app_id: String,
    /// Who asked for it.
    pub created_by: String,
    /// When it was created.
    pub created_at: SystemTime,
}

impl Store {
    /// Creates a key for an app. The key in clear is in this answer and nowhere else, ever.
    pub async fn create_key(
        &self,
        app_id: &str,
        created_by: &str,
    ) -> Result<(ApiKey, KeyRecord), StoreError> {
        let prefix = format!("vv_{}", random_hex::<4>()?);
        let key = ApiKey(format!("{prefix}_{}", random_hex::<20>()?));
        let record = self.insert_key(app_id, &key, prefix, created_by).await?;
        Ok((key, record))
    }

    /// Gives an app a key of the caller's choice, for development and for moving from another server.
    /// Giving it the same key again changes nothing.
    pub async fn add_key_with_value(
        &self,
        app_id: &str,
        value: &str,
        created_by: &str,
    ) -> Result<KeyRecord, StoreError> {
        if value.is_empty()
            || value.len() > KEY_BYTES_MAX
            || !value.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(StoreError::Invalid(format!(
                "an API key must be 1 to {KEY_BYTES_MAX} printable ASCII characters without spaces"
            )));
        }
        // A part of such a key might be most of it: name it by its hash.
        let prefix = format!("key_{}", hex(&hash(value)[..4]));
        self.insert_key(app_id, &ApiKey(value.to_owned()), prefix, created_by)
            .await
    }

    /// The app that a key speaks for, unless the key is deleted; a deleted app says so.
    pub async fn app_by_key(&self, key: &str) -> Result<Option<App>, StoreError> {
        if key.len() > KEY_BYTES_MAX {
            return Ok(None);
        }
        let row = sqlx::query(
            "SELECT apps.* FROM api_keys JOIN apps USING (app_id) WHERE api_keys.hash = ?",
        )
        .bind(hash(key).as_slice())
        .fetch_optional(self.read())
        .await?;
        Ok(row.as_ref().map(App::from_row).transpose()?)
    }

    /// The keys of an app, oldest first.
    pub async fn keys(
        &self,
        app_id: &str,
        page: &PageRequest,
    ) -> Result<Page<KeyRecord>, StoreError> {
        let after = page.after(LIST)?.unwrap_or(0);
        find_live(self.read(), app_id).await?;
        let rows =
            sqlx::query("SELECT * FROM api_keys WHERE app_id = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(app_id)
                .bind(after)
                .bind(page.rows() + 1)
                .fetch_all(self.read())
                .await?;
        let total = sqlx::query_scalar("SELECT count(*) FROM api_keys WHERE app_id = ?")
            .bind(app_id)
            .fetch_one(self.read())
            .await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get("seq")?, KeyRecord::from_row(row)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(Page::cut(LIST, page, rows, total))
    }

    /// Deletes a key of an app, named by its prefix or by the key in full.
    pub async fn delete_key(&self, app_id: &str, prefix_or_key: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        let deleted =
            sqlx::query("DELETE FROM api_keys WHERE app_id = ? AND (prefix = ? OR hash = ?)")
                .bind(app_id)
                .bind(prefix_or_key)
                .bind(hash(prefix_or_key).as_slice())
                .execute(&mut *tx)
                .await?;
        tx.commit().await?;
        match deleted.rows_affected() {
            0 => Err(StoreError::not_found(Noun::ApiKey)),
            _ => Ok(()),
        }
    }

    async fn insert_key(
        &self,
        app_id: &str,
        key: &ApiKey,
        prefix: String,
        created_by: &str,
    ) -> Result<KeyRecord, StoreError> {
        check_name("createdBy", created_by)?;
        let hash = hash(key.expose());
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        let known = sqlx::query("SELECT * FROM api_keys WHERE hash = ?")
            .bind(hash.as_slice())
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(row) = known {
            let record = KeyRecord::from_row(&row)?;
            return match record.app_id == app_id {
                true => Ok(record),
                false => Err(StoreError::Conflict(
                    "another app has this API key: choose another".to_owned(),
                )),
            };
        }
        let held: u32 = sqlx::query_scalar("SELECT count(*) FROM api_keys WHERE app_id = ?")
            .bind(app_id)
            .fetch_one(&mut *tx)
            .await?;
        if held >= KEYS_PER_APP_MAX {
            return Err(StoreError::Conflict(format!(
                "the app has {KEYS_PER_APP_MAX} API keys, the most there may be: delete one first"
            )));
        }
        let now = now_ms();
        sqlx::query("INSERT INTO api_keys (hash, prefix, app_id, created_by, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind(hash.as_slice())
            .bind(&prefix)
            .bind(app_id)
            .bind(created_by)
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(|error| match is_duplicate(&error) {
                true => StoreError::Conflict("the app has a key of this prefix: try again".to_owned()),
                false => error.into(),
            })?;
        tx.commit().await?;
        Ok(KeyRecord {
            prefix,
            app_id: app_id.to_owned(),
            created_by: created_by.to_owned(),
            created_at: from_ms(now),
        })
    }
}

impl KeyRecord {
    fn from_row(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            prefix: row.try_get("prefix")?,
            app_id: row.try_get("app_id")?,
            created_by: row.try_get("created_by")?,
            created_at: from_ms(row.try_get("created_at")?),
        })
    }
}

/// A plain hash is enough: keys that we make have 160 random bits, so there is nothing to guess at.
fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}
