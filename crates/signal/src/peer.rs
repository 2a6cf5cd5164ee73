use std::sync::Arc;

use serde_json::json;
use visavis_codes::signaling::Cause;
use visavis_wire::signaling::limits::{MESSAGE_BYTES_MAX, MESSAGE_ID_BYTES_MAX};
use visavis_wire::signaling::{Flag, Level, Op, check_account};

use crate::answer::{Asker, Caller};
use crate::hub::Hub;
use crate::pending::{Delivery, Pending};
use crate::tenant::TenantId;
use crate::{EventKind, Message, Ticket, Write};

/// The only type of message that a client sends by itself.
pub(crate) const INSTANT: &str = "instant";

/// Who sends what an operator sends.
const SYSTEM: &str = "system";

impl Hub {
    /// A message to an account: kept first, then answered, then delivered.
    pub(crate) fn send_peer(&mut self, caller: Caller, id: TenantId, op: Op) {
        let Op::SendPeer {
            peer,
            flag,
            kind,
            content,
            message_id,
        } = op
        else {
            return;
        };
        let Some(flag) = Flag::parse(&flag) else {
            return self.refuse_for(&caller, Cause::WrongMessageLevel);
        };
        if let Err(cause) = check_peer(&peer) {
            return self.refuse_param(&caller, cause, "peer");
        }
        if kind != INSTANT {
            return self.refuse_param(&caller, Cause::WrongParam, "t");
        }
        if content.len() > MESSAGE_BYTES_MAX {
            return self.refuse_for(&caller, Cause::MessageTooLarge);
        }
        if message_id
            .as_ref()
            .is_some_and(|id| id.len() > MESSAGE_ID_BYTES_MAX)
        {
            return self.refuse_for(&caller, Cause::ParamTooLarge);
        }
        let online = self.is_online(id, &peer);
        match flag.level {
            Level::Exists => {}
            Level::LoggedIn | Level::Connected if online => {}
            Level::LoggedIn | Level::Connected => {
                return self.refuse_for(&caller, Cause::PeerOffline);
            }
        }
        let (msgid, number) = self.ident.message();
        let Some(session) = self.conns.session(caller.key.conn) else {
            return;
        };
        if session.sdk
            && let Some(message_id) = &message_id
        {
            session.expect_receipt(number, message_id.as_str().into());
        }
        let sender = session.account.to_string();
        let message = self.message(msgid, sender, flag, content);
        self.post(Asker::Call(caller), id, peer, message, message_id);
    }

    /// A message of an operator.
    pub(crate) fn send_as_system(
        &mut self,
        ticket: Ticket,
        id: TenantId,
        account: String,
        content: String,
        ttl_s: u64,
    ) {
        let asker = Asker::Operator(ticket);
        if let Err(cause) = check_peer(&account) {
            return self.fail(asker, cause);
        }
        if content.len() > MESSAGE_BYTES_MAX {
            return self.fail(asker, Cause::MessageTooLarge);
        }
        let flag = Flag {
            level: Level::Exists,
            ttl_s,
        };
        let (msgid, _) = self.ident.message();
        let message = self.message(msgid, SYSTEM.to_owned(), flag, content);
        self.post(asker, id, account, message, None);
    }

    pub(crate) fn is_online(&mut self, id: TenantId, account: &str) -> bool {
        let tenant = self.tenants.find(id);
        tenant.is_some_and(|tenant| tenant.logins.contains_key(account))
    }

    fn message(&self, msgid: String, sender: String, flag: Flag, content: String) -> Message {
        let ttl_max_s = self.limits.message_ttl_max.as_secs();
        let ttl_s = flag.ttl_s.clamp(1, ttl_max_s.max(1));
        Message {
            msgid,
            sender,
            flag: flag.to_string(),
            kind: INSTANT.to_owned(),
            time_s: self.now.as_secs(),
            content,
            expires_at_ms: self.now_ms().saturating_add(ttl_s.saturating_mul(1000)),
        }
    }

    fn post(
        &mut self,
        asker: Asker,
        id: TenantId,
        account: String,
        message: Message,
        dedupe: Option<String>,
    ) {
        let mut writes = vec![Write::PutMessage {
            account: account.clone(),
            message: message.clone(),
            dedupe,
            queue_max: self.limits.queue_messages_max,
        }];
        if !self.is_online(id, &account) {
            writes.extend(self.event(id, EventKind::OfflineMessage, || {
                json!({
                    "account": account,
                    "sender": message.sender,
                    "messageId": message.msgid,
                })
            }));
        }
        let pending = Pending::Messages {
            asker: Some(asker),
            tenant: id,
            deliveries: vec![Delivery {
                write: 0,
                account: Arc::from(account),
                message,
            }],
        };
        if let Err(pending) = self.store(id, writes, pending) {
            self.unavailable(pending);
        }
    }
}

/// Whether messages can be sent to this name.
pub(crate) fn check_peer(name: &str) -> Result<(), Cause> {
    check_account(name).map_err(|cause| match cause {
        Cause::AccountTooLong => Cause::ParamTooLarge,
        _ => Cause::WrongParam,
    })
}
