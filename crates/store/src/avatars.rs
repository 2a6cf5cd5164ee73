//! Avatars: how a face moves, and how it is presented.

use std::time::SystemTime;

use sqlx::{Row as _, sqlite::SqliteRow};

use crate::{
    Character, Noun, Page, PageRequest, Store, StoreError,
    apps::find_live,
    clock::{from_ms, now_ms, to_ms},
    limits::{check_name, check_text, check_url},
    random::random_hex,
};

const LIST: &str = "avatars";

/// One avatar that sessions can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// What sessions ask for it by.
    pub id: String,
    /// The app that owns it; `None` means that every app may use it.
    pub app_id: Option<String>,
    /// Comes with the server and cannot be deleted.
    pub built_in: bool,
    /// For people to recognise it by.
    pub name: String,
    /// What it is like.
    pub description: String,
    /// A picture of it, or empty.
    pub cover_url: String,
    /// The owner's own note.
    pub remark: String,
    /// How it moves.
    pub character: Character,
    /// When it was created.
    pub created_at: SystemTime,
    /// When anything above last changed.
    pub updated_at: SystemTime,
}

/// What the creator of an avatar decides. The fields are those of [`Avatar`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of Avatar")]
pub struct NewAvatar {
    pub app_id: Option<String>,
    pub name: String,
    pub description: String,
    pub cover_url: String,
    pub remark: String,
    pub character: Character,
}

/// Which avatars a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AvatarScope<'a> {
    /// All of them.
    All,
    /// Those that every app may use.
    Public,
    /// Those that this app owns.
    OwnedBy(&'a str),
}

impl Store {
    /// Creates an avatar under a new random id.
    pub async fn create_avatar(&self, new: &NewAvatar) -> Result<Avatar, StoreError> {
        check_name("name", &new.name)?;
        check_text("description", &new.description)?;
        check_text("remark", &new.remark)?;
        check_url("coverUrl", &new.cover_url)?;
        let now = from_ms(now_ms());
        let avatar = Avatar {
            id: format!("avt_{}", random_hex::<8>()?),
            app_id: new.app_id.clone(),
            built_in: false,
            name: new.name.clone(),
            description: new.description.clone(),
            cover_url: new.cover_url.clone(),
            remark: new.remark.clone(),
            character: new.character,
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.write().await?;
        if let Some(app_id) = &new.app_id {
            find_live(&mut *tx, app_id).await?;
        }
        insert(&mut tx, &avatar).await?;
        tx.commit().await?;
        Ok(avatar)
    }

    /// The avatar with this id, whoever owns it.
    pub async fn avatar(&self, id: &str) -> Result<Avatar, StoreError> {
        let row = sqlx::query("SELECT * FROM avatars WHERE id = ?")
            .bind(id)
            .fetch_optional(self.read())
            .await?
            .ok_or(StoreError::not_found(Noun::Avatar))?;
        Ok(Avatar::from_row(&row)?)
    }

    /// The avatar with this id if the app may use it: it is public or the app's own.
    pub async fn avatar_for_app(
        &self,
        app_id: &str,
        avatar_id: &str,
    ) -> Result<Option<Avatar>, StoreError> {
        let row =
            sqlx::query("SELECT * FROM avatars WHERE id = ? AND (app_id IS NULL OR app_id = ?)")
                .bind(avatar_id)
                .bind(app_id)
                .fetch_optional(self.read())
                .await?;
        Ok(row.as_ref().map(Avatar::from_row).transpose()?)
    }

    /// Avatars, oldest first.
    pub async fn avatars(
        &self,
        scope: AvatarScope<'_>,
        page: &PageRequest,
    ) -> Result<Page<Avatar>, StoreError> {
        let after = page.after(LIST)?.unwrap_or(0);
        let (all, owner) = match scope {
            AvatarScope::All => (true, None),
            AvatarScope::Public => (false, None),
            AvatarScope::OwnedBy(app_id) => {
                find_live(self.read(), app_id).await?;
                (false, Some(app_id))
            }
        };
        let rows = sqlx::query(
            "SELECT * FROM avatars WHERE (? OR app_id IS ?) AND seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(all)
        .bind(owner)
        .bind(after)
        .bind(page.rows() + 1)
        .fetch_all(self.read())
        .await?;
        let total = sqlx::query_scalar("SELECT count(*) FROM avatars WHERE (? OR app_id IS ?)")
            .bind(all)
            .bind(owner)
            .fetch_one(self.read())
            .await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get("seq")?, Avatar::from_row(row)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(Page::cut(LIST, page, rows, total))
    }

    /// Deletes an avatar. Sessions that use it run on; new ones are refused.
    pub async fn delete_avatar(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let built_in: Option<bool> =
            sqlx::query_scalar("SELECT built_in FROM avatars WHERE id = ?")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        match built_in {
            None => return Err(StoreError::not_found(Noun::Avatar)),
            Some(true) => {
                return Err(StoreError::Conflict(format!(
                    "the avatar {id} is built in and cannot be deleted"
                )));
            }
            Some(false) => {}
        }
        sqlx::query("DELETE FROM avatars WHERE id = ?")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn ensure_built_in_avatars(&self) -> Result<(), StoreError> {
        let now = from_ms(now_ms());
        let mut tx = self.write().await?;
        for character in Character::ALL {
            let avatar = Avatar {
                id: character.name().to_owned(),
                app_id: None,
                built_in: true,
                name: character.title().to_owned(),
                description: character.description().to_owned(),
                cover_url: String::new(),
                remark: String::new(),
                character,
                created_at: now,
                updated_at: now,
            };
            insert(&mut tx, &avatar).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Avatar {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let character: &str = row.try_get("character")?;
        Ok(Self {
            id: row.try_get("id")?,
            app_id: row.try_get("app_id")?,
            built_in: row.try_get("built_in")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            cover_url: row.try_get("cover_url")?,
            remark: row.try_get("remark")?,
            character: character.parse().map_err(|error: StoreError| {
                sqlx::Error::ColumnDecode {
                    index: "character".to_owned(),
                    source: Box::new(error),
                }
            })?,
            created_at: from_ms(row.try_get("created_at")?),
            updated_at: from_ms(row.try_get("updated_at")?),
        })
    }
}

/// Leaves an avatar that is already there as it is: the built-in ones are ensured at every start.
async fn insert(db: &mut sqlx::SqliteConnection, avatar: &Avatar) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO avatars (id, app_id, built_in, name, description, cover_url, remark, character, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&avatar.id)
    .bind(&avatar.app_id)
    .bind(avatar.built_in)
    .bind(&avatar.name)
    .bind(&avatar.description)
    .bind(&avatar.cover_url)
    .bind(&avatar.remark)
    .bind(avatar.character.name())
    .bind(to_ms(avatar.created_at))
    .bind(to_ms(avatar.updated_at))
    .execute(db)
    .await?;
    Ok(())
}
