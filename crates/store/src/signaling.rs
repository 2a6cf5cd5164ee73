//! What the signaling service must not forget: settings, offline messages, attributes, invitations and webhook deliveries.
//!
//! Everything that a message changes goes through [`Store::signal_commit`](crate::Store::signal_commit),
//! many units of work at a time, so that they share one sync to the disk.

mod bulk;
mod commit;
mod mailboxes;
mod outbox;
mod plan;
mod settings;
mod state;
mod sweep;
mod write_down;
mod writes;

pub use self::{
    mailboxes::{Mailbox, StoredMessage},
    outbox::{Delivery, WebhookBacklog},
    settings::{SignalingSettings, TokenExpiry, Webhook},
    state::{SignalChannel, SignalInvitation},
    sweep::Swept,
    writes::{SignalWrite, SignalWritten},
};
pub(crate) use self::{settings::create_settings, sweep::forget_app};

/// Times come from the caller as unsigned numbers; the database has signed ones.
fn to_db(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_db(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
