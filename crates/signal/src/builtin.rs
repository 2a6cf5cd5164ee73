use visavis_codes::signaling::Cause;

/// The attributes of a channel that mean something to the server; their names begin with `_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builtin {
    /// Seconds that the channel outlives its last member.
    ChannelTtl,
    /// The number of members, which nobody sets.
    MemberNum,
    /// Seconds between pushes of that number, 0 for none.
    AutoUpdateNum,
    /// Messages a second.
    SendLimit,
    /// Changes of one attribute a second.
    ChangeLimit,
    /// Kept, without effect.
    TotalMemberNum,
    /// Kept, without effect.
    AutoUpdateTotalNum,
    /// Kept, without effect.
    UserNotification,
}

impl Builtin {
    const ALL: [Self; 8] = [
        Self::ChannelTtl,
        Self::MemberNum,
        Self::AutoUpdateNum,
        Self::SendLimit,
        Self::ChangeLimit,
        Self::TotalMemberNum,
        Self::AutoUpdateTotalNum,
        Self::UserNotification,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ChannelTtl => "_channel_ttl",
            Self::MemberNum => "_member_num",
            Self::AutoUpdateNum => "_auto_update_num",
            Self::SendLimit => "_sendmsg_limit",
            Self::ChangeLimit => "_setattr_limit",
            Self::TotalMemberNum => "_total_member_num",
            Self::AutoUpdateTotalNum => "_auto_update_total_num",
            Self::UserNotification => "_userNotification",
        }
    }

    /// Whether an attribute may have this name.
    pub(crate) fn check_name(name: &str) -> Result<Option<Self>, Cause> {
        if !name.starts_with('_') {
            return Ok(None);
        }
        let builtin = Self::ALL.into_iter().find(|one| one.name() == name);
        match builtin {
            Some(Self::MemberNum) | None => Err(Cause::WrongParam),
            Some(builtin) => Ok(Some(builtin)),
        }
    }

    /// Whether it may have this value.
    pub(crate) fn check_value(self, value: &str) -> Result<(), Cause> {
        let number = match self {
            Self::ChannelTtl | Self::AutoUpdateNum | Self::SendLimit | Self::ChangeLimit => true,
            Self::MemberNum
            | Self::TotalMemberNum
            | Self::AutoUpdateTotalNum
            | Self::UserNotification => false,
        };
        match !number || value.parse::<u32>().is_ok() {
            true => Ok(()),
            false => Err(Cause::WrongParam),
        }
    }
}
