//! What an app's operator decides about signaling.

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::bulk::Bulk;
use crate::{
    Noun, Secret, Store, StoreError,
    apps::find_live,
    limits::{
        BLOCKED_ACCOUNTS_MAX, SIGNAL_NAME_BYTES_MAX, WEBHOOK_EVENTS_MAX, check_secret, check_url,
    },
    random::random_hex,
};

const INSERT_BLOCKED: Bulk = Bulk {
    sql: "INSERT INTO signal_blocked_accounts (app_id, account) VALUES {rows} ON CONFLICT DO NOTHING",
    columns: 2,
};

/// The signaling settings of one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalingSettings {
    /// What the app's tokens are made with.
    pub certificate: Secret,
    /// Whether accounts may log in without a token.
    pub no_token_allowed: bool,
    /// What the end of a token does to a login that is alive.
    pub token_expiry: TokenExpiry,
    /// A disabled app refuses every login.
    pub disabled: bool,
    /// Accounts that may not log in, in order.
    pub blocked: Vec<String>,
    /// Where the app wants to hear of events.
    pub webhook: Option<Webhook>,
}

/// What the end of a token does to a login that is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenExpiry {
    /// Nothing; only the next login fails.
    Keep,
    /// It ends the login.
    Kick,
}

impl TokenExpiry {
    /// Its name in the database and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Kick => "kick",
        }
    }
}

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The receiver.
    pub url: String,
    /// What deliveries are signed with.
    pub secret: Secret,
    /// The kinds of events it wants.
    pub events: Vec<String>,
}

impl Store {
    /// The signaling settings of an app.
    pub async fn signaling_settings(&self, app_id: &str) -> Result<SignalingSettings, StoreError> {
        // In one transaction, so that the list belongs to the rest.
        let mut tx = self.read().begin().await?;
        let row = sqlx::query(
            "SELECT signal_settings.* FROM signal_settings JOIN apps USING (app_id)
             WHERE app_id = ? AND apps.deleted = 0",
        )
        .bind(app_id)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(StoreError::not_found(Noun::App))?;
        let blocked = sqlx::query_scalar(
            "SELECT account FROM signal_blocked_accounts WHERE app_id = ? ORDER BY account",
        )
        .bind(app_id)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(SignalingSettings::from_row(&row, blocked)?)
    }

    /// Puts these settings in place of the earlier ones, the certificate included.
    pub async fn set_signaling_settings(
        &self,
        app_id: &str,
        settings: &SignalingSettings,
    ) -> Result<(), StoreError> {
        settings.check()?;
        let webhook = settings.webhook.as_ref();
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        sqlx::query(
            "UPDATE signal_settings SET certificate = ?, no_token_allowed = ?, token_expiry = ?, disabled = ?,
                    webhook_url = ?, webhook_secret = ?, webhook_events = ? WHERE app_id = ?",
        )
        .bind(settings.certificate.expose())
        .bind(settings.no_token_allowed)
        .bind(settings.token_expiry.name())
        .bind(settings.disabled)
        .bind(webhook.map(|webhook| webhook.url.as_str()))
        .bind(webhook.map(|webhook| webhook.secret.expose()))
        .bind(webhook.map(|webhook| webhook.events.join(" ")))
        .bind(app_id)
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM signal_blocked_accounts WHERE app_id = ?")
            .bind(app_id)
            .execute(&mut *tx)
            .await?;
        INSERT_BLOCKED
            .execute(&mut tx, &settings.blocked, |query, account| {
                query.bind(app_id).bind(account)
            })
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives the app a new random certificate. Tokens made with the old one are worthless from here on.
    pub async fn rotate_certificate(&self, app_id: &str) -> Result<Secret, StoreError> {
        let certificate = new_certificate()?;
        let mut tx = self.write().await?;
        find_live(&mut *tx, app_id).await?;
        sqlx::query("UPDATE signal_settings SET certificate = ? WHERE app_id = ?")
            .bind(certificate.expose())
            .bind(app_id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(certificate)
    }
}

/// Gives a new app its settings: a certificate of its own, and everything else off.
pub(crate) async fn create_settings(
    db: &mut SqliteConnection,
    app_id: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO signal_settings (app_id, certificate) VALUES (?, ?)")
        .bind(app_id)
        .bind(new_certificate()?.expose())
        .execute(db)
        .await?;
    Ok(())
}

fn new_certificate() -> Result<Secret, StoreError> {
    Ok(Secret::new(random_hex::<16>()?))
}

impl SignalingSettings {
    fn check(&self) -> Result<(), StoreError> {
        check_secret("certificate", self.certificate.expose())?;
        if self.blocked.len() > BLOCKED_ACCOUNTS_MAX {
            return Err(StoreError::Invalid(format!(
                "blocked must be at most {BLOCKED_ACCOUNTS_MAX} accounts"
            )));
        }
        let unusable = |text: &String| text.is_empty() || text.len() > SIGNAL_NAME_BYTES_MAX;
        if self.blocked.iter().any(unusable) {
            return Err(StoreError::Invalid(format!(
                "blocked accounts must be 1 to {SIGNAL_NAME_BYTES_MAX} bytes each"
            )));
        }
        let Some(webhook) = &self.webhook else {
            return Ok(());
        };
        if webhook.url.is_empty() {
            return Err(StoreError::Invalid(
                "webhook.url must not be empty: leave the webhook out instead".to_owned(),
            ));
        }
        check_url("webhook.url", &webhook.url)?;
        check_secret("webhook.secret", webhook.secret.expose())?;
        // They stand in one column, with spaces between them.
        let spaced = |text: &String| !text.bytes().all(|byte| byte.is_ascii_graphic());
        let wrong = |text| unusable(text) || spaced(text);
        if webhook.events.len() > WEBHOOK_EVENTS_MAX || webhook.events.iter().any(wrong) {
            return Err(StoreError::Invalid(format!(
                "webhook.events must be at most {WEBHOOK_EVENTS_MAX} names without spaces"
            )));
        }
        Ok(())
    }

    fn from_row(row: &SqliteRow, blocked: Vec<String>) -> Result<Self, sqlx::Error> {
        let url: Option<String> = row.try_get("webhook_url")?;
        let webhook = match url {
            None => None,
            Some(url) => Some(Webhook {
                url,
                secret: Secret::new(row.try_get::<String, _>("webhook_secret")?),
                events: row
                    .try_get::<&str, _>("webhook_events")?
                    .split_ascii_whitespace()
                    .map(str::to_owned)
                    .collect(),
            }),
        };
        Ok(Self {
            certificate: Secret::new(row.try_get::<String, _>("certificate")?),
            no_token_allowed: row.try_get("no_token_allowed")?,
            token_expiry: match row.try_get("token_expiry")? {
                "keep" => TokenExpiry::Keep,
                "kick" => TokenExpiry::Kick,
                other => {
                    return Err(sqlx::Error::ColumnDecode {
                        index: "token_expiry".to_owned(),
                        source: format!("unknown token expiry: {other}").into(),
                    });
                }
            },
            disabled: row.try_get("disabled")?,
            blocked,
            webhook,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewApp;

    #[tokio::test]
    async fn apps_from_before_signaling_get_a_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visavis.db");
        let store = Store::open(&path).await.unwrap();
        for app_id in ["one", "two", "gone"] {
            let new = NewApp::named(app_id);
            store.create_app_with_id(app_id, &new).await.unwrap();
        }
        store.delete_app("gone").await.unwrap();
        let mut tx = store.write().await.unwrap();
        // Messages first: the others are pointed at by nothing.
        for table in [
            "messages",
            "mailboxes",
            "settings",
            "blocked_accounts",
            "sent",
            "user_attributes",
            "channel_attributes",
            "empty_channels",
            "invitations",
            "events",
            "outboxes",
        ] {
            let sql = format!("DROP TABLE signal_{table}");
            let query = sqlx::query(sqlx::AssertSqlSafe(sql));
            query.execute(&mut *tx).await.unwrap();
        }
        sqlx::query("DELETE FROM _sqlx_migrations WHERE version >= 2")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        drop(store);

        let store = Store::open(&path).await.unwrap();
        let one = store.signaling_settings("one").await.unwrap();
        let two = store.signaling_settings("two").await.unwrap();
        assert_ne!(one.certificate, two.certificate);
        for settings in [one, two] {
            let certificate = settings.certificate.expose();
            let hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
            assert!(certificate.len() == 32 && certificate.bytes().all(hex));
        }
        assert!(store.signaling_settings("gone").await.is_err());
        store.ensure_app("gone", &NewApp::named("x")).await.unwrap();
        store.signaling_settings("gone").await.unwrap();
    }
}
