//! Faults that the witness must find, so that we know that it looks.

use visavis_wire::signaling::VoipKind;

use crate::invitation::Effect;

/// One way to do it wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mutation {
    /// Messages of this kind are lost.
    Loses(VoipKind),
    /// Messages of this kind come twice.
    Doubles(VoipKind),
    /// Nothing is taken back.
    KeepsCopies,
    /// It is taken back after the end was told.
    RetractsLate,
    NeverSaves,
    NeverForgets,
    NeverEnds,
}

impl Mutation {
    pub(super) const ALL: [Self; 17] = [
        Self::Loses(VoipKind::Invite),
        Self::Loses(VoipKind::Ack),
        Self::Loses(VoipKind::Accept),
        Self::Loses(VoipKind::Refuse),
        Self::Loses(VoipKind::Bye),
        Self::Loses(VoipKind::Failed),
        Self::Doubles(VoipKind::Invite),
        Self::Doubles(VoipKind::Ack),
        Self::Doubles(VoipKind::Accept),
        Self::Doubles(VoipKind::Refuse),
        Self::Doubles(VoipKind::Bye),
        Self::Doubles(VoipKind::Failed),
        Self::KeepsCopies,
        Self::RetractsLate,
        Self::NeverSaves,
        Self::NeverForgets,
        Self::NeverEnds,
    ];

    pub(super) fn apply(self, effects: &mut Vec<Effect>) {
        let is = |effect: &Effect, wanted| matches!(effect, Effect::Deliver { kind, .. } if *kind == wanted);
        match self {
            Self::Loses(kind) => effects.retain(|effect| !is(effect, kind)),
            Self::Doubles(kind) => {
                let twice = effects.iter().flat_map(|effect| {
                    let times = if is(effect, kind) { 2 } else { 1 };
                    std::iter::repeat_n(effect.clone(), times)
                });
                *effects = twice.collect();
            }
            Self::KeepsCopies => effects.retain(|e| !matches!(e, Effect::Retract { .. })),
            Self::RetractsLate => effects.sort_by_key(|e| matches!(e, Effect::Retract { .. })),
            Self::NeverSaves => effects.retain(|e| !matches!(e, Effect::Save(_))),
            Self::NeverForgets => effects.retain(|e| !matches!(e, Effect::Forget(_))),
            Self::NeverEnds => effects.retain(|e| !matches!(e, Effect::Ended { .. })),
        }
    }
}
