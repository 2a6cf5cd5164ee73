use visavis_wire::signaling::VoipKind;
use visavis_wire::signaling::encode::failure_members;

use super::{Effect, End, Key};

/// Which side of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// Who invites.
    Caller,
    /// Who is invited.
    Callee,
}

impl Side {
    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}

/// Writes down what an invitation sends.
pub(super) struct Post<'a> {
    key: &'a Key,
    effects: &'a mut Vec<Effect>,
}

impl<'a> Post<'a> {
    /// For this invitation.
    pub(super) const fn new(key: &'a Key, effects: &'a mut Vec<Effect>) -> Self {
        Self { key, effects }
    }

    /// A message to one side.
    pub(super) fn deliver(&mut self, to: Side, kind: VoipKind, extra: &str) {
        let (to, peer) = match to {
            Side::Caller => (&self.key.caller, &self.key.callee),
            Side::Callee => (&self.key.callee, &self.key.caller),
        };
        self.effects.push(Effect::Deliver {
            to: to.clone(),
            kind,
            channel: self.key.channel.clone(),
            peer: peer.clone(),
            extra: extra.to_owned(),
        });
    }

    /// Takes the invitation back.
    pub(super) fn retract(&mut self) {
        self.effects.push(Effect::Retract {
            to: self.key.callee.clone(),
            channel: self.key.channel.clone(),
            peer: self.key.caller.clone(),
        });
    }
}

/// The extra of a message that the server makes itself.
pub(super) fn reason(end: End) -> String {
    let members = end.failure().map(|failure| failure_members(&failure));
    members
        .map(|members| members.to_string())
        .unwrap_or_default()
}
