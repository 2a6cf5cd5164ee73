//! Apps, API keys, avatars, the credit ledger, and what signaling must not forget: a visavis server's memory, in SQLite.
//!
//! The store knows nothing of HTTP, sessions or wire formats. It keeps what must outlive the process
//! and answers in plain types; whoever talks to the outside converts them.
//! One credit is one connected second.
//!
//! Messages are written many at a time, because they share what is slow about it, the sync to the disk:
//! [`Store::signal_commit`] takes units of work, each of which happens whole or not at all.
//!
//! ```
//! use visavis_store::{NewApp, SignalWrite, SignalWritten, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::in_memory().await?;
//! let app = store.create_app(&NewApp::named("my first app")).await?;
//! let (key, _) = store.create_key(&app.app_id, "admin").await?;
//! assert_eq!(store.app_by_key(key.expose()).await?, Some(app.clone()));
//!
//! store.grant(&app.app_id, 3600, "one hour to try").await?;
//! store.reserve("session-1", &app.app_id, 0, 30, true).await?;
//! store.settle("session-1", 0, 12).await?;
//! assert_eq!(store.balance(&app.app_id).await?.balance, 3600 - 12);
//!
//! let message = SignalWrite::PutMessage {
//!     account: "alice".into(),
//!     msgid: "1".into(),
//!     sender: "bob".into(),
//!     flag: "v1:E:3600".into(),
//!     kind: "instant".into(),
//!     time_s: 1_700_000_000,
//!     content: "hello".into(),
//!     expires_at_ms: 1_700_003_600_000,
//!     dedupe: None,
//!     queue_max: 1000,
//! };
//! let now_ms = 1_700_000_000_000;
//! let written = store.signal_commit(&app.app_id, vec![vec![message]], now_ms).await?;
//! assert_eq!(written, [[SignalWritten::Put { version: 1 }]]);
//! let mailboxes = store.signal_mailboxes(&app.app_id, &["alice".into()], now_ms).await?;
//! assert_eq!(mailboxes[0].messages[0].content, "hello");
//! # Ok(())
//! # }
//! ```

mod apps;
mod avatars;
mod character;
mod clock;
mod error;
mod keys;
mod ledger;
pub mod limits;
mod page;
mod random;
mod reservations;
mod secret;
mod signaling;
mod store;

pub use crate::{
    apps::{App, NewApp},
    avatars::{Avatar, AvatarScope, NewAvatar},
    character::Character,
    error::{Noun, StoreError},
    keys::{ApiKey, KeyRecord},
    ledger::{Balance, EntryKind, LedgerEntry},
    page::{Page, PageRequest},
    reservations::{Recovered, ReserveError, Reserved, Settled},
    secret::Secret,
    signaling::{
        Delivery, Mailbox, SignalChannel, SignalInvitation, SignalWrite, SignalWritten,
        SignalingSettings, StoredMessage, Swept, TokenExpiry, Webhook, WebhookBacklog,
    },
    store::Store,
};
