//! What operators ask for and are told.

/// What an operator can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Command {
    /// Removes a user from a channel, with 601.
    KickFromChannel {
        channel: String,
        account: String,
    },
    /// Ends a login, with 100.
    KickLogin {
        account: String,
        reason: Option<String>,
    },
    /// Sends to an account as `system`.
    SendPeer {
        account: String,
        msg: String,
        ttl_s: u64,
    },
    /// Sends into a channel as `system`.
    SendChannel {
        channel: String,
        msg: String,
    },
    /// Accounts that are logged in, in the order of their names, from the one after `after`.
    Accounts {
        after: String,
        limit: usize,
    },
    /// Channels that have members.
    Channels {
        after: String,
        limit: usize,
    },
    /// Members of a channel.
    Members {
        channel: String,
        after: String,
        limit: usize,
    },
    CountAccounts,
    CountMembers {
        channel: String,
    },
    SetChannelAttribute {
        channel: String,
        name: String,
        value: String,
    },
    DeleteChannelAttribute {
        channel: String,
        name: String,
    },
    ClearChannelAttributes {
        channel: String,
    },
    ChannelAttributes {
        channel: String,
    },
    SetUserAttribute {
        account: String,
        name: String,
        value: String,
    },
    UserAttributes {
        account: String,
    },
    /// Ends a channel: its members get 600.
    EndChannel {
        channel: String,
    },
}

/// What an operator is told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as elsewhere")]
pub enum Answer {
    Done,
    Count(usize),
    /// Names, and whether there are more after them.
    Names {
        names: Vec<String>,
        more: bool,
    },
    Attributes(Vec<(String, String)>),
    /// There is no such login, channel, member or attribute.
    NotFound,
}
