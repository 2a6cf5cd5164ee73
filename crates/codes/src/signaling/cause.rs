use super::Code;

/// Which kind of call a failure answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `login`.
    Login,
    /// The end of a login.
    Logout,
    /// Joining a channel.
    Join,
    /// Leaving a channel, or being removed from it.
    Leave,
    /// Sending to a peer or a channel.
    Send,
    /// Counting the users of a channel.
    Count,
    /// Invitations.
    Invite,
    /// Everything else: attributes, queries, `invoke`.
    General,
}

struct Row {
    code: Option<Code>,
    retryable: bool,
    wording: &'static str,
}

macro_rules! causes {
    ($($variant:ident: $code:expr, retry $retryable:literal, $wording:literal; $doc:literal)*) => {
        /// What went wrong, as the server says it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = $doc] $variant),*
        }

        impl Cause {
            /// Every cause, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        code: $code,
                        retryable: $retryable,
                        wording: $wording,
                    }),*
                }
            }

            /// The name in logs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant)),*
                }
            }
        }
    };
}

// Published SDKs classify the reasons of a login by their wording: `kick`, `TokenError…`, `wrong account…`.
causes! {
    TokenRequired: Some(Code::LoginTokenWrong), retry false, "TokenErrorRequired";
        "The token is empty, or the app does not allow logins without one."
    TokenFormat: Some(Code::LoginTokenWrong), retry false, "TokenErrorFormat";
        "The token does not have four parts."
    TokenVersion: Some(Code::LoginTokenWrong), retry false, "TokenErrorVersion";
        "The token is of another version than 1."
    TokenAppId: Some(Code::LoginTokenWrong), retry false, "TokenErrorAppId";
        "The token is for another app."
    TokenSignature: Some(Code::LoginTokenWrong), retry false, "TokenErrorSignature";
        "The token was not made with the certificate of the app, or for another account."
    TokenExpired: Some(Code::LoginTokenExpired), retry false, "TokenErrorExpired";
        "The token had expired before the login."
    HeldByRenewedToken: Some(Code::LoginTokenKicked), retry false, "kick";
        "The account is logged in with a token that expires later."
    AccountInvalid: Some(Code::LoginInvalidUser), retry false, "wrong account";
        "The account is not a text, or holds a control character."
    AccountSpace: Some(Code::LoginInvalidUser), retry false, "wrong account : with space";
        "The account holds white space."
    AccountTooLong: Some(Code::LoginInvalidUser), retry false, "wrong account : too long";
        "The account has more than 128 bytes."
    AccountEmpty: Some(Code::LoginInvalidUser), retry false, "wrong account : empty";
        "The account is empty."
    AccountReserved: Some(Code::LoginInvalidUser), retry false, "wrong account : reserved";
        "The account is one of the names that the server keeps for itself."
    AppUnknown: Some(Code::LoginFailed), retry false, "rejected : unknown app";
        "There is no such app."
    AppDisabled: Some(Code::LoginFailed), retry false, "app disabled";
        "Signaling is turned off for the app."
    AccountBlocked: Some(Code::LoginFailed), retry false, "account blocked";
        "The operator blocked the account."
    ServerFull: Some(Code::LoginFailed), retry true, "server full";
        "The server, or the app, has as many logins as it may have."
    AlreadyLogin: Some(Code::LoginAlreadyLogin), retry false, "already login";
        "The connection is logged in."

    KickedByOperator: Some(Code::LogoutOther), retry false, "kicked by administrator";
        "The operator ended the login."
    LineUnknown: Some(Code::LogoutOther), retry false, "wrong line";
        "A client tried to resume a line, which this server does not do."
    Superseded: Some(Code::LogoutKicked), retry false, "logged in elsewhere";
        "The account logged in on another connection."
    TokenRanOut: Some(Code::LogoutTokenExpired), retry false, "token expired";
        "The token expired, and the app ends logins then."
    LoggedOut: Some(Code::LogoutUser), retry false, "logout";
        "The client logged out."
    Disconnected: Some(Code::LogoutNet), retry true, "disconnected";
        "The connection was lost, or silent for too long."
    SlowReader: Some(Code::LogoutNet), retry true, "too slow";
        "The client did not read what waited for it."

    ChannelFull: Some(Code::JoinChannelOther), retry true, "channel full";
        "The channel has as many members as it may have."
    ChannelReserved: Some(Code::JoinChannelOther), retry false, "reserved channel";
        "The channel is one of the names that the protocol keeps for servers."
    TooManyChannels: Some(Code::JoinChannelOther), retry true, "too many channels";
        "The login, or the app, has as many channels as it may have."
    ChannelEnded: Some(Code::LeaveChannelOther), retry true, "channel ended";
        "The operator ended the channel."
    KickedFromChannel: Some(Code::LeaveChannelKicked), retry false, "kicked by administrator";
        "The operator removed the user from the channel."
    LeftChannel: Some(Code::LeaveChannelByUser), retry false, "leave";
        "The user left, or joined another channel where one is the rule."
    LeftByLogout: Some(Code::LeaveChannelLogout), retry false, "logout";
        "The login ended while in the channel."
    LeftByDisconnect: Some(Code::LeaveChannelDisconnected), retry true, "disconnected";
        "The connection was lost while in the channel."

    NotInChannel: None, retry false, "not in channel";
        "The caller is not a member of the channel."
    WrongMessageLevel: Some(Code::SendMessageOther), retry false, "wrong msg lvl";
        "The flag of a message is not `v1:LEVEL:SECONDS`."
    QueueFull: Some(Code::SendMessageOther), retry true, "queue full";
        "As many messages wait for the receiver as may wait."
    PeerOffline: None, retry true, "peer offline";
        "The peer is not logged in."

    NoSuchInvitation: Some(Code::InviteOther), retry false, "no such invitation";
        "The invitation is not pending, or has ended."
    PhoneUnsupported: Some(Code::InviteOther), retry false, "pstn not supported";
        "Telephone numbers cannot be invited."
    PeerLogout: Some(Code::InviteOther), retry false, "peer logout";
        "The other side logged out after it had accepted."
    Reinvite: Some(Code::InviteReinvite), retry false, "reinvite";
        "The same invitation is pending."
    Glare: Some(Code::InviteReinvite), retry false, "glare";
        "The peer has invited the caller to the same channel."
    PeerDisconnected: Some(Code::InviteNet), retry true, "peer disconnected";
        "The other side was lost after it had accepted."
    InviteTimeout: Some(Code::InviteTimeout), retry true, "timeout";
        "The callee did not ring, or did not answer, in time."

    TooManyAttributes: Some(Code::GeneralFailed), retry false, "too many attributes";
        "The channel, or the user, has as many attributes as it may have."
    RevisionChanged: Some(Code::GeneralFailed), retry false, "revision changed";
        "The attribute was changed since the revision that the caller knows."

    RateLimited: None, retry true, "rate limited";
        "More calls a second than the limit."
    ServerError: None, retry true, "server error";
        "The server failed inside; its log says why."
    WrongLine: Some(Code::NotLogin), retry false, "wrong line";
        "The call names another line than that of this login."
    NotLoggedIn: Some(Code::NotLogin), retry false, "not login";
        "A call before the login."
    WrongParam: Some(Code::WrongParam), retry false, "wrong param {}";
        "A parameter is missing, of the wrong type or out of range."
    UnsupportedMethod: Some(Code::WrongParam), retry false, "unsupported method name";
        "There is no such call."
    MessageTooLarge: Some(Code::LargeParam), retry false, "msg too large";
        "A message, or the extra of an invitation, is too long."
    ParamTooLarge: Some(Code::LargeParam), retry false, "param too large";
        "A name or the value of an attribute is too long."
}

impl Cause {
    /// The code that it ends in when a call of this family is answered with it.
    #[must_use]
    pub const fn code(self, family: Family) -> Code {
        if let Some(code) = self.row().code {
            return code;
        }
        match (family, self) {
            (Family::Login, _) => Code::LoginOther,
            (Family::Logout, _) => Code::LogoutOther,
            (Family::Join, _) => Code::JoinChannelOther,
            (Family::Leave, _) => Code::LeaveChannelOther,
            (Family::Send, _) => Code::SendMessageOther,
            (Family::Count, _) => Code::QueryUserNumOther,
            (Family::Invite, Self::PeerOffline) => Code::InvitePeerOffline,
            (Family::Invite, _) => Code::InviteOther,
            (Family::General, Self::RateLimited) => Code::General,
            (Family::General, _) => Code::GeneralFailed,
        }
    }

    /// True when the same request may succeed later with nothing changed by the caller.
    #[must_use]
    pub const fn retryable(self) -> bool {
        self.row().retryable
    }

    /// The reason on the wire; `{}` stands for its variable.
    #[must_use]
    pub const fn wording(self) -> &'static str {
        self.row().wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_decides_where_the_cause_does_not() {
        let cases = [
            (Cause::ServerError, Family::Login, 200),
            (Cause::ServerError, Family::Join, 300),
            (Cause::RateLimited, Family::Send, 400),
            (Cause::RateLimited, Family::Count, 500),
            (Cause::RateLimited, Family::Invite, 700),
            (Cause::RateLimited, Family::General, 1000),
            (Cause::ServerError, Family::General, 1001),
            (Cause::NotInChannel, Family::Send, 400),
            (Cause::NotInChannel, Family::General, 1001),
            (Cause::PeerOffline, Family::Send, 400),
            (Cause::PeerOffline, Family::Invite, 703),
            (Cause::WrongParam, Family::Join, 1004),
            (Cause::WrongLine, Family::Send, 1003),
        ];
        for (cause, family, number) in cases {
            assert_eq!(cause.code(family).number(), number, "{cause:?} {family:?}");
        }
    }

    #[test]
    fn no_cause_ends_in_an_obsolete_code_or_in_success() {
        for cause in Cause::ALL {
            let code = cause.code(Family::General);
            assert!(!code.is_obsolete() && code != Code::Success, "{cause:?}");
            assert!(!cause.wording().is_empty());
        }
    }
}
