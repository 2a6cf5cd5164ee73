use std::time::Duration;

use serde_json::json;
use visavis_codes::signaling::{Cause, Family, Fault};
use visavis_wire::signaling::limits::EXTRA_BYTES_MAX;
use visavis_wire::signaling::{VoipKind, check_channel, encode};

use crate::answer::{Asker, Caller};
use crate::hub::Hub;
use crate::ident::uid;
use crate::invitation::{Effect, Event};
use crate::mailbox::MailboxState;
use crate::peer::check_peer;
use crate::pending::{Delivery, Pending};
use crate::tenant::{Tenant, TenantId};
use crate::timers::Timer;
use crate::{EventKind, Message, Output, Report, Write};

/// The flag of the messages of an invitation.
const FLAG: &str = "v1:E:30";

/// An invitation that nobody fetched is of no use any more.
const INVITE_TTL: Duration = Duration::from_secs(30);

/// How an invitation ended is of use as long as a client may still show it.
const TTL: Duration = Duration::from_secs(60 * 60);

impl Hub {
    /// A `voip_…` call.
    pub(crate) fn invitation_call(
        &mut self,
        caller: Caller,
        id: TenantId,
        kind: VoipKind,
        [channel, peer, extra]: [String; 3],
    ) {
        if let Err(cause) = check_channel(&channel) {
            return self.refuse_param(&caller, cause, "channelName");
        }
        if let Err(cause) = check_peer(&peer) {
            return self.refuse_param(&caller, cause, "peer");
        }
        if extra.len() > EXTRA_BYTES_MAX {
            return self.refuse_for(&caller, Cause::MessageTooLarge);
        }
        let Some(session) = self.conns.session(caller.key.conn) else {
            return;
        };
        let from = session.account.to_string();
        self.tick_invitations(id);
        let event = Event::Call {
            kind,
            channel,
            from,
            peer_online: self.is_online(id, &peer),
            peer,
            extra,
        };
        let (now, mut effects) = (self.now, Vec::new());
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        match tenant.invitations.handle(now, event, &mut effects) {
            Ok(()) => {
                self.out
                    .push(Output::Report(Report::Invitation { event: kind }));
                self.carry_out(Some(Asker::Call(caller)), id, effects);
            }
            Err(failure) => {
                self.carry_out(None, id, effects);
                self.refuse(&caller, failure);
            }
        }
    }

    /// Tells the invitations of an app something.
    pub(crate) fn invitations(&mut self, id: TenantId, event: Event) {
        let (now, mut effects) = (self.now, Vec::new());
        if let Some(tenant) = self.tenants.find(id) {
            // Only calls can be refused.
            let _ = tenant.invitations.handle(now, event, &mut effects);
        }
        self.carry_out(None, id, effects);
    }

    fn tick_invitations(&mut self, id: TenantId) {
        let (now, mut effects) = (self.now, Vec::new());
        if let Some(tenant) = self.tenants.find(id) {
            tenant.invitations.tick(now, &mut effects);
        }
        self.carry_out(None, id, effects);
    }

    /// Puts an app in, with the invitations that it had.
    pub(crate) fn add_tenant(&mut self, tenant: Tenant) {
        let id = self.tenants.add(tenant);
        let names: Vec<_> = match self.tenants.find(id) {
            Some(tenant) => tenant.channels.keys().cloned().collect(),
            None => Vec::new(),
        };
        names.iter().for_each(|name| self.arm_channel(id, name));
        self.arm_tenant(id);
    }

    pub(crate) fn arm_tenant(&mut self, id: TenantId) {
        if let Some(tenant) = self.tenants.find(id) {
            let deadlines = [tenant.invitations.deadline(), tenant.lost.deadline()];
            let at = deadlines.into_iter().flatten().min();
            self.timers.set(Timer::Tenant(id), &mut tenant.armed, at);
        }
    }

    /// The timer of an app fired.
    pub(crate) fn tenant_due(&mut self, id: TenantId) {
        let now = self.now;
        if let Some(tenant) = self.tenants.find(id) {
            tenant.armed = None;
            tenant.lost.sweep(now);
        }
        self.tick_invitations(id);
        self.arm_tenant(id);
    }

    /// An invitation to a name that asks for it fails on purpose.
    pub(crate) fn fail_invitation(
        &mut self,
        id: TenantId,
        caller: &str,
        channel: String,
        peer: &str,
        cause: Cause,
    ) {
        let failure = Fault::failure(cause, Family::Invite);
        let effects = vec![Effect::Deliver {
            to: caller.to_owned(),
            kind: VoipKind::Failed,
            channel,
            peer: peer.to_owned(),
            extra: encode::failure_members(&failure).to_string(),
        }];
        self.carry_out(None, id, effects);
    }

    /// Does what follows from an event, all in one write; the asker is answered after it.
    fn carry_out(&mut self, asker: Option<Asker>, id: TenantId, effects: Vec<Effect>) {
        let mut writes = Vec::new();
        let mut deliveries = Vec::new();
        for effect in effects {
            match effect {
                Effect::Deliver {
                    to,
                    kind,
                    channel,
                    peer,
                    extra,
                } => {
                    let message = self.voip(id, kind, &channel, peer, &extra);
                    let queue_max = match kind {
                        VoipKind::Msg => self.limits.queue_messages_max,
                        VoipKind::Invite
                        | VoipKind::Ack
                        | VoipKind::Accept
                        | VoipKind::Refuse
                        | VoipKind::Bye
                        | VoipKind::Failed => u32::MAX,
                    };
                    deliveries.push(Delivery {
                        write: writes.len(),
                        account: to.as_str().into(),
                        message: message.clone(),
                    });
                    writes.push(Write::PutMessage {
                        account: to,
                        message,
                        dedupe: None,
                        queue_max,
                    });
                }
                Effect::Retract { to, channel, peer } => {
                    writes.extend(self.retract(id, &to, &channel, &peer));
                }
                Effect::Save(invitation) => writes.push(Write::SaveInvitation(invitation)),
                Effect::Forget(key) => writes.push(Write::ForgetInvitation {
                    channel: key.channel,
                    caller: key.caller,
                    callee: key.callee,
                }),
                Effect::Ended { key, end } => {
                    let code = end.code();
                    let event = self.event(id, EventKind::InvitationEnded, || {
                        json!({
                            "channel": key.channel,
                            "caller": key.caller,
                            "callee": key.callee,
                            "end": end.name(),
                            "code": code.map(|code| code.number()),
                            "name": code.map(|code| code.name()),
                        })
                    });
                    writes.extend(event);
                    self.out
                        .push(Output::Report(Report::InvitationEnded { code }));
                }
            }
        }
        self.arm_tenant(id);
        if asker.is_none() && deliveries.is_empty() {
            return self.write(id, writes);
        }
        let pending = Pending::Messages {
            asker,
            tenant: id,
            deliveries,
        };
        if let Err(pending) = self.store(id, writes, pending) {
            self.unavailable(pending);
        }
    }

    fn voip(
        &mut self,
        id: TenantId,
        kind: VoipKind,
        channel: &str,
        peer: String,
        extra: &str,
    ) -> Message {
        let tenant = self.tenants.find(id);
        let peer_uid = tenant.map_or(0, |tenant| uid(&tenant.app, &peer));
        let (msgid, _) = self.ident.message();
        let ttl = match kind {
            VoipKind::Invite => INVITE_TTL,
            VoipKind::Ack
            | VoipKind::Accept
            | VoipKind::Refuse
            | VoipKind::Bye
            | VoipKind::Msg
            | VoipKind::Failed => TTL,
        };
        let content = json!({
            "channel": channel,
            "peer": peer,
            "extra": extra,
            "peeruid": peer_uid,
        });
        Message {
            msgid,
            sender: peer,
            flag: FLAG.to_owned(),
            kind: kind.name().to_owned(),
            time_s: self.now.as_secs(),
            content: content.to_string(),
            expires_at_ms: self.now_ms() + ttl.as_millis() as u64,
        }
    }

    /// Takes an invitation out of the mailbox of a login. In any other mailbox it stays until it expires, or until a
    /// login finds that it does not ring any more.
    fn retract(&mut self, id: TenantId, to: &str, channel: &str, caller: &str) -> Vec<Write> {
        let tenant = self.tenants.find(id);
        let conn = tenant.and_then(|tenant| tenant.logins.get(to)).copied();
        let session = conn.and_then(|conn| self.conns.session(conn));
        let versions = match session.map(|session| &mut session.mailbox) {
            Some(MailboxState::Ready(inbox)) => inbox.retract(channel, caller),
            Some(MailboxState::Absent | MailboxState::Loading(_)) | None => Vec::new(),
        };
        let remove = |version| Write::RemoveMessage {
            account: to.to_owned(),
            version,
        };
        versions.into_iter().map(remove).collect()
    }
}
