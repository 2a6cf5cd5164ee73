use std::collections::BTreeSet;
use std::time::Duration;

use visavis_wire::Secret;

/// What the hub must know of an app.
#[derive(Debug, Clone)]
pub struct AppSettings {
    /// Signs the tokens of the app.
    pub certificate: Secret,
    /// Logins with `_no_need_token` are possible.
    pub no_token_allowed: bool,
    /// What happens to a login whose token expires.
    pub token_expiry: TokenExpiry,
    /// No login is possible.
    pub disabled: bool,
    /// Accounts that cannot log in.
    pub blocked: BTreeSet<String>,
    /// Accounts, channels and peers named `fault:NAME` fail on purpose.
    pub test: bool,
    /// Kinds of events that become [`Write::Event`](crate::Write::Event), as [`EventKind::name`](crate::EventKind::name)s.
    pub webhook_events: BTreeSet<String>,
}

/// What happens to a login whose token expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenExpiry {
    /// It goes on; only the next login needs a new token.
    Keep,
    /// It is ended with 105.
    Kick,
}

/// Limits of one hub. Every one has a code for when it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names say what they limit, with the unit last"
)]
pub struct Limits {
    /// Silence after which a connection is dropped.
    pub silence_max: Duration,
    /// How long a connection may stay without a login.
    pub login_timeout: Duration,
    /// How long a token that expired stays good for an account whose connection was lost without logout.
    pub relogin_grace: Duration,
    pub logins_max: usize,
    pub channels_per_app_max: usize,
    pub channels_per_login_max: usize,
    pub channel_members_max: usize,
    /// Above this many members, joins and leaves are not told one by one: `_member_num` is pushed instead.
    pub notices_members_max: usize,
    pub queue_messages_max: u32,
    /// Messages a second from one login, to peers and channels together.
    pub user_messages_per_s: u32,
    /// Messages a second into one channel; the attribute `_sendmsg_limit` overrides it.
    pub channel_messages_per_s: u32,
    /// Changes a second of one attribute of a channel; the attribute `_setattr_limit` overrides it.
    pub attribute_changes_per_s: u32,
    /// Calls a second from one login that are no messages.
    pub user_calls_per_s: u32,
    /// Frames a second from one connection, whatever they are; more end it.
    pub connection_frames_per_s: u32,
    pub attributes_per_channel_max: usize,
    pub attributes_per_user_max: usize,
    pub invitations_per_account_max: usize,
    pub message_ttl_max: Duration,
    /// How long a channel's attributes outlive its last member; the attribute `_channel_ttl` overrides it.
    pub channel_ttl: Duration,
    /// Whether `force` may send into a channel without joining it.
    pub force_allowed: bool,
    /// How messages to peers are delivered and acknowledged.
    pub delivery: Delivery,
}

/// The delivery modes of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Mode 0: every message has a version, and a poll acknowledges everything up to one.
    ByVersion,
    /// Mode 1: messages are pushed, and acknowledged one by one by their ids.
    ByMessageId,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            silence_max: Duration::from_secs(120),
            login_timeout: Duration::from_secs(30),
            relogin_grace: Duration::from_secs(60),
            logins_max: 100_000,
            channels_per_app_max: 100_000,
            channels_per_login_max: 50,
            channel_members_max: 10_000,
            notices_members_max: 500,
            queue_messages_max: 1000,
            user_messages_per_s: 60,
            channel_messages_per_s: 200,
            attribute_changes_per_s: 10,
            user_calls_per_s: 100,
            connection_frames_per_s: 1000,
            attributes_per_channel_max: 1000,
            attributes_per_user_max: 100,
            invitations_per_account_max: 100,
            message_ttl_max: Duration::from_secs(30 * 24 * 60 * 60),
            channel_ttl: Duration::from_secs(7200),
            force_allowed: true,
            delivery: Delivery::ByVersion,
        }
    }
}
