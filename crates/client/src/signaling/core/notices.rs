//! What comes without being asked for: messages, channel events, events for clients of ours.

use serde_json::{Map, Value};
use visavis_codes::signaling::{Code, Family};
use visavis_wire::signaling::{Packed, Refusal, VoipKind};

use super::users::uid;
use super::{Core, Output, tell};
use crate::signaling::{AttributeChange, Error, Event};

impl Core {
    /// A message to this account; one that the app has had is dropped.
    pub(super) fn message(&mut self, packed: &str, out: &mut Vec<Output>) {
        let Some(packed) = Packed::parse(packed) else {
            return;
        };
        if packed.msgid.is_some_and(|id| !self.seen.is_new(id)) {
            return;
        }
        if let Some(kind) = VoipKind::from_name(packed.kind) {
            return self.voip_message(kind, packed.content, out);
        }
        if packed.kind == "instant" {
            let event = Event::MessageInstantReceive {
                account: packed.src.to_owned(),
                uid: 0,
                msg: packed.content.to_owned(),
            };
            tell(out, event);
        }
    }

    pub(super) fn channel_event(&mut self, msgid: u64, packed: &str, out: &mut Vec<Output>) {
        let Some(packed) = Packed::parse(packed) else {
            return;
        };
        let Ok(Value::Object(mut members)) = serde_json::from_str(packed.content) else {
            return;
        };
        let channel = match members.remove("channel") {
            Some(Value::String(channel)) => channel,
            // Servers for one channel at a time may leave it out.
            _ => match self.channels.keys().next() {
                Some(only) if self.channels.len() == 1 => only.clone(),
                _ => return,
            },
        };
        // A late event of a channel that was left, or one that came before.
        let Some(last) = self.channels.get_mut(&channel) else {
            return;
        };
        if *last != 0 && msgid <= *last {
            return;
        }
        *last = msgid;
        let account = take(&mut members, "account");
        let uid = members.get("uid").map(uid).unwrap_or_default();
        if let Some(Value::String(id)) = members.get("msgID") {
            // One that its sender sent again, because the acknowledgement was lost.
            if !self.heard.is_new(&format!("{channel} {account} {id}")) {
                return;
            }
        }
        let event = match packed.kind {
            "channel_msg" => Event::MessageChannelReceive {
                channel,
                account,
                uid,
                msg: take(&mut members, "msg"),
                extra: match members.remove("extra") {
                    Some(Value::String(extra)) => Some(extra),
                    _ => None,
                },
            },
            "channel_user_join" => Event::ChannelUserJoined {
                channel,
                account,
                uid,
            },
            "channel_user_leave" => {
                let cause = members.contains_key("code").then(|| {
                    let refusal = Refusal::from_value(Value::Object(members));
                    Error::refused("channel_leave", Family::Leave, &refusal)
                });
                if self.is_self(&account) {
                    return self.removed(channel, cause, out);
                }
                Event::ChannelUserLeaved {
                    channel,
                    account,
                    uid,
                    cause,
                }
            }
            "channel_attr_update" => Event::ChannelAttrUpdated {
                channel,
                name: take(&mut members, "name"),
                value: take(&mut members, "value"),
                change: match members.get("type").and_then(Value::as_str) {
                    Some("del") => AttributeChange::Delete,
                    Some("clear") => AttributeChange::Clear,
                    _ => AttributeChange::Update,
                },
            },
            _ => return,
        };
        tell(out, event);
    }

    /// The operator removed this session from a channel, or ended the channel.
    fn removed(&mut self, channel: String, cause: Option<Error>, out: &mut Vec<Output>) {
        self.channels.remove(&channel);
        let error = cause.unwrap_or_else(|| {
            let code = Code::LeaveChannelOther;
            Error::new("channel_leave", code, "removed by the server", true)
        });
        tell(out, Event::ChannelLeaved { channel, error });
    }

    pub(super) fn own_event(
        &mut self,
        name: &str,
        members: &Map<String, Value>,
        out: &mut Vec<Output>,
    ) {
        match name {
            "token_will_expire" => {
                let at_s = members.get("at").and_then(Value::as_u64);
                let at_s = at_s.unwrap_or_default();
                tell(out, Event::TokenWillExpire { at_s });
            }
            "delivered" => {
                if let Some(id) = members.get("messageID").and_then(Value::as_str) {
                    let message_id = id.to_owned();
                    tell(out, Event::Delivered { message_id });
                }
            }
            _ => {}
        }
    }
}

fn take(members: &mut Map<String, Value>, name: &str) -> String {
    match members.remove(name) {
        Some(Value::String(text)) => text,
        Some(Value::Null) | None => String::new(),
        Some(value) => value.to_string(),
    }
}
