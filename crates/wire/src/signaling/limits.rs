//! The limits of what signaling clients send, each with its reason.

/// Largest frame from a client, in bytes: the largest message with every byte escaped fits in.
pub const FRAME_BYTES_MAX: usize = 64 << 10;

/// Longest account, channel name or attribute name, in bytes (documented).
pub const NAME_BYTES_MAX: usize = 128;

/// Longest value of an attribute, in bytes (documented).
pub const ATTRIBUTE_BYTES_MAX: usize = 8096;

/// Longest message to a peer or a channel, in bytes (documented, with 8196 on one platform).
pub const MESSAGE_BYTES_MAX: usize = 8196;

/// Longest extra of an invitation, in bytes (documented).
pub const EXTRA_BYTES_MAX: usize = 8192;

/// Longest id that a client gives to a message, in bytes.
pub const MESSAGE_ID_BYTES_MAX: usize = 128;

/// Longest token, in bytes: those of the protocol are near 100.
pub const TOKEN_BYTES_MAX: usize = 1024;

/// Longest app id, in bytes.
pub const APP_ID_BYTES_MAX: usize = 128;

/// Messages in one page of a poll (what published clients ask for).
pub const PAGE_MESSAGES_MAX: u32 = 30;

/// Users in the list of a join or a query (documented).
pub const USER_LIST_MAX: usize = 200;

/// Longest life of a message to a peer, in seconds: 30 days, the most that published clients ask for.
pub const MESSAGE_TTL_S_MAX: u64 = 30 * 24 * 60 * 60;

/// Accounts in one `user_query_user_status2`.
pub const STATUS_ACCOUNTS_MAX: usize = 256;
