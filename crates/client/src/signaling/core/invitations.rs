//! Invitations: each ends once on this side.

use std::collections::BTreeMap;

use visavis_codes::signaling::{Cause, Code, Family};
use visavis_wire::signaling::VoipKind;
use visavis_wire::signaling::client_encode::Members;

use super::calls::What;
use super::online::own_voip;
use super::{Core, InvitationChange, InvitationId, Output, Ticket, tell};
use crate::signaling::{Error, Event, InvitationEnd, InvitationState, Side};

/// Invitations that can be open at a time; more that come in are not shown, and time out.
const OPEN_MAX: usize = 1000;

/// The invitations of a session that are not over.
#[derive(Debug, Default)]
pub(super) struct Invitations {
    last: u64,
    open: BTreeMap<Key, Open>,
}

impl Invitations {
    pub(super) fn state(&self, key: &Key) -> Option<InvitationState> {
        self.open.get(key).map(|open| open.state)
    }
}

pub(super) type Key = (Side, String, String);

#[derive(Debug, Clone, Copy)]
struct Open {
    id: InvitationId,
    state: InvitationState,
}

pub(super) fn key(side: Side, channel: &str, account: &str) -> Key {
    (side, channel.to_owned(), account.to_owned())
}

impl Core {
    pub(super) fn invite(
        &mut self,
        ticket: Ticket,
        channel: String,
        account: String,
        extra: &str,
        out: &mut Vec<Output>,
    ) {
        let members = Members::new()
            .text("channelName", &channel)
            .text("peer", &account)
            .text("extra", extra);
        let key = key(Side::Caller, &channel, &account);
        let id = match self.invitations.open.contains_key(&key) {
            true => None,
            false => self.open(key, InvitationState::Calling, out),
        };
        let what = What::Invite {
            id,
            channel,
            account,
        };
        self.call(Some(ticket), what, VoipKind::Invite.name(), members, out);
    }

    /// The server answered an invitation, or will not.
    pub(super) fn invited(
        &mut self,
        id: Option<InvitationId>,
        channel: String,
        account: String,
        result: Result<(), Error>,
        out: &mut Vec<Output>,
    ) -> Result<InvitationId, Error> {
        let key = key(Side::Caller, &channel, &account);
        let open = self.invitations.open.get(&key).copied();
        if let Err(error) = result {
            let mine = open.is_some_and(|open| Some(open.id) == id);
            if mine {
                let end = InvitationEnd::Failed(error.code());
                self.close(&key, end, out);
            }
            if mine && error.code() == Code::InviteNet {
                // The server may have it.
                self.calls.wait(own_voip(VoipKind::Bye, &channel, &account));
            }
            if error.number() < 1000 && (mine || id.is_none()) {
                tell(out, failed(channel, account, error.clone(), String::new()));
            }
            return Err(error);
        }
        let id = match (id, open) {
            (Some(id), Some(open)) if open.id == id => {
                if open.state == InvitationState::Calling {
                    self.change(&key, InvitationState::Waiting, out);
                }
                Some(id)
            }
            // It ended before the server's answer came.
            (Some(id), _) => Some(id),
            (None, Some(open)) => Some(open.id),
            (None, None) => self.open(key, InvitationState::Waiting, out),
        };
        id.ok_or_else(|| Error::of("invite", Cause::RateLimited, Family::Invite))
    }

    /// This side ends an invitation, at once.
    pub(super) fn end(
        &mut self,
        ticket: Ticket,
        channel: String,
        account: String,
        extra: &str,
        out: &mut Vec<Output>,
    ) {
        for side in [Side::Caller, Side::Callee] {
            let key = key(side, &channel, &account);
            if self.close(&key, InvitationEnd::ByMyself, out) {
                let (channel, account) = (channel.clone(), account.clone());
                tell(
                    out,
                    Event::InviteEndByMyself {
                        channel,
                        account,
                        uid: 0,
                    },
                );
            }
        }
        let members = Members::new()
            .text("channelName", &channel)
            .text("peer", &account)
            .text("extra", extra);
        let kind = VoipKind::Bye;
        let what = What::Answer {
            kind,
            channel,
            account,
        };
        self.call(Some(ticket), what, kind.name(), members, out);
    }

    pub(super) fn accepted_by_myself(
        &mut self,
        channel: &str,
        account: &str,
        out: &mut Vec<Output>,
    ) {
        let key = key(Side::Callee, channel, account);
        self.change(&key, InvitationState::Accepted, out);
    }

    pub(super) fn refused_by_myself(
        &mut self,
        channel: &str,
        account: &str,
        out: &mut Vec<Output>,
    ) {
        self.close(
            &key(Side::Callee, channel, account),
            InvitationEnd::Refused,
            out,
        );
    }

    /// An accept, a refusal, a tone or an end came to nothing. Too late for an open invitation is its end.
    pub(super) fn answer_failed(
        &mut self,
        kind: VoipKind,
        channel: &str,
        account: &str,
        error: &Error,
        out: &mut Vec<Output>,
    ) {
        let late = error.code() == Code::InviteOther && !error.is_retryable();
        let answers = matches!(kind, VoipKind::Accept | VoipKind::Refuse);
        let key = key(Side::Callee, channel, account);
        let open = self.invitations.open.get(&key).map(|open| open.state);
        if late && answers && open == Some(InvitationState::Ringing) {
            self.close(&key, InvitationEnd::Failed(error.code()), out);
            let (channel, account) = (channel.to_owned(), account.to_owned());
            return tell(out, failed(channel, account, error.clone(), String::new()));
        }
        let error = error.clone();
        tell(out, Event::Error { error });
    }

    /// The server has taken this side for lost: what was open is over, and the peers are told so.
    pub(super) fn give_up_invitations(&mut self, out: &mut Vec<Output>) {
        let keys: Vec<_> = self.invitations.open.keys().cloned().collect();
        for (_, channel, account) in &keys {
            self.calls.wait(own_voip(VoipKind::Bye, channel, account));
        }
        let why = Error::of("invite", Cause::PeerDisconnected, Family::Invite);
        self.end_invitations(&why, out);
    }

    /// The login is over, and every invitation with it.
    pub(super) fn end_invitations(&mut self, why: &Error, out: &mut Vec<Output>) {
        let code = match why.code() {
            Code::LogoutNet | Code::InviteNet => Code::InviteNet,
            _ => Code::InviteOther,
        };
        for (key, open) in self.invitations.open.clone() {
            let (side, channel, account) = key.clone();
            let error = Error::new("invite", code, why.reason(), false);
            let (end, event) = match (why.code(), side, open.state) {
                (Code::LogoutUser, _, _) => (
                    InvitationEnd::ByMyself,
                    Event::InviteEndByMyself {
                        channel,
                        account,
                        uid: 0,
                    },
                ),
                (_, _, InvitationState::Accepted) | (_, Side::Callee, _) => (
                    InvitationEnd::ByPeer,
                    Event::InviteEndByPeer {
                        channel,
                        account,
                        uid: 0,
                        extra: members(&error),
                    },
                ),
                (_, Side::Caller, _) => (
                    InvitationEnd::Failed(code),
                    failed(channel, account, error, String::new()),
                ),
            };
            self.close(&key, end, out);
            tell(out, event);
        }
    }

    pub(super) fn open(
        &mut self,
        key: Key,
        state: InvitationState,
        out: &mut Vec<Output>,
    ) -> Option<InvitationId> {
        if self.invitations.open.len() >= OPEN_MAX {
            return None;
        }
        self.invitations.last += 1;
        let id = InvitationId(self.invitations.last);
        out.push(changed(&key, id, state));
        self.invitations.open.insert(key, Open { id, state });
        Some(id)
    }

    pub(super) fn change(&mut self, key: &Key, state: InvitationState, out: &mut Vec<Output>) {
        if let Some(open) = self.invitations.open.get_mut(key) {
            open.state = state;
            out.push(changed(key, open.id, state));
        }
    }

    /// Ends one; false when there was none.
    pub(super) fn close(&mut self, key: &Key, end: InvitationEnd, out: &mut Vec<Output>) -> bool {
        let closed = self.invitations.open.remove(key);
        if let Some(open) = &closed {
            out.push(changed(key, open.id, InvitationState::Ended(end)));
        }
        closed.is_some()
    }
}

fn changed((side, channel, account): &Key, id: InvitationId, state: InvitationState) -> Output {
    Output::Invitation(InvitationChange {
        id,
        channel: channel.clone(),
        account: account.clone(),
        side: *side,
        state,
    })
}

pub(super) fn failed(channel: String, account: String, error: Error, extra: String) -> Event {
    Event::InviteFailed {
        channel,
        account,
        uid: 0,
        error,
        extra,
    }
}

/// The members that every failure of the server carries.
fn members(error: &Error) -> String {
    serde_json::json!({
        "code": error.number(),
        "name": error.name(),
        "reason": error.reason(),
        "retryable": error.is_retryable(),
    })
    .to_string()
}
