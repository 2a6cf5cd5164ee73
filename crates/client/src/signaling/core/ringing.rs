//! What the server says about invitations.

use serde_json::Value;
use visavis_codes::signaling::Family;
use visavis_wire::signaling::{Refusal, VoipKind};

use super::invitations::{failed, key};
use super::online::own_voip;
use super::{Core, Output, tell};
use crate::signaling::{Error, Event, InvitationEnd, InvitationState, Side};

impl Core {
    /// The server says something about an invitation.
    pub(super) fn voip_message(&mut self, kind: VoipKind, content: &str, out: &mut Vec<Output>) {
        let Ok(content) = serde_json::from_str::<Value>(content) else {
            return;
        };
        let text = |name: &str| match content.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_string(),
        };
        let (channel, account, extra) = (text("channel"), text("peer"), text("extra"));
        let uid = 0;
        let caller = key(Side::Caller, &channel, &account);
        let is_open = self.invitations.state(&caller).is_some();
        match kind {
            VoipKind::Invite => self.rung(channel, account, extra, out),
            VoipKind::Ack => {
                let state = self.invitations.state(&caller);
                if let Some(InvitationState::Calling | InvitationState::Waiting) = state {
                    self.change(&caller, InvitationState::Ringing, out);
                    tell(
                        out,
                        Event::InviteReceivedByPeer {
                            channel,
                            account,
                            uid,
                        },
                    );
                }
            }
            VoipKind::Accept if is_open => {
                self.change(&caller, InvitationState::Accepted, out);
                tell(
                    out,
                    Event::InviteAcceptedByPeer {
                        channel,
                        account,
                        uid,
                        extra,
                    },
                );
            }
            // The peer believes in an invitation that is over here.
            VoipKind::Accept => self.calls.wait(own_voip(VoipKind::Bye, &channel, &account)),
            VoipKind::Refuse => {
                if self.close(&caller, InvitationEnd::Refused, out) {
                    tell(
                        out,
                        Event::InviteRefusedByPeer {
                            channel,
                            account,
                            uid,
                            extra,
                        },
                    );
                }
            }
            VoipKind::Failed => {
                let why = Refusal::from_value(serde_json::from_str(&extra).unwrap_or_default());
                let error = Error::refused("invite", Family::Invite, &why);
                if self.close(&caller, InvitationEnd::Failed(error.code()), out) {
                    tell(out, failed(channel, account, error, extra));
                }
            }
            VoipKind::Bye => {
                let callee = key(Side::Callee, &channel, &account);
                let closed = self.close(&callee, InvitationEnd::ByPeer, out)
                    || self.close(&caller, InvitationEnd::ByPeer, out);
                if closed {
                    tell(
                        out,
                        Event::InviteEndByPeer {
                            channel,
                            account,
                            uid,
                            extra,
                        },
                    );
                }
            }
            VoipKind::Msg => {
                let said: Value = serde_json::from_str(&extra).unwrap_or_default();
                let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
                let msg_type = text("msgtype").to_owned();
                let msg_data = text("msgdata").to_owned();
                tell(
                    out,
                    Event::InviteMsg {
                        channel,
                        account,
                        uid,
                        msg_type,
                        msg_data,
                        extra,
                    },
                );
            }
        }
    }

    fn rung(&mut self, channel: String, account: String, extra: String, out: &mut Vec<Output>) {
        let key = key(Side::Callee, &channel, &account);
        let known = self.invitations.state(&key);
        let ack = own_voip(VoipKind::Ack, &channel, &account);
        match known {
            // A new login gets what rings once more.
            Some(InvitationState::Ringing) => return self.calls.wait(ack),
            Some(_) => {
                self.close(&key, InvitationEnd::ByPeer, out);
                let (channel, account) = (channel.clone(), account.clone());
                let extra = String::new();
                tell(
                    out,
                    Event::InviteEndByPeer {
                        channel,
                        account,
                        uid: 0,
                        extra,
                    },
                );
            }
            None => {}
        }
        if self.open(key, InvitationState::Ringing, out).is_some() {
            self.calls.wait(ack);
            tell(
                out,
                Event::InviteReceived {
                    channel,
                    account,
                    uid: 0,
                    extra,
                },
            );
        }
    }
}
