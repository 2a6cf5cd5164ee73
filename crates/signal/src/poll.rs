use serde_json::{Map, Value, json};
use visavis_codes::signaling::Cause;
use visavis_wire::signaling::encode;

use crate::answer::Caller;
use crate::conn::ConnKey;
use crate::hub::Hub;
use crate::invitation::Event;
use crate::mailbox::{Ack, Cleared, Inbox, Invite, MailboxState, Poll, WAITING_POLLS_MAX, Waiting};
use crate::pending::Pending;
use crate::tenant::TenantId;
use crate::{Delivery, Mailbox, Query, Write};

impl Hub {
    /// `user_getmsg`.
    pub(crate) fn poll(&mut self, caller: Caller, ver_clear: u64, max: u32) {
        self.take_poll(caller, Ack::UpTo(ver_clear), max);
    }

    /// `user_getmsg2`.
    pub(crate) fn poll_by_id(&mut self, caller: Caller, ids: Vec<String>, max: u32) {
        self.take_poll(caller, Ack::Ids(ids), max);
    }

    fn take_poll(&mut self, caller: Caller, ack: Ack, max: u32) {
        let key = caller.key;
        let Some(session) = self.conns.session(key.conn) else {
            return;
        };
        if matches!(session.mailbox, MailboxState::Absent) {
            self.load_mailbox(key);
        }
        let Some(session) = self.conns.session(key.conn) else {
            return;
        };
        let poll = Poll {
            caller,
            ack,
            max: max as usize,
        };
        match &mut session.mailbox {
            MailboxState::Ready(_) => self.answer_poll(&poll),
            MailboxState::Loading(polls) if polls.len() < WAITING_POLLS_MAX => polls.push(poll),
            MailboxState::Loading(_) => self.refuse_for(&poll.caller, Cause::RateLimited),
            MailboxState::Absent => self.refuse_for(&poll.caller, Cause::ServerError),
        }
    }

    /// Asks the store for the mailbox of a login.
    pub(crate) fn load_mailbox(&mut self, key: ConnKey) {
        let Some(session) = self.conns.session(key.conn) else {
            return;
        };
        let (tenant, account) = (session.tenant, session.account.to_string());
        let query = Query::Mailbox { account };
        if self.load(tenant, query, Pending::Mailbox { key }).is_ok()
            && let Some(session) = self.conns.session(key.conn)
        {
            session.mailbox = MailboxState::Loading(Vec::new());
        }
    }

    /// The store gave the mailbox, or could not.
    pub(crate) fn mailbox_loaded(&mut self, key: ConnKey, mailbox: Option<&Mailbox>) {
        let Some(session) = self.conns.session_of(key) else {
            return;
        };
        let state = match mailbox {
            Some(mailbox) => MailboxState::Ready(Box::new(Inbox::new(&session.account, mailbox))),
            None => MailboxState::Absent,
        };
        let MailboxState::Loading(polls) = std::mem::replace(&mut session.mailbox, state) else {
            return;
        };
        for poll in polls {
            match mailbox {
                Some(_) => self.answer_poll(&poll),
                None => self.refuse_for(&poll.caller, Cause::ServerError),
            }
        }
    }

    fn answer_poll(&mut self, poll: &Poll) {
        let now = self.now;
        let Some((session, inbox)) = self.conns.inbox(poll.caller.key) else {
            return;
        };
        let (id, account) = (session.tenant, session.account.to_string());
        let cleared = inbox.clear(&poll.ack);
        self.acknowledged(id, &account, cleared);
        self.sweep(id, poll.caller.key);
        let Some((_, inbox)) = self.conns.inbox(poll.caller.key) else {
            return;
        };
        let (clear, page, pushes) = match &poll.ack {
            Ack::UpTo(version) => {
                let (clear, page) = inbox.page(*version, poll.max);
                (clear, page, Vec::new())
            }
            // What is polled is never acknowledged in this mode: so everything is pushed.
            Ack::Ids(_) => (0, Vec::new(), inbox.pushes(now, poll.max)),
        };
        let msgs: Vec<Value> = page
            .iter()
            .map(|one| json!([one.version, *one.packed]))
            .collect();
        let members = [
            ("msgs".into(), msgs.into()),
            ("ver_clear".into(), clear.into()),
        ];
        self.reply(&poll.caller, Map::from_iter(members));
        for one in &pushes {
            self.send(poll.caller.key.conn, encode::message_by_id(&one.packed));
        }
        let invites = page.into_iter().chain(pushes);
        for invite in invites.filter_map(|one| one.invite) {
            self.invite_sent(id, *invite, &account);
        }
    }

    /// Tells the store, and senders who want to know it, what was acknowledged.
    fn acknowledged(&mut self, id: TenantId, account: &str, cleared: Cleared) {
        let account = account.to_owned();
        let writes = match cleared.upto {
            Some(upto_version) => vec![Write::ClearMessages {
                account,
                upto_version,
            }],
            None => self.removals(&account, cleared.messages.iter().map(|one| one.version)),
        };
        self.write(id, writes);
        for one in cleared.messages {
            self.delivered(id, &one);
        }
    }

    fn delivered(&mut self, id: TenantId, message: &Waiting) {
        let Some(number) = self.ident.number(message.msgid()) else {
            return;
        };
        let tenant = self.tenants.find(id);
        let Some(&sender) = tenant.and_then(|tenant| tenant.logins.get(&*message.sender)) else {
            return;
        };
        let session = self.conns.session(sender);
        if let Some(message_id) = session.and_then(|session| session.receipt(number)) {
            let event = json!({"messageID": *message_id});
            self.send(sender, encode::event("delivered", &event));
        }
    }

    /// Drops from a mailbox what is not to be delivered any more.
    fn sweep(&mut self, id: TenantId, key: ConnKey) {
        let now = self.now;
        let (Some(tenant), Some((session, inbox))) = (self.tenants.find(id), self.conns.inbox(key))
        else {
            return;
        };
        let callee = session.account.to_string();
        let stale = inbox.sweep(now, |invite| {
            let Invite { channel, caller } = invite;
            tenant.invitations.is_ringing(channel, caller, &callee)
        });
        let writes = self.removals(&callee, stale.into_iter());
        self.write(id, writes);
    }

    fn removals(&self, account: &str, versions: impl Iterator<Item = u64>) -> Vec<Write> {
        let remove = |version| Write::RemoveMessage {
            account: account.to_owned(),
            version,
        };
        versions.map(remove).collect()
    }

    /// A message was kept: its receiver gets it now, if there is a login.
    pub(crate) fn deliver(&mut self, id: TenantId, account: &str, message: Waiting) {
        let (now, mode) = (self.now, self.limits.delivery);
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        let Some(&conn) = tenant.logins.get(account) else {
            return;
        };
        let Some(session) = self.conns.session(conn) else {
            return;
        };
        let version = message.version;
        let inbox = match &mut session.mailbox {
            MailboxState::Ready(inbox) => inbox,
            // The store was asked after it had kept this message.
            MailboxState::Loading(_) => return,
            MailboxState::Absent => return self.send(conn, encode::announce(version)),
        };
        if !inbox.put(message.clone()) {
            return;
        }
        let rings = message.invite.as_ref().is_none_or(|invite| {
            let Invite { channel, caller } = &**invite;
            tenant.invitations.is_ringing(channel, caller, account)
        });
        if !rings {
            // It stays until the next poll, which takes it out.
            inbox.note_push(now, version);
            return;
        }
        let frame = match mode {
            Delivery::ByVersion if inbox.follows(version) => {
                Some(encode::message(version, &message.packed))
            }
            Delivery::ByVersion => None,
            Delivery::ByMessageId => inbox
                .push(now, version)
                .then(|| encode::message_by_id(&message.packed)),
        };
        match (frame, mode, message.invite) {
            (Some(frame), _, invite) => {
                self.send(conn, frame);
                if let Some(invite) = invite {
                    self.invite_sent(id, *invite, account);
                }
            }
            (None, Delivery::ByVersion, _) => self.send(conn, encode::announce(version)),
            // The answer to the first poll pushes it, or to the next one.
            (None, Delivery::ByMessageId, _) => {}
        }
    }

    fn invite_sent(&mut self, id: TenantId, invite: Invite, callee: &str) {
        let Invite { channel, caller } = invite;
        let callee = callee.to_owned();
        self.invitations(
            id,
            Event::Sent {
                channel,
                caller,
                callee,
            },
        );
    }
}
