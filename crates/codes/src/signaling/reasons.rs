use super::{Cause, Code, Family};

impl Cause {
    /// Every code that it can end in, in the order of their numbers.
    #[must_use]
    pub fn codes(self) -> Vec<Code> {
        let mut codes = Vec::new();
        for family in self.families() {
            let code = self.code(*family);
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }

    /// The kinds of calls that are answered with it, where they make a difference to the code.
    const fn families(self) -> &'static [Family] {
        match self {
            Self::NotInChannel => &[Family::Send, Family::General],
            Self::PeerOffline => &[Family::Send, Family::Invite],
            Self::ServerError => &[
                Family::Login,
                Family::Join,
                Family::Send,
                Family::Count,
                Family::Invite,
                Family::General,
            ],
            _ => &[
                Family::Join,
                Family::Send,
                Family::Count,
                Family::Invite,
                Family::General,
            ],
        }
    }
}

impl Code {
    /// What the server says when it gives this code, in the order of the table; empty for codes that only a client
    /// gives.
    pub fn reasons(self) -> impl Iterator<Item = Cause> {
        let all = Cause::ALL.iter().copied();
        all.filter(move |cause| cause.codes().contains(&self))
    }

    /// The WebSocket status of a close that follows it: 4000 + the number, or 4999 from 1000 on.
    #[must_use]
    pub const fn close_status(self) -> u16 {
        match self.number() {
            number @ ..1000 => 4000 + number,
            1000.. => 4999,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_leads_to_its_codes_and_back() {
        assert_eq!(Cause::TokenSignature.codes(), [Code::LoginTokenWrong]);
        assert_eq!(
            Cause::PeerOffline.codes(),
            [Code::SendMessageOther, Code::InvitePeerOffline]
        );
        let reasons: Vec<_> = Code::SendMessageOther.reasons().collect();
        assert!(reasons.contains(&Cause::QueueFull) && reasons.contains(&Cause::RateLimited));
        assert!(!reasons.contains(&Cause::Glare));
        assert_eq!(Code::LoginNet.reasons().count(), 0);
        for cause in Cause::ALL {
            assert!(!cause.codes().is_empty(), "{cause:?}");
        }
    }

    #[test]
    fn a_close_has_the_number_in_it() {
        assert_eq!(Code::LogoutKicked.close_status(), 4103);
        assert_eq!(Code::InviteTimeout.close_status(), 4704);
        assert_eq!(Code::WrongParam.close_status(), 4999);
    }
}
