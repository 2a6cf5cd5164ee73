use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};
use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_wire::signaling::limits::USER_LIST_MAX;
use visavis_wire::signaling::{check_channel, encode};

use crate::answer::Caller;
use crate::builtin::Builtin;
use crate::channel::Channel;
use crate::hub::Hub;
use crate::tenant::TenantId;
use crate::timers::Timer;
use crate::{EventKind, Output, Report, Write};

/// How often at most the number of members is pushed where there are too many for notices.
const COUNT_EVERY: Duration = Duration::from_secs(1);

impl Hub {
    pub(crate) fn join(&mut self, caller: &Caller, id: TenantId, name: &str) {
        if let Err(cause) = check_channel(name) {
            return self.refuse_param(caller, cause, "name");
        }
        let limits = self.limits;
        let (Some(tenant), Some(session)) =
            (self.tenants.find(id), self.conns.session(caller.key.conn))
        else {
            return;
        };
        let (account, uid) = (Arc::clone(&session.account), session.uid);
        let channel = tenant.channels.get(name);
        let refused = match channel {
            Some(channel) if channel.members.find(&account).is_some() => {
                return self.welcome(caller, id, name);
            }
            Some(channel) if channel.members.len() >= limits.channel_members_max => {
                Some(Cause::ChannelFull)
            }
            None if tenant.channels.len() >= limits.channels_per_app_max => {
                Some(Cause::TooManyChannels)
            }
            Some(_) | None => None,
        };
        if let Some(cause) = refused {
            return self.refuse_for(caller, cause);
        }
        if session.multi_channel && session.channels.len() >= limits.channels_per_login_max {
            return self.refuse_for(caller, Cause::TooManyChannels);
        }
        if !session.multi_channel {
            for old in std::mem::take(&mut session.channels) {
                self.leave(id, &old, &account, Cause::LeftChannel);
            }
        }
        self.enter(caller, id, name, &account, uid);
        self.welcome(caller, id, name);
    }

    fn enter(&mut self, caller: &Caller, id: TenantId, name: &str, account: &Arc<str>, uid: u32) {
        let (now, most) = (self.now, self.limits.notices_members_max);
        let cid = self.channels_made + 1;
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        if !tenant.channels.contains_key(name) {
            let name: Arc<str> = name.into();
            let channel = Channel::new(Arc::clone(&name), cid, now);
            tenant.channels.insert(name, channel);
            self.channels_made = cid;
        }
        let Some(channel) = tenant.channels.get_mut(name) else {
            return;
        };
        let name = Arc::clone(&channel.name);
        let others = channel.members.conns();
        channel
            .members
            .add(Arc::clone(account), caller.key.conn, uid);
        let was_empty = channel.empty_since.take().is_some();
        let kept = was_empty && !channel.attributes.is_empty();
        let notice = channel.members.len() <= most;
        channel.count_changed(now, notice);
        if let Some(session) = self.conns.session(caller.key.conn) {
            session.channels.push(Arc::clone(&name));
        }
        if notice && !others.is_empty() {
            let content = json!({"account": **account, "uid": uid, "channel": *name});
            self.broadcast(others, "channel_user_join", &content);
        }
        let mut writes = Vec::new();
        if kept {
            writes.push(Write::ChannelEmpty {
                channel: name.to_string(),
                since_ms: None,
            });
        }
        let event = || json!({"channel": *name, "account": **account});
        writes.extend(self.event(id, EventKind::Join, event));
        self.write(id, writes);
        self.arm_channel(id, &name);
        self.out.push(Output::Report(Report::Joined));
    }

    /// Answers a join with what the joiner must know.
    fn welcome(&mut self, caller: &Caller, id: TenantId, name: &str) {
        let last = self.channel_events;
        let sdk = self
            .conns
            .session(caller.key.conn)
            .is_some_and(|session| session.sdk);
        let tenant = self.tenants.find(id);
        let Some(channel) = tenant.and_then(|tenant| tenant.channels.get(name)) else {
            return;
        };
        let mut members = Map::new();
        members.insert("cid".into(), channel.cid.into());
        members.insert("msgid".into(), last.into());
        members.insert("list".into(), channel.members.latest(USER_LIST_MAX));
        members.insert("num".into(), channel.members.len().into());
        let attributes = channel.attributes.iter();
        let values: Map<String, Value> = attributes
            .map(|(name, one)| (name.to_string(), (*one.value).into()))
            .collect();
        members.insert("attrs".into(), values.into());
        if sdk {
            let attributes = channel.attributes.iter();
            let revisions: Map<String, Value> = attributes
                .map(|(name, one)| (name.to_string(), one.revision.into()))
                .collect();
            members.insert("revs".into(), revisions.into());
        }
        self.reply(caller, members);
    }

    pub(crate) fn leave_by_call(&mut self, caller: &Caller, id: TenantId, name: &str) {
        if let Err(cause) = check_channel(name)
            && cause != Cause::ChannelReserved
        {
            return self.refuse_param(caller, cause, "name");
        }
        self.reply(caller, Map::new());
        if let Some(session) = self.conns.session(caller.key.conn) {
            let account = Arc::clone(&session.account);
            self.leave(id, name, &account, Cause::LeftChannel);
        }
    }

    /// Takes an account out of a channel by its own act; false when it is not in.
    pub(crate) fn leave(&mut self, id: TenantId, name: &str, account: &str, cause: Cause) -> bool {
        self.take_out(id, name, account, cause, Told::Others)
    }

    /// Takes an account out of a channel and tells it, which has no other way to learn it; false when it is not in.
    pub(crate) fn remove(&mut self, id: TenantId, name: &str, account: &str, cause: Cause) -> bool {
        self.take_out(id, name, account, cause, Told::Everyone)
    }

    pub(crate) fn take_out(
        &mut self,
        id: TenantId,
        name: &str,
        account: &str,
        cause: Cause,
        told: Told,
    ) -> bool {
        let (now, most) = (self.now, self.limits.notices_members_max);
        let tenant = self.tenants.find(id);
        let Some(channel) = tenant.and_then(|tenant| tenant.channels.get_mut(name)) else {
            return false;
        };
        let notice = channel.members.len() <= most;
        let few = notice && told != Told::Leaver;
        let Some(member) = channel.members.remove(account) else {
            return false;
        };
        let name = Arc::clone(&channel.name);
        let others = channel.members.conns();
        channel.count_changed(now, notice);
        let emptied = channel.members.is_empty();
        let kept = emptied && !channel.attributes.is_empty();
        if emptied {
            channel.empty_since = Some(now);
        }
        let failure = Failure::new(cause, Family::Leave);
        let content = || {
            let mut content = encode::failure_members(&failure);
            content["account"] = account.into();
            content["uid"] = member.uid.into();
            content["channel"] = (*name).into();
            content
        };
        if let Some(session) = self.conns.session(member.conn) {
            session.channels.retain(|one| **one != *name);
            if told != Told::Others {
                self.broadcast(Arc::new([member.conn]), "channel_user_leave", &content());
            }
        }
        if few && !others.is_empty() {
            self.broadcast(others, "channel_user_leave", &content());
        }
        let mut writes = Vec::new();
        if kept {
            writes.push(Write::ChannelEmpty {
                channel: name.to_string(),
                since_ms: u64::try_from(now.as_millis()).ok(),
            });
        }
        writes.extend(self.event(id, EventKind::Leave, content));
        self.write(id, writes);
        self.tidy_channel(id, &name);
        self.out.push(Output::Report(Report::Left {
            code: failure.code(),
        }));
        true
    }

    /// Sends one event to many members, encoded once.
    pub(crate) fn broadcast(
        &mut self,
        to: Arc<[crate::ConnId]>,
        kind: &str,
        content: &impl Serialize,
    ) -> usize {
        self.channel_events += 1;
        let (number, time_s) = (self.channel_events, self.now.as_secs());
        let frame = encode::channel_event(0, number, kind, time_s, content).into();
        let receivers = to.len();
        self.out.push(Output::Broadcast { to, frame });
        receivers
    }

    /// Forgets a channel at once.
    pub(crate) fn forget_channel(&mut self, id: TenantId, name: &str) {
        let tenant = self.tenants.find(id);
        if let Some((name, mut channel)) = tenant.and_then(|it| it.channels.remove_entry(name)) {
            let timer = Timer::Channel(id, name);
            self.timers.set(timer, &mut channel.armed, None);
        }
    }

    /// Forgets a channel that is over, or lets its timer run.
    pub(crate) fn tidy_channel(&mut self, id: TenantId, name: &Arc<str>) {
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        if tenant.channels.get(name).is_some_and(Channel::is_over) {
            self.forget_channel(id, name);
        } else {
            self.arm_channel(id, name);
        }
    }

    pub(crate) fn arm_channel(&mut self, id: TenantId, name: &Arc<str>) {
        let limits = self.limits;
        let tenant = self.tenants.find(id);
        if let Some(channel) = tenant.and_then(|tenant| tenant.channels.get_mut(name)) {
            let at = channel.deadline(&limits);
            let timer = Timer::Channel(id, Arc::clone(name));
            self.timers.set(timer, &mut channel.armed, at);
        }
    }

    /// The timer of a channel fired.
    pub(crate) fn channel_due(&mut self, id: TenantId, name: &Arc<str>) {
        let (now, limits) = (self.now, self.limits);
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        let Some(channel) = tenant.channels.get_mut(name) else {
            return;
        };
        channel.armed = None;
        let over = channel.changing.count == 0 && channel.end(&limits).is_some_and(|at| at <= now);
        if over {
            tenant.channels.remove(name);
            let channel = name.to_string();
            self.write(id, vec![Write::DestroyChannel { channel }]);
            return;
        }
        if channel.count_at.is_some_and(|at| at <= now) {
            channel.count_at = None;
            let (count, to) = (channel.members.len(), channel.members.conns());
            if count != channel.counted {
                channel.counted = count;
                let count = count.to_string();
                self.push_attribute(to, name, "update", Builtin::MemberNum.name(), &count, None);
            }
        }
        self.arm_channel(id, name);
    }
}

/// Who is told that an account left a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Those who stay: the one who left knows.
    Others,
    /// Also the one who left.
    Everyone,
    /// Only the one who left: everybody goes.
    Leaver,
}

impl Channel {
    /// Somebody joined or left.
    fn count_changed(&mut self, now: Duration, notice: bool) {
        let every = match self.builtin(Builtin::AutoUpdateNum) {
            Some(0) | None => None,
            Some(s) => Some(Duration::from_secs(s.into())),
        };
        // Whoever is told no names is told the number.
        let wait = match notice {
            true => every,
            false => Some(every.map_or(COUNT_EVERY, |every| every.min(COUNT_EVERY))),
        };
        if let Some(wait) = wait {
            self.count_within(now, wait);
        }
    }
}
