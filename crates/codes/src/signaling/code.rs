use std::fmt;

use crate::Advice;

struct Row {
    name: &'static str,
    number: u16,
    title: &'static str,
    advice: Advice,
    obsolete: bool,
    doc: [&'static str; 3],
}

macro_rules! codes {
    ($($variant:ident $name:literal $number:literal, $title:literal, $advice:ident, obsolete $obsolete:literal:
        $happened:literal $caller:literal $operator:literal)*) => {
        /// A documented code of the Signaling 1.x SDKs. Names and numbers are never reused and never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $happened] $variant),*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            const fn row(self) -> &'static Row {
                match self {
                    $(Self::$variant => &Row {
                        name: $name,
                        number: $number,
                        title: $title,
                        advice: Advice::$advice,
                        obsolete: $obsolete,
                        doc: [$happened, $caller, $operator],
                    }),*
                }
            }
        }
    };
}

codes! {
    Success "SUCCESS" 0, "Success", Alert, obsolete false:
        "The call succeeded."
        "Go on."
        "Nothing to do."
    LogoutOther "LOGOUT_E_OTHER" 100, "Login ended", Alert, obsolete false:
        "The server ended the login: the operator did it, or the client asked for a line that is gone."
        "Log in again only if a person wants it; the reason says why the login ended."
        "Nothing to do if it was you; otherwise look for the account in the log."
    LogoutUser "LOGOUT_E_USER" 101, "Logged out", Alert, obsolete false:
        "The client logged out."
        "Nothing to do."
        "Nothing to do."
    LogoutNet "LOGOUT_E_NET" 102, "Connection lost", Retry, obsolete false:
        "The connection was lost and could not be restored in time."
        "Log in again, with back-off."
        "Look for restarts, and for proxies that close long connections."
    LogoutKicked "LOGOUT_E_KICKED" 103, "Logged in elsewhere", Alert, obsolete false:
        "The account logged in on another connection; there is one login per account."
        "Tell the user; do not log in again by yourself, or two devices will kick each other for ever."
        "Nothing to do."
    LogoutPacket "LOGOUT_E_PACKET" 104, "Packet error", Alert, obsolete true:
        "Never reported; older servers did."
        "Nothing to do."
        "Nothing to do."
    LogoutTokenExpired "LOGOUT_E_TOKENEXPIRED" 105, "Token expired while logged in", RefreshToken, obsolete false:
        "The token expired and the app ends logins then, or it had expired when the client reconnected."
        "Get a new token and log in again."
        "Set `tokenExpiry` to `keep` in the settings of the app if logins should outlive their token."
    LogoutOldVersion "LOGOUT_E_OLDVERSION" 106, "Old version", Alert, obsolete true:
        "Never reported; older servers did."
        "Nothing to do."
        "Nothing to do."
    LogoutTokenWrong "LOGOUT_E_TOKENWRONG" 107, "Token wrong while logged in", Alert, obsolete true:
        "Never reported; older servers did."
        "Nothing to do."
        "Nothing to do."
    LogoutAlreadyLogout "LOGOUT_E_ALREADY_LOGOUT" 108, "Not logged in", FixConfiguration, obsolete false:
        "The client logged out without being logged in."
        "Nothing to do; the login is over."
        "Nothing to do."
    LoginOther "LOGIN_E_OTHER" 200, "Login failed", Retry, obsolete false:
        "The server failed inside while it handled the login."
        "Log in again, with back-off."
        "Look for the account in the log: the cause stands there."
    LoginNet "LOGIN_E_NET" 201, "Server not reached", Retry, obsolete false:
        "The server could not be reached, or the connection was lost during the login. Published web SDKs also report every reason they do not know as this."
        "Log in again, with back-off; check the address."
        "Check that the server listens where its clients look: `/getaddr` and `/healthz`."
    LoginFailed "LOGIN_E_FAILED" 202, "Login refused", FixConfiguration, obsolete false:
        "The app is unknown or disabled, the account is blocked, or the server is full; the reason says which."
        "Correct the app id; retry with back-off only if the failure says that it is retryable."
        "Check the app with `visavis apps list`; raise the limit of logins if the server is full."
    LoginCancel "LOGIN_E_CANCEL" 203, "Login cancelled", Alert, obsolete false:
        "The client logged out while it was logging in."
        "Nothing to do."
        "Nothing to do."
    LoginTokenExpired "LOGIN_E_TOKENEXPIRED" 204, "Token expired", RefreshToken, obsolete false:
        "The token had expired before the login."
        "Get a new token and log in again."
        "Nothing to do. If it happens at once, compare the clocks of the machines."
    LoginOldVersion "LOGIN_E_OLDVERSION" 205, "Old version", Alert, obsolete true:
        "Never reported; older servers did."
        "Nothing to do."
        "Nothing to do."
    LoginTokenWrong "LOGIN_E_TOKENWRONG" 206, "Token wrong", FixConfiguration, obsolete false:
        "The token is missing, malformed, for another app or account, or not signed with the certificate of the app."
        "Make the token from the same account, app id and certificate that the login names."
        "Compare the certificate: `visavis signaling certificate APP`."
    LoginTokenKicked "LOGIN_E_TOKEN_KICKED" 207, "Renewed token holds the account", RefreshToken, obsolete false:
        "The account is logged in with a token that expires later than this one."
        "Get a new token if this device should take over."
        "Nothing to do."
    LoginAlreadyLogin "LOGIN_E_ALREADY_LOGIN" 208, "Already logged in", FixConfiguration, obsolete false:
        "The client is logged in; the second login is ignored."
        "Log out first to change the account."
        "Nothing to do."
    LoginInvalidUser "LOGIN_E_INVALID_USER" 209, "Invalid account", FixConfiguration, obsolete false:
        "The account is empty, too long, reserved, or holds white space or control characters."
        "Use 1 to 128 bytes of visible characters."
        "Nothing to do."
    JoinChannelOther "JOINCHANNEL_E_OTHER" 300, "Channel not joined", Retry, obsolete false:
        "The channel is full or reserved, there are too many channels or joins, or the server failed; the reason says which."
        "Retry with back-off if the failure says that it is retryable."
        "Raise the limit that the reason names if it is too low."
    SendMessageOther "SENDMESSAGE_E_OTHER" 400, "Message not sent", Retry, obsolete false:
        "The message was refused: too many a second, the sender is not in the channel, the queue of the receiver is full, or the receiver is offline; the reason says which."
        "Retry with back-off if the failure says that it is retryable; the message was not delivered."
        "Raise the limit that the reason names if it is too low."
    SendMessageTimeout "SENDMESSAGE_E_TIMEOUT" 401, "No answer to a message", Retry, obsolete false:
        "The server did not acknowledge the message in time; it may have been delivered."
        "Send it again with the same message id: the server keeps it once."
        "Check the load of the server and the latency of its disk."
    QueryUserNumOther "QUERYUSERNUM_E_OTHER" 500, "Users not counted", Retry, obsolete false:
        "The server refused to count the users of the channel."
        "Retry with back-off."
        "Raise the limit that the reason names if it is too low."
    QueryUserNumTimeout "QUERYUSERNUM_E_TIMEOUT" 501, "No answer to a count", Retry, obsolete false:
        "The server did not answer in time."
        "Ask again, with back-off."
        "Check the load of the server."
    QueryUserNumByUser "QUERYUSERNUM_E_BYUSER" 501, "Count cancelled", Alert, obsolete true:
        "Never reported. The documentation prints 501, the number of the time-out, and headers say 502: 501 is read as the time-out and 502 as this."
        "Nothing to do."
        "Nothing to do."
    LeaveChannelOther "LEAVECHANNEL_E_OTHER" 600, "Channel ended", Retry, obsolete false:
        "The operator ended the channel."
        "Join again if the conversation should go on."
        "Nothing to do."
    LeaveChannelKicked "LEAVECHANNEL_E_KICKED" 601, "Removed from the channel", Alert, obsolete false:
        "The operator removed the user from the channel."
        "Tell the user; do not join again by yourself."
        "Nothing to do."
    LeaveChannelByUser "LEAVECHANNEL_E_BYUSER" 602, "Left the channel", Alert, obsolete false:
        "The user left, or joined another channel where a login may be in one only."
        "Nothing to do."
        "Nothing to do."
    LeaveChannelLogout "LEAVECHANNEL_E_LOGOUT" 603, "Left by logout", Alert, obsolete false:
        "The login ended while in the channel."
        "Nothing to do."
        "Nothing to do."
    LeaveChannelDisconnected "LEAVECHANNEL_E_DISCONN" 604, "Left by disconnection", Retry, obsolete false:
        "The connection was lost while in the channel."
        "Join again after the next login; the Rust SDK does it by itself."
        "Look for restarts, and for proxies that close long connections."
    InviteOther "INVITE_E_OTHER" 700, "Invitation failed", Alert, obsolete false:
        "The invitation is not pending any more, cannot be made, or the other side logged out; the reason says which."
        "Invite again if a person wants it."
        "Nothing to do."
    InviteReinvite "INVITE_E_REINVITE" 701, "Invitation pending", FixConfiguration, obsolete false:
        "The same invitation is pending, or the peer has just invited the caller to the same channel."
        "Wait for the end of the pending one; after a glare, answer the peer's invitation."
        "Nothing to do."
    InviteNet "INVITE_E_NET" 702, "Connection lost during an invitation", Retry, obsolete false:
        "The connection was lost before the invitation was answered, or the other side was lost after accepting."
        "Invite again."
        "Look for restarts, and for proxies that close long connections."
    InvitePeerOffline "INVITE_E_PEEROFFLINE" 703, "Peer offline", Retry, obsolete false:
        "The peer was not logged in during the wait."
        "Invite again later."
        "Nothing to do."
    InviteTimeout "INVITE_E_TIMEOUT" 704, "Invitation not answered", Retry, obsolete false:
        "The peer was logged in but did not ring, or did not answer, in time."
        "Invite again later."
        "Nothing to do."
    InviteCantRecv "INVITE_E_CANTRECV" 705, "Peer cannot be invited", Alert, obsolete true:
        "Never reported; older servers did."
        "Nothing to do."
        "Nothing to do."
    General "GENERAL_E" 1000, "Too many calls", Retry, obsolete false:
        "More attribute calls, queries or invocations a second than the limit."
        "Retry with back-off."
        "Raise the limit if it is too low."
    GeneralFailed "GENERAL_E_FAILED" 1001, "Call failed", Retry, obsolete false:
        "The call was refused or timed out; the reason says why."
        "Retry with back-off if the failure says that it is retryable."
        "Look for the account in the log if the reason is `server error`."
    GeneralUnknown "GENERAL_E_UNKNOWN" 1002, "Answer not understood", Alert, obsolete false:
        "The server's answer cannot be understood."
        "Report it with the versions of SDK and server."
        "Compare the versions of SDK and server."
    NotLogin "GENERAL_E_NOT_LOGIN" 1003, "Not logged in", FixConfiguration, obsolete false:
        "A call before the login, or with the line of another login."
        "Log in first and wait for its success."
        "Nothing to do."
    WrongParam "GENERAL_E_WRONG_PARAM" 1004, "Wrong parameter", FixConfiguration, obsolete false:
        "A parameter is missing, of the wrong type or out of range, or there is no such call; the reason names it."
        "Correct what the reason names."
        "Nothing to do."
    LargeParam "GENERAL_E_LARGE_PARAM" 1005, "Parameter too large", FixConfiguration, obsolete false:
        "A message, an attribute or a name is longer than the limit. Older headers do not have this code."
        "Shorten it, or send a reference to it."
        "Raise the limit if it is too low."
}

impl Code {
    /// The name in the published documentation and headers, such as `LOGIN_E_TOKENEXPIRED`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The documented number. Two codes share 501, see [`Code::from_number`].
    #[must_use]
    pub const fn number(self) -> u16 {
        self.row().number
    }

    /// The code of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// The code of this number: 501 is `QUERYUSERNUM_E_TIMEOUT`, and 502 is `QUERYUSERNUM_E_BYUSER`,
    /// which headers number so and the documentation prints as 501.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        match number {
            502 => Some(Self::QueryUserNumByUser),
            number => Self::ALL
                .iter()
                .copied()
                .find(|code| code.number() == number),
        }
    }

    /// A few words for a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().title
    }

    /// What a caller should do, when the failure itself does not say more.
    #[must_use]
    pub const fn advice(self) -> Advice {
        self.row().advice
    }

    /// True for a code that exists in the documentation and is never reported.
    #[must_use]
    pub const fn is_obsolete(self) -> bool {
        self.row().obsolete
    }

    /// What happened, in a sentence or two.
    #[must_use]
    pub const fn happened(self) -> &'static str {
        self.row().doc[0]
    }

    /// What the caller does, in one sentence.
    #[must_use]
    pub const fn caller_does(self) -> &'static str {
        self.row().doc[1]
    }

    /// What the operator does, in one sentence.
    #[must_use]
    pub const fn operator_does(self) -> &'static str {
        self.row().doc[2]
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_back_to_their_code() {
        for &code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(code));
            if code != Code::QueryUserNumByUser {
                assert_eq!(Code::from_number(code.number()), Some(code), "{code}");
            }
        }
        assert_eq!(Code::from_number(501), Some(Code::QueryUserNumTimeout));
        assert_eq!(Code::from_number(502), Some(Code::QueryUserNumByUser));
        assert_eq!(Code::from_number(7), None);
    }

    #[test]
    fn numbers_stand_in_order_and_only_the_documented_ones_are_obsolete() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.number()));
        let obsolete: Vec<_> = Code::ALL
            .iter()
            .filter(|code| code.is_obsolete())
            .map(|code| code.name())
            .collect();
        assert_eq!(
            obsolete,
            [
                "LOGOUT_E_PACKET",
                "LOGOUT_E_OLDVERSION",
                "LOGOUT_E_TOKENWRONG",
                "LOGIN_E_OLDVERSION",
                "QUERYUSERNUM_E_BYUSER",
                "INVITE_E_CANTRECV",
            ]
        );
    }
}
