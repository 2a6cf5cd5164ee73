//! Reading attributes, channels and invitations.

use sqlx::Row as _;

use super::from_db;
use crate::{Store, StoreError};

/// What is kept of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalChannel {
    /// Its name.
    pub channel: String,
    /// When its last member left, in Unix milliseconds; `None` while there were members.
    pub empty_since_ms: Option<u64>,
    /// Names and values, by name.
    pub attributes: Vec<(String, String)>,
}

/// What is kept of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalInvitation {
    /// The channel it invites to.
    pub channel: String,
    /// Who invites.
    pub caller: String,
    /// Who is invited.
    pub callee: String,
    /// As it was saved.
    pub state: String,
}

impl Store {
    /// An attribute of a user.
    pub async fn signal_user_attribute(
        &self,
        app_id: &str,
        account: &str,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT value FROM signal_user_attributes WHERE app_id = ? AND account = ? AND name = ?",
        )
        .bind(app_id)
        .bind(account)
        .bind(name)
        .fetch_optional(self.read())
        .await?)
    }

    /// All attributes of a user, by name.
    pub async fn signal_user_attributes(
        &self,
        app_id: &str,
        account: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT name, value FROM signal_user_attributes WHERE app_id = ? AND account = ? ORDER BY name",
        )
        .bind(app_id)
        .bind(account)
        .fetch_all(self.read())
        .await?)
    }

    /// Every channel that has attributes or is empty, by name: for the start of the server.
    pub async fn signal_channels(&self, app_id: &str) -> Result<Vec<SignalChannel>, StoreError> {
        // One statement, so that both tables are seen at the same moment.
        let rows = sqlx::query(
            "SELECT channel, since_ms, NULL AS name, NULL AS value
                 FROM signal_empty_channels WHERE app_id = ?1
             UNION ALL
             SELECT channel, NULL, name, value FROM signal_channel_attributes WHERE app_id = ?1
             ORDER BY channel, name",
        )
        .bind(app_id)
        .fetch_all(self.read())
        .await?;
        let mut channels: Vec<SignalChannel> = Vec::new();
        for row in &rows {
            let name: &str = row.try_get("channel")?;
            if channels.last().is_none_or(|last| last.channel != name) {
                channels.push(SignalChannel {
                    channel: name.to_owned(),
                    empty_since_ms: None,
                    attributes: Vec::new(),
                });
            }
            let Some(channel) = channels.last_mut() else {
                continue;
            };
            if let Some(since_ms) = row.try_get("since_ms")? {
                channel.empty_since_ms = Some(from_db(since_ms));
            }
            if let Some(name) = row.try_get("name")? {
                channel.attributes.push((name, row.try_get("value")?));
            }
        }
        Ok(channels)
    }

    /// Every invitation that is not forgotten: for the start of the server.
    pub async fn signal_invitations(
        &self,
        app_id: &str,
    ) -> Result<Vec<SignalInvitation>, StoreError> {
        let rows = sqlx::query(
            "SELECT channel, caller, callee, state FROM signal_invitations WHERE app_id = ?
             ORDER BY channel, caller, callee",
        )
        .bind(app_id)
        .fetch_all(self.read())
        .await?;
        let invitation = |row: &sqlx::sqlite::SqliteRow| {
            Ok(SignalInvitation {
                channel: row.try_get("channel")?,
                caller: row.try_get("caller")?,
                callee: row.try_get("callee")?,
                state: row.try_get("state")?,
            })
        };
        rows.iter().map(invitation).collect()
    }
}
