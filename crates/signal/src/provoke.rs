use std::sync::Arc;

use visavis_codes::signaling::{Act, Cause, Failure, Fault, Place};
use visavis_wire::signaling::{Op, VoipKind, encode};

use crate::answer::Caller;
use crate::hub::Hub;
use crate::session::Doom;
use crate::tenant::TenantId;

impl Hub {
    /// Lets a call fail on purpose if a name in it asks for that and the app is a test app; true when it is answered, or
    /// never will be.
    pub(crate) fn provoke(&mut self, caller: &Caller, id: TenantId, op: &Op) -> bool {
        let test = self.tenants.find(id).is_some_and(|it| it.settings.test);
        if !test {
            return false;
        }
        let (place, names) = target(op);
        let Some(fault) = names.iter().find_map(|name| Fault::parse(name)) else {
            return false;
        };
        let fault = match fault {
            Ok(fault) => fault,
            Err(problem) => {
                let failure = Failure::about(Cause::WrongParam, caller.family, problem);
                self.refuse(caller, failure.on_purpose());
                return true;
            }
        };
        match fault.act(place) {
            Some(Act::Fail(cause)) => {
                self.refuse(caller, Fault::failure(cause, fault.family(place)));
                true
            }
            Some(Act::Garble) => {
                self.send(caller.key.conn, encode::garbled(&caller.id));
                true
            }
            Some(Act::Silence) => true,
            Some(Act::Cut) => {
                self.cut(caller.key.conn);
                true
            }
            Some(Act::Remove(cause)) => {
                let channel = names.first().copied().unwrap_or_default();
                let channel = Arc::from(channel);
                self.doom(caller, fault, Doom::Leave { channel, cause });
                false
            }
            Some(Act::Invitation(cause)) => {
                let [channel, peer] = names[..] else {
                    return false;
                };
                let (channel, peer) = (channel.to_owned(), peer.to_owned());
                let doom = Doom::Invitation {
                    channel,
                    peer,
                    cause,
                };
                match self.doom(caller, fault, doom) {
                    true => self.reply(caller, serde_json::Map::new()),
                    false => self.refuse_for(caller, Cause::RateLimited),
                }
                true
            }
            Some(Act::End(_) | Act::Nothing) | None => false,
        }
    }

    fn doom(&mut self, caller: &Caller, fault: Fault, doom: Doom) -> bool {
        let (at, conn) = (self.now + fault.delay(), caller.key.conn);
        let session = self.conns.session(conn);
        let waits = session.is_some_and(|session| session.doom(at, doom));
        self.arm_conn(conn);
        waits
    }
}

/// Where a call could fail on purpose, and the names in it that can ask for that.
fn target(op: &Op) -> (Place, Vec<&str>) {
    match op {
        Op::Join { name } => (Place::Join, vec![name]),
        Op::SendPeer { peer, .. } => (Place::Send, vec![peer]),
        Op::SendChannel { name, .. } => (Place::Send, vec![name]),
        Op::CountUsers { name } => (Place::Count, vec![name]),
        Op::Voip {
            kind: VoipKind::Invite,
            channel,
            peer,
            ..
        } => (Place::Invite, vec![channel, peer]),
        Op::Leave { name } | Op::ListUsers { name } | Op::ListAllUsers { name, .. } => {
            (Place::Call, vec![name])
        }
        Op::SetChannelAttribute { channel, .. }
        | Op::DeleteChannelAttribute { channel, .. }
        | Op::ClearChannelAttributes { channel } => (Place::Call, vec![channel]),
        Op::QueryStatus { account }
        | Op::UserAttribute { account, .. }
        | Op::UserAttributes { account } => (Place::Call, vec![account]),
        Op::IsIn { name, account } => (Place::Call, vec![name, account]),
        Op::SetUserAttribute { name, .. } => (Place::Call, vec![name]),
        Op::Voip { .. }
        | Op::QueryStatuses { .. }
        | Op::GetMessages { .. }
        | Op::GetMessages2 { .. }
        | Op::Logout
        | Op::SetForeground { .. }
        | Op::RenewToken { .. }
        | Op::Phone => (Place::Call, Vec::new()),
    }
}
