//! What can go wrong with the store.

use std::{error::Error, fmt};

/// The thing that a [`StoreError::NotFound`] did not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// An app, unknown or deleted.
    App,
    /// An API key.
    ApiKey,
    /// An avatar, unknown or another app's.
    Avatar,
    /// A reservation that was never made.
    Reservation,
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "app",
            Self::ApiKey => "API key",
            Self::Avatar => "avatar",
            Self::Reservation => "reservation",
        })
    }
}

/// Why the store refused or could not answer.
///
/// The texts of `Conflict` and `Invalid` are meant for the caller of the API and say what to do.
/// The source of `Unavailable` is for the operator's log only.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing, or it is not the caller's.
    #[error("{noun} not found")]
    NotFound {
        /// What was looked for.
        noun: Noun,
    },
    /// The request contradicts what is already stored.
    #[error("{0}")]
    Conflict(String),
    /// The request itself is wrong.
    #[error("{0}")]
    Invalid(String),
    /// The database did not answer, or not as it must.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    pub(crate) const fn not_found(noun: Noun) -> Self {
        Self::NotFound { noun }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// Whether `error` says that a row with this unique value is already there.
pub(crate) fn is_duplicate(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}
