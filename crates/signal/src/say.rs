use std::sync::Arc;

use serde_json::Map;
use visavis_codes::signaling::Cause;
use visavis_wire::signaling::encode::ChannelMessage;
use visavis_wire::signaling::limits::{MESSAGE_BYTES_MAX, MESSAGE_ID_BYTES_MAX};
use visavis_wire::signaling::{Op, check_channel};

use crate::answer::Caller;
use crate::builtin::Builtin;
use crate::channel::Channel;
use crate::hub::Hub;
use crate::tenant::TenantId;
use crate::{Output, Report};

impl Hub {
    /// A message into a channel: the answer, then everyone in it, the sender too.
    pub(crate) fn send_channel(&mut self, caller: &Caller, id: TenantId, op: Op) {
        let Op::SendChannel {
            name,
            msg,
            message_id,
            force,
            extra,
        } = op
        else {
            return;
        };
        if let Err(cause) = check_channel(&name) {
            return self.refuse_param(caller, cause, "name");
        }
        let long_id = message_id
            .as_ref()
            .is_some_and(|id| id.len() > MESSAGE_ID_BYTES_MAX);
        let bytes = msg.len() + extra.as_ref().map_or(0, String::len);
        if bytes > MESSAGE_BYTES_MAX {
            return self.refuse_for(caller, Cause::MessageTooLarge);
        }
        if long_id {
            return self.refuse_for(caller, Cause::ParamTooLarge);
        }
        let (now, limits) = (self.now, self.limits);
        let (Some(tenant), Some(session)) =
            (self.tenants.find(id), self.conns.session(caller.key.conn))
        else {
            return;
        };
        let account = Arc::clone(&session.account);
        let channel = tenant.channels.get_mut(&*name);
        let inside = channel
            .as_ref()
            .is_some_and(|channel| channel.members.find(&account).is_some());
        if !(inside || force && limits.force_allowed) {
            return self.refuse_for(caller, Cause::NotInChannel);
        }
        let Some(channel) = channel else {
            // A message by force into a channel without members reaches nobody.
            return self.reply(caller, Map::new());
        };
        if !channel.message_allowed(now, limits.channel_messages_per_s) {
            return self.refuse_for(caller, Cause::RateLimited);
        }
        let repeated = message_id
            .as_ref()
            .is_some_and(|message| !channel.recent.is_new(now, &account, message));
        let to = channel.members.conns();
        let content = ChannelMessage {
            account: &account,
            uid: session.uid,
            msg: &msg,
            channel: &name,
            extra: extra.as_deref(),
            msg_id: message_id.as_deref(),
        };
        self.reply(caller, Map::new());
        if !repeated && !to.is_empty() {
            let receivers = self.broadcast(to, "channel_msg", &content);
            let report = Report::ChannelMessage { receivers };
            self.out.push(Output::Report(report));
        }
    }
}

impl Channel {
    /// Whether one more message fits into this second.
    pub(crate) fn message_allowed(&mut self, now: std::time::Duration, usual: u32) -> bool {
        let per_s = self.builtin(Builtin::SendLimit).unwrap_or(usual);
        self.messages.allows(now, per_s)
    }
}
