//! Calls that exist and always fail.

use visavis_codes::signaling::{Cause, Family};

use super::{Core, Deprecated, Output, Ticket, tell};
use crate::signaling::{Error, Event};

impl Core {
    pub(super) fn deprecated(&self, ticket: Ticket, call: Deprecated, out: &mut Vec<Output>) {
        let send = |call, message_id: String, out: &mut Vec<Output>| {
            let error = Error::of(call, Cause::UnsupportedMethod, Family::Send);
            tell(
                out,
                Event::MessageSendError {
                    message_id,
                    error: error.clone(),
                },
            );
            self.refuse(ticket, error, out);
        };
        match call {
            Deprecated::ChannelInvitePhone { channel, phone } => {
                let error = Error::of("invite_phone", Cause::PhoneUnsupported, Family::Invite);
                out.push(Output::Reply(ticket, Err(error.clone())));
                tell(
                    out,
                    Event::InviteFailed {
                        channel,
                        account: phone,
                        uid: 0,
                        error,
                        extra: String::new(),
                    },
                );
            }
            Deprecated::MessageAppSend { message_id } => send("send_app_msg", message_id, out),
            Deprecated::MessagePushSend { message_id } => send("send_push_msg", message_id, out),
            Deprecated::MessageChatSend { message_id } => send("send_chat_msg", message_id, out),
            Deprecated::MessageDtmfSend { message_id } => send("send_dtmf_msg", message_id, out),
        }
    }
}
