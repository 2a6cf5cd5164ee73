//! What each side of each invitation has seen, kept apart from the code that is tested.

use std::collections::BTreeMap;

use visavis_wire::signaling::VoipKind;

use super::world::{Presence, Violation};
use crate::invitation::{Effect, Key};

/// A `voip_invite` in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Copy {
    Unsent,
    /// To the login of now.
    Sent,
    /// To an earlier login only.
    Stale,
}

/// What one side knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum View {
    Unaware,
    Open,
    Over,
}

#[derive(Debug, Clone, Hash)]
struct Call {
    caller: View,
    callee: View,
    /// The callee's client said so before it accepted, and the caller was told.
    rang: bool,
    acked: bool,
    accepted: bool,
}

#[derive(Debug, Clone, Default, Hash)]
pub(super) struct Witness {
    calls: BTreeMap<Key, Call>,
    pub(super) mailbox: BTreeMap<Key, Copy>,
}

impl Witness {
    /// A call was answered with this number; 0 is success.
    pub(super) fn calls(
        &mut self,
        kind: VoipKind,
        [channel, from, peer]: [&str; 3],
        number: u16,
    ) -> Result<(), Violation> {
        let [mine, theirs] = [key(channel, from, peer), key(channel, peer, from)];
        let expected = self.expected(kind, &mine, &theirs);
        if number != expected {
            return Err(format!("{kind:?} of {from} gave {number}, not {expected}"));
        }
        if number != 0 {
            return Ok(());
        }
        match kind {
            VoipKind::Invite => {
                let call = Call {
                    caller: View::Open,
                    callee: View::Unaware,
                    rang: false,
                    acked: false,
                    accepted: false,
                };
                self.calls.insert(mine, call);
            }
            VoipKind::Bye if self.calls.contains_key(&mine) => {
                self.call(&mine)?.caller = View::Over
            }
            VoipKind::Bye | VoipKind::Refuse => self.call(&theirs)?.callee = View::Over,
            VoipKind::Ack => {
                let call = self.call(&theirs)?;
                call.callee = View::Open;
                call.rang |= !call.accepted;
            }
            VoipKind::Accept => self.call(&theirs)?.callee = View::Open,
            VoipKind::Msg | VoipKind::Failed => {}
        }
        Ok(())
    }

    /// A new login gets the mailbox from its beginning.
    pub(super) fn logs_in(&mut self, account: &str) {
        for (key, copy) in &mut self.mailbox {
            if key.callee == account && *copy == Copy::Sent {
                *copy = Copy::Stale;
            }
        }
    }

    /// The own end of every call, except that a callee who rings may still be rung elsewhere.
    pub(super) fn logs_out(&mut self, account: &str) {
        for (key, call) in &mut self.calls {
            if key.caller == account {
                call.caller = View::Over;
            } else if key.callee == account {
                call.callee = if call.accepted {
                    View::Over
                } else {
                    View::Unaware
                };
            }
        }
    }

    /// The callee was sent the copy.
    pub(super) fn pushed(&mut self, key: &Key) -> Result<(), Violation> {
        self.mailbox.insert(key.clone(), Copy::Sent);
        let call = self.call(key)?;
        if call.accepted || call.callee == View::Over {
            return Err(format!("{key:?} rang after its end or answer"));
        }
        call.callee = View::Open;
        Ok(())
    }

    /// What the sides see of an effect.
    pub(super) fn sees(&mut self, effect: Effect) -> Result<(), Violation> {
        match effect {
            Effect::Deliver {
                to,
                kind,
                channel,
                peer,
                extra: _,
            } => {
                let [to_caller, to_callee] = [key(&channel, &to, &peer), key(&channel, &peer, &to)];
                match kind {
                    VoipKind::Invite => return self.invited(&to_callee),
                    VoipKind::Bye | VoipKind::Msg if self.calls.contains_key(&to_callee) => {
                        let copy = self.mailbox.contains_key(&to_callee);
                        let view = &mut self.call(&to_callee)?.callee;
                        // One that is just over must not ring once more.
                        if kind == VoipKind::Bye && copy {
                            return Err(format!("{to_callee:?} ended before it was taken back"));
                        }
                        return view.sees(kind, &to_callee);
                    }
                    _ => {}
                }
                let call = self.call(&to_caller)?;
                let once = match kind {
                    VoipKind::Ack => !std::mem::replace(&mut call.acked, true) && !call.accepted,
                    VoipKind::Accept => !std::mem::replace(&mut call.accepted, true),
                    VoipKind::Refuse | VoipKind::Failed => !call.accepted,
                    VoipKind::Invite | VoipKind::Bye | VoipKind::Msg => true,
                };
                if !once {
                    return Err(format!("{kind:?} of {to_caller:?} came twice or too late"));
                }
                call.caller.sees(kind, &to_caller)
            }
            Effect::Retract { to, channel, peer } => {
                self.mailbox.remove(&key(&channel, &peer, &to));
                Ok(())
            }
            Effect::Ended { key, end: _ } => {
                let call = self.calls.remove(&key);
                let call = call.ok_or_else(|| format!("{key:?} ended twice"))?;
                match (call.caller, call.callee) {
                    (View::Over, View::Over | View::Unaware) => Ok(()),
                    _ => Err(format!("{key:?} ended, and a side does not know: {call:?}")),
                }
            }
            Effect::Save(_) | Effect::Forget(_) => Ok(()),
        }
    }

    /// Compares with which invitations there are and whether they ring, in the order of their names.
    pub(super) fn agrees<'a>(
        &'a self,
        ringing: impl Iterator<Item = (&'a Key, bool)>,
        presence: &BTreeMap<&'static str, Presence>,
    ) -> Result<(), Violation> {
        if !ringing.eq(self.calls.iter().map(|(key, call)| (key, !call.accepted))) {
            return Err(format!("the sides see {:?}", self.calls));
        }
        for (key, call) in &self.calls {
            let online = presence[&*key.callee] == Presence::In;
            match (call.accepted, online, self.mailbox.get(key)) {
                (false, true, None | Some(Copy::Stale)) => {
                    return Err(format!("{key:?} does not ring at the login of now"));
                }
                (false, _, _) | (true, _, None) => {}
                (true, _, Some(_)) => return Err(format!("{key:?} may ring though accepted")),
            }
        }
        if let Some((key, _)) = self.calls.iter().find(|(_, call)| call.rang != call.acked) {
            return Err(format!("the caller of {key:?} does not know that it rings"));
        }
        match self
            .mailbox
            .keys()
            .find(|key| !self.calls.contains_key(key))
        {
            Some(key) => Err(format!("{key:?} may ring though it ended")),
            None => Ok(()),
        }
    }

    /// Whether there is no call and nothing that could ring.
    pub(super) fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.mailbox.is_empty()
    }

    fn expected(&self, kind: VoipKind, mine: &Key, theirs: &Key) -> u16 {
        let [mine, theirs] = [self.calls.get(mine), self.calls.get(theirs)];
        match (kind, mine, theirs) {
            (VoipKind::Invite, None, None) => 0,
            (VoipKind::Invite, _, _) => 701,
            (VoipKind::Ack | VoipKind::Bye, _, Some(_)) | (VoipKind::Bye, Some(_), _) => 0,
            (VoipKind::Accept | VoipKind::Refuse, _, Some(call)) if !call.accepted => 0,
            (VoipKind::Msg, Some(call), _) if !call.accepted && call.callee == View::Unaware => 703,
            (VoipKind::Msg, Some(_), _) | (VoipKind::Msg, _, Some(_)) => 0,
            _ => 700,
        }
    }

    fn invited(&mut self, key: &Key) -> Result<(), Violation> {
        let call = self.call(key)?;
        if call.accepted || call.callee == View::Over {
            return Err(format!("{key:?} is sent after its end or answer"));
        }
        match self.mailbox.insert(key.clone(), Copy::Unsent) {
            None => Ok(()),
            Some(_) => Err(format!("{key:?} is in the mailbox twice")),
        }
    }

    fn call(&mut self, key: &Key) -> Result<&mut Call, Violation> {
        let call = self.calls.get_mut(key);
        call.ok_or_else(|| format!("{key:?} is no more, or never was"))
    }
}

impl View {
    fn sees(&mut self, kind: VoipKind, key: &Key) -> Result<(), Violation> {
        if *self != Self::Open {
            return Err(format!("{kind:?} of {key:?} for a side that is {self:?}"));
        }
        match kind {
            VoipKind::Bye | VoipKind::Refuse | VoipKind::Failed => *self = Self::Over,
            VoipKind::Invite | VoipKind::Ack | VoipKind::Accept | VoipKind::Msg => {}
        }
        Ok(())
    }
}

fn key(channel: &str, caller: &str, callee: &str) -> Key {
    Key {
        channel: channel.to_owned(),
        caller: caller.to_owned(),
        callee: callee.to_owned(),
    }
}
