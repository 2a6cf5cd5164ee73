//! Ann invites Bob, in virtual time.

use std::time::Duration;

use expect_test::Expect;
use visavis_codes::signaling::Code;
use visavis_wire::signaling::VoipKind;

use crate::Limits;
use crate::invitation::{Effect, Event, Invitations};

/// Ann invites Bob to `room`; the seconds begin at the first call.
pub(super) struct Scene {
    pub(super) invitations: Invitations,
    /// Now.
    pub(super) s: u64,
    told: String,
}

/// Enough for every extra that the server makes.
const LINE_CHARS_MAX: usize = 160;

pub(super) const START: Duration = Duration::from_secs(1_700_000_000);

pub(super) fn scene() -> Scene {
    let limits = Limits {
        invitations_per_account_max: 2,
        ..Limits::default()
    };
    Scene {
        invitations: Invitations::restore(Vec::new(), START, &limits),
        s: 0,
        told: String::new(),
    }
}

/// Bob is logged in and his client rings.
pub(super) fn ringing() -> Scene {
    let mut scene = scene();
    scene
        .call(VoipKind::Invite, "ann", "bob", r#"{"a":1}"#)
        .sent();
    scene.call(VoipKind::Ack, "bob", "ann", "");
    scene.told.clear();
    scene
}

pub(super) fn accepted() -> Scene {
    let mut scene = ringing();
    scene.call(VoipKind::Accept, "bob", "ann", "yes");
    scene.told.clear();
    scene
}

impl Scene {
    pub(super) fn call(
        &mut self,
        kind: VoipKind,
        from: &str,
        peer: &str,
        extra: &str,
    ) -> &mut Self {
        self.call_when(kind, from, peer, extra, true)
    }

    pub(super) fn call_when(
        &mut self,
        kind: VoipKind,
        from: &str,
        peer: &str,
        extra: &str,
        peer_online: bool,
    ) -> &mut Self {
        self.feed(Event::Call {
            kind,
            channel: "room".into(),
            from: from.into(),
            peer: peer.into(),
            extra: extra.into(),
            peer_online,
        })
    }

    pub(super) fn logs_in(&mut self, account: &str) -> &mut Self {
        let account = account.into();
        self.feed(Event::LoggedIn { account })
    }

    pub(super) fn logs_out(&mut self, account: &str) -> &mut Self {
        let account = account.into();
        self.feed(Event::LoggedOut { account })
    }

    pub(super) fn is_lost(&mut self, account: &str) -> &mut Self {
        let account = account.into();
        self.feed(Event::Lost { account })
    }

    pub(super) fn sent(&mut self) -> &mut Self {
        self.feed(Event::Sent {
            channel: "room".into(),
            caller: "ann".into(),
            callee: "bob".into(),
        })
    }

    /// Lets every deadline pass that comes until then.
    pub(super) fn until(&mut self, s: u64) -> &mut Self {
        let end = START + Duration::from_secs(s);
        while let Some(deadline) = self.invitations.deadline().filter(|at| *at <= end) {
            self.s = (deadline - START).as_secs();
            let mut effects = Vec::new();
            self.invitations.tick(deadline, &mut effects);
            self.tell(effects);
        }
        self.s = s;
        self
    }

    fn feed(&mut self, event: Event) -> &mut Self {
        let mut effects = Vec::new();
        let now = START + Duration::from_secs(self.s);
        let result = self.invitations.handle(now, event, &mut effects);
        self.tell(effects);
        if let Err(failure) = result {
            let (number, reason) = (failure.code().number(), failure.reason());
            self.told += &format!("{}s answer {number} {reason}\n", self.s);
        }
        self
    }

    fn tell(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let line = match effect {
                Effect::Deliver {
                    to,
                    kind,
                    peer,
                    extra,
                    channel: _,
                } => {
                    format!("{} to {to} about {peer} {extra}", kind.name())
                }
                Effect::Retract { to, .. } => format!("retract from {to}"),
                Effect::Ended { end, .. } => {
                    let code = end.code().map_or(0, Code::number);
                    format!("ended: {} {code}", end.name())
                }
                Effect::Save(_) | Effect::Forget(_) => continue,
            };
            let line: String = line.chars().take(LINE_CHARS_MAX).collect();
            self.told += &format!("{}s {}\n", self.s, line.trim_end());
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "as expect! gives it")]
    pub(super) fn check(&self, expected: Expect) {
        expected.assert_eq(&self.told);
    }
}
