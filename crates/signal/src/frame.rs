use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_wire::is_hex_of;
use visavis_wire::signaling::{Call, ClientFrame, Op, encode};

use crate::answer::Caller;
use crate::conn::{ConnKey, State};
use crate::hub::Hub;
use crate::tenant::TenantId;
use crate::{ConnId, Output};

impl Hub {
    pub(crate) fn frame(&mut self, id: ConnId, frame: ClientFrame) {
        let (now, most) = (self.now, self.limits.connection_frames_per_s);
        let Some(conn) = self.conns.find(id) else {
            return;
        };
        conn.last_seen = now;
        let key = ConnKey {
            conn: id,
            serial: conn.serial,
        };
        if !conn.frames.allows(now, most) {
            self.end_with_word(id, &Failure::new(Cause::RateLimited, Family::Logout));
            return;
        }
        match frame {
            ClientFrame::Login(login) => self.login(key, login),
            ClientFrame::LineLogin => {
                self.end_with_word(id, &Failure::new(Cause::LineUnknown, Family::Logout));
            }
            ClientFrame::Call(call) => self.call(key, *call),
            ClientFrame::Ping(n) => self.send(id, encode::pong(&n)),
            ClientFrame::SetFlag { binary: true } => {
                self.out.push(Output::AllowBinary { conn: id });
            }
            ClientFrame::SetFlag { binary: false } | ClientFrame::Unknown => {}
        }
    }

    fn call(&mut self, key: ConnKey, call: Call) {
        let caller = Caller {
            key,
            family: match &call.op {
                Ok(op) => family(op),
                Err(_) => family_of_name(&call.func),
            },
            id: call.id,
            func: call.func.into(),
        };
        let Some(session) = self.conns.session(key.conn) else {
            self.refuse_for(&caller, Cause::NotLoggedIn);
            return;
        };
        let line = call.line.as_deref();
        if !line.is_some_and(|line| is_hex_of(line, &session.line)) {
            self.refuse_for(&caller, Cause::WrongLine);
            return;
        }
        let tenant = session.tenant;
        let allowed = match call.op.as_ref().map_or(Pace::Call, pace) {
            Pace::Message => session
                .messages
                .allows(self.now, self.limits.user_messages_per_s),
            Pace::Call => session.calls.allows(self.now, self.limits.user_calls_per_s),
            Pace::Free => true,
        };
        if !allowed {
            self.refuse_for(&caller, Cause::RateLimited);
            return;
        }
        match call.op {
            Ok(op) if self.provoke(&caller, tenant, &op) => {}
            Ok(op) => self.perform(caller, tenant, op),
            Err((cause, param)) => self.refuse_param(&caller, cause, param),
        }
    }

    fn perform(&mut self, caller: Caller, tenant: TenantId, op: Op) {
        match op {
            Op::GetMessages { ver_clear, max } => self.poll(caller, ver_clear, max),
            Op::GetMessages2 { clear_msgs, max } => self.poll_by_id(caller, clear_msgs, max),
            Op::Logout => self.log_out(&caller),
            Op::SendPeer { .. } => self.send_peer(caller, tenant, op),
            Op::Join { name } => self.join(&caller, tenant, &name),
            Op::Leave { name } => self.leave_by_call(&caller, tenant, &name),
            Op::SendChannel { .. } => self.send_channel(&caller, tenant, op),
            Op::SetChannelAttribute { .. }
            | Op::DeleteChannelAttribute { .. }
            | Op::ClearChannelAttributes { .. } => self.change_attribute(caller, tenant, op),
            Op::Voip {
                kind,
                channel,
                peer,
                extra,
            } => self.invitation_call(caller, tenant, kind, [channel, peer, extra]),
            Op::SetUserAttribute { name, value } => {
                self.set_user_attribute(caller, tenant, name, value);
            }
            Op::UserAttribute { account, name } => {
                self.load_user_attribute(caller, tenant, account, name);
            }
            Op::UserAttributes { account } => self.load_user_attributes(caller, tenant, account),
            Op::QueryStatus { .. }
            | Op::QueryStatuses { .. }
            | Op::CountUsers { .. }
            | Op::IsIn { .. }
            | Op::ListUsers { .. }
            | Op::ListAllUsers { .. } => self.query(&caller, tenant, op),
            // Nothing depends on it yet: deliveries are the same in the background.
            Op::SetForeground { .. } => self.reply(&caller, serde_json::Map::new()),
            Op::RenewToken { token } => self.renew_token(&caller, tenant, &token),
            Op::Phone => self.refuse_for(&caller, Cause::PhoneUnsupported),
        }
    }

    /// The login on a connection waits or is there.
    pub(crate) fn is_greeting(&mut self, key: ConnKey) -> bool {
        let conn = self.conns.find(key.conn);
        conn.is_some_and(|conn| matches!(conn.state, State::Greeting { .. }))
    }
}

/// Which rate a call counts for.
enum Pace {
    Message,
    Call,
    /// A client that is refused these would miss messages, or could not go.
    Free,
}

fn pace(op: &Op) -> Pace {
    match op {
        Op::SendPeer { .. } | Op::SendChannel { .. } => Pace::Message,
        Op::GetMessages { .. } | Op::GetMessages2 { .. } | Op::Logout => Pace::Free,
        Op::Join { .. }
        | Op::Leave { .. }
        | Op::SetChannelAttribute { .. }
        | Op::DeleteChannelAttribute { .. }
        | Op::ClearChannelAttributes { .. }
        | Op::Voip { .. }
        | Op::QueryStatus { .. }
        | Op::QueryStatuses { .. }
        | Op::SetUserAttribute { .. }
        | Op::UserAttribute { .. }
        | Op::UserAttributes { .. }
        | Op::CountUsers { .. }
        | Op::IsIn { .. }
        | Op::ListUsers { .. }
        | Op::ListAllUsers { .. }
        | Op::SetForeground { .. }
        | Op::RenewToken { .. }
        | Op::Phone => Pace::Call,
    }
}

fn family(op: &Op) -> Family {
    match op {
        Op::SendPeer { .. } | Op::SendChannel { .. } => Family::Send,
        Op::Join { .. } => Family::Join,
        Op::CountUsers { .. } => Family::Count,
        Op::Voip { .. } | Op::Phone => Family::Invite,
        Op::GetMessages { .. }
        | Op::GetMessages2 { .. }
        | Op::Logout
        | Op::Leave { .. }
        | Op::SetChannelAttribute { .. }
        | Op::DeleteChannelAttribute { .. }
        | Op::ClearChannelAttributes { .. }
        | Op::QueryStatus { .. }
        | Op::QueryStatuses { .. }
        | Op::SetUserAttribute { .. }
        | Op::UserAttribute { .. }
        | Op::UserAttributes { .. }
        | Op::IsIn { .. }
        | Op::ListUsers { .. }
        | Op::ListAllUsers { .. }
        | Op::SetForeground { .. }
        | Op::RenewToken { .. } => Family::General,
    }
}

/// The family of a call that was not understood.
fn family_of_name(func: &str) -> Family {
    match func {
        "user_sendmsg" | "channel_sendmsg" => Family::Send,
        "channel_join" => Family::Join,
        "channel_query_num" => Family::Count,
        voip if voip.starts_with("voip_") => Family::Invite,
        _ => Family::General,
    }
}
