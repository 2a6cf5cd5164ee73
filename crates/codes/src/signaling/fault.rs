use std::time::Duration;

use super::{Cause, Code, Failure, Family};

/// Longest delay of a fault on purpose.
const DELAY_MAX: Duration = Duration::from_secs(3600);

/// When a fault that needs a while occurs, unless its name says otherwise.
const DELAY: Duration = Duration::from_secs(1);

/// A failure on purpose, asked for by the name of an account, a channel or a peer: `fault:NAME` or `fault:NAME+5s`,
/// where NAME is the name or the number of a code.
///
/// ```
/// use visavis_codes::signaling::{Act, Cause, Fault, Place};
///
/// let fault = Fault::parse("fault:LOGIN_E_TOKENWRONG").unwrap().unwrap();
/// assert_eq!(fault.act(Place::Login), Some(Act::Fail(Cause::TokenSignature)));
/// assert_eq!(fault.act(Place::Join), None);
/// assert!(Fault::parse("alice").is_none());
/// assert!(Fault::parse("fault:LOGIN_E_OLDVERSION").unwrap().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What the client is to see.
    pub code: Code,
    /// How long after the call, where the name says it.
    pub after: Option<Duration>,
}

/// Where the name of a fault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The account of a login.
    Login,
    /// The channel of a join.
    Join,
    /// The channel or the peer of a message.
    Send,
    /// The channel whose users are counted.
    Count,
    /// The channel or the peer of an invitation.
    Invite,
    /// The channel or the account of any call.
    Call,
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// The login or the call fails.
    Fail(Cause),
    /// The login succeeds and is ended after a while.
    End(Cause),
    /// The join succeeds, and the user is removed after a while.
    Remove(Cause),
    /// The invitation is taken and fails after a while.
    Invitation(Cause),
    /// There is no answer: the client decides that it waited long enough.
    Silence,
    /// The connection is cut.
    Cut,
    /// The answer cannot be understood.
    Garble,
    /// Nothing: the client sees the code by its own act.
    Nothing,
}

impl Fault {
    /// Reads a name; `None` when it asks for no fault at all.
    ///
    /// # Errors
    /// What is wrong with the name, in a few words.
    #[must_use]
    pub fn parse(name: &str) -> Option<Result<Self, &'static str>> {
        name.strip_prefix("fault:").map(Self::parse_rest)
    }

    fn parse_rest(rest: &str) -> Result<Self, &'static str> {
        let (name, delay) = match rest.split_once('+') {
            Some((name, delay)) => (name, Some(delay)),
            None => (rest, None),
        };
        let number = || Code::from_number(name.parse().ok()?);
        let code = Code::from_name(name)
            .or_else(number)
            .ok_or("fault: no such code")?;
        if code.is_obsolete() {
            return Err("fault: this code is never reported");
        }
        let after = delay.map(parse_delay).transpose()?;
        let waits = FAULTS.iter().any(|(of, place, act)| {
            let later = matches!(act, Act::End(_) | Act::Remove(_) | Act::Invitation(_));
            *of == code && (later || *place == Place::Invite)
        });
        if after.is_some() && !waits {
            return Err("fault: this code takes no delay");
        }
        Ok(Self { code, after })
    }

    /// What it does there; `None` when it does nothing in this place.
    #[must_use]
    pub fn act(&self, place: Place) -> Option<Act> {
        let row = FAULTS.iter().find(|(code, at, _)| {
            *code == self.code && (*at == place || (*at == Place::Call && place != Place::Login))
        });
        row.map(|(_, at, act)| match act {
            Act::Fail(cause) if *at == Place::Invite && self.after.is_some() => {
                Act::Invitation(*cause)
            }
            act => *act,
        })
    }

    /// The family of its failure there: codes of no family stay what they are.
    #[must_use]
    pub fn family(&self, place: Place) -> Family {
        match self.code.number() {
            1000.. => Family::General,
            _ => place.family(),
        }
    }

    /// How long it waits, where it does.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.after.unwrap_or(DELAY)
    }

    /// The failure of a cause, marked as one on purpose.
    #[must_use]
    pub fn failure(cause: Cause, family: Family) -> Failure {
        Failure::about(cause, family, "on purpose").on_purpose()
    }
}

impl Place {
    /// The family of failures that are answered there.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Login => Family::Login,
            Self::Join => Family::Join,
            Self::Send => Family::Send,
            Self::Count => Family::Count,
            Self::Invite => Family::Invite,
            Self::Call => Family::General,
        }
    }
}

/// Every fault that can be had on purpose: what is named, where the name stands, what happens then.
pub const FAULTS: &[(Code, Place, Act)] = &[
    (Code::Success, Place::Login, Act::Nothing),
    (
        Code::LogoutOther,
        Place::Login,
        Act::End(Cause::KickedByOperator),
    ),
    (Code::LogoutUser, Place::Login, Act::Nothing),
    (Code::LogoutNet, Place::Login, Act::End(Cause::Disconnected)),
    (
        Code::LogoutKicked,
        Place::Login,
        Act::End(Cause::Superseded),
    ),
    (
        Code::LogoutTokenExpired,
        Place::Login,
        Act::End(Cause::TokenRanOut),
    ),
    (Code::LogoutAlreadyLogout, Place::Login, Act::Nothing),
    (
        Code::LoginOther,
        Place::Login,
        Act::Fail(Cause::ServerError),
    ),
    (Code::LoginNet, Place::Login, Act::Cut),
    (
        Code::LoginFailed,
        Place::Login,
        Act::Fail(Cause::AccountBlocked),
    ),
    (Code::LoginCancel, Place::Login, Act::Silence),
    (
        Code::LoginTokenExpired,
        Place::Login,
        Act::Fail(Cause::TokenExpired),
    ),
    (
        Code::LoginTokenWrong,
        Place::Login,
        Act::Fail(Cause::TokenSignature),
    ),
    (
        Code::LoginTokenKicked,
        Place::Login,
        Act::Fail(Cause::HeldByRenewedToken),
    ),
    (
        Code::LoginAlreadyLogin,
        Place::Login,
        Act::Fail(Cause::AlreadyLogin),
    ),
    (
        Code::LoginInvalidUser,
        Place::Login,
        Act::Fail(Cause::AccountInvalid),
    ),
    (
        Code::JoinChannelOther,
        Place::Join,
        Act::Fail(Cause::ChannelFull),
    ),
    (
        Code::SendMessageOther,
        Place::Send,
        Act::Fail(Cause::RateLimited),
    ),
    (Code::SendMessageTimeout, Place::Send, Act::Silence),
    (
        Code::QueryUserNumOther,
        Place::Count,
        Act::Fail(Cause::ServerError),
    ),
    (Code::QueryUserNumTimeout, Place::Count, Act::Silence),
    (
        Code::LeaveChannelOther,
        Place::Join,
        Act::Remove(Cause::ChannelEnded),
    ),
    (
        Code::LeaveChannelKicked,
        Place::Join,
        Act::Remove(Cause::KickedFromChannel),
    ),
    (
        Code::LeaveChannelByUser,
        Place::Join,
        Act::Remove(Cause::LeftChannel),
    ),
    (
        Code::LeaveChannelLogout,
        Place::Join,
        Act::Remove(Cause::LeftByLogout),
    ),
    (
        Code::LeaveChannelDisconnected,
        Place::Join,
        Act::Remove(Cause::LeftByDisconnect),
    ),
    (
        Code::InviteOther,
        Place::Invite,
        Act::Fail(Cause::RateLimited),
    ),
    (
        Code::InviteReinvite,
        Place::Invite,
        Act::Fail(Cause::Reinvite),
    ),
    (Code::InviteNet, Place::Invite, Act::Silence),
    (
        Code::InvitePeerOffline,
        Place::Invite,
        Act::Fail(Cause::PeerOffline),
    ),
    (
        Code::InviteTimeout,
        Place::Invite,
        Act::Invitation(Cause::InviteTimeout),
    ),
    (Code::General, Place::Call, Act::Fail(Cause::RateLimited)),
    (
        Code::GeneralFailed,
        Place::Call,
        Act::Fail(Cause::ServerError),
    ),
    (Code::GeneralUnknown, Place::Call, Act::Garble),
    (Code::NotLogin, Place::Call, Act::Fail(Cause::NotLoggedIn)),
    (Code::WrongParam, Place::Call, Act::Fail(Cause::WrongParam)),
    (
        Code::LargeParam,
        Place::Call,
        Act::Fail(Cause::ParamTooLarge),
    ),
];

fn parse_delay(text: &str) -> Result<Duration, &'static str> {
    let refused = "fault: the delay must be such as +5s or +500ms";
    let number = |digits: &str| digits.parse::<u64>().map_err(|_| refused);
    let delay = if let Some(ms) = text.strip_suffix("ms") {
        Duration::from_millis(number(ms)?)
    } else {
        let s = text.strip_suffix('s').ok_or(refused)?;
        Duration::from_secs(number(s)?)
    };
    (delay <= DELAY_MAX).then_some(delay).ok_or(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_is_reported_can_be_had_on_purpose() {
        for code in Code::ALL.iter().filter(|code| !code.is_obsolete()) {
            let fault = Fault::parse(&format!("fault:{}", code.name())).unwrap();
            assert_eq!(fault.map(|fault| fault.code), Ok(*code));
            assert!(FAULTS.iter().any(|row| row.0 == *code), "{code}");
        }
    }

    #[test]
    fn a_cause_ends_in_the_code_that_was_asked_for() {
        for &(code, place, act) in FAULTS {
            let (cause, family) = match act {
                // Calls of other families fail like an attribute call would.
                Act::Fail(cause) => (cause, place.family()),
                Act::Invitation(cause) => (cause, Family::Invite),
                Act::End(cause) => (cause, Family::Logout),
                Act::Remove(cause) => (cause, Family::Leave),
                Act::Silence | Act::Cut | Act::Garble | Act::Nothing => continue,
            };
            let failure = Fault::failure(cause, family);
            assert_eq!(failure.code(), code);
            assert!(failure.is_on_purpose());
        }
    }

    #[test]
    fn a_wrong_name_says_why() {
        let problem = |name: &str| Fault::parse(name).unwrap().unwrap_err();
        assert_eq!(problem("fault:NO_SUCH"), "fault: no such code");
        assert_eq!(problem("fault:502"), "fault: this code is never reported");
        assert_eq!(problem("fault:206+2s"), "fault: this code takes no delay");
        assert!(problem("fault:704+2h").contains("+500ms"));
        assert!(problem("fault:704+3601s").contains("+500ms"));
    }

    #[test]
    fn an_invitation_fails_at_once_or_later() {
        let act = |name: &str| {
            let fault = Fault::parse(name).unwrap().unwrap();
            (fault.act(Place::Invite), fault.delay())
        };
        let offline = Cause::PeerOffline;
        assert_eq!(act("fault:703"), (Some(Act::Fail(offline)), DELAY));
        let later = Duration::from_secs(5);
        assert_eq!(act("fault:703+5s"), (Some(Act::Invitation(offline)), later));
    }
}
