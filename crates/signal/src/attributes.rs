use std::sync::Arc;

use serde_json::{Map, Value, json};
use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_wire::signaling::limits::ATTRIBUTE_BYTES_MAX;
use visavis_wire::signaling::{Op, check_attribute_name, check_channel};

use crate::answer::{Asker, Caller};
use crate::builtin::Builtin;
use crate::channel::{Attribute, Channel};
use crate::hub::Hub;
use crate::pending::Pending;
use crate::tenant::{Tenant, TenantId};
use crate::{Answer, ConnId, Write};

/// Who changes what an operator changes.
const SYSTEM: &str = "system";

/// A change of the attributes of a channel that is on its way to the store.
#[derive(Debug)]
pub(crate) struct Change {
    tenant: TenantId,
    channel: Arc<str>,
    cid: u64,
    account: Arc<str>,
    uid: u32,
    revision: u64,
    edit: Edit,
}

/// What is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    Set {
        name: String,
        value: String,
        if_rev: Option<u64>,
    },
    Delete {
        name: String,
    },
    Clear,
}

impl Hub {
    /// A member changes attributes.
    pub(crate) fn change_attribute(&mut self, caller: Caller, id: TenantId, op: Op) {
        let (channel, edit) = match op {
            Op::SetChannelAttribute {
                channel,
                name,
                value,
                if_rev,
            } => (
                channel,
                Edit::Set {
                    name,
                    value,
                    if_rev,
                },
            ),
            Op::DeleteChannelAttribute { channel, name } => (channel, Edit::Delete { name }),
            Op::ClearChannelAttributes { channel } => (channel, Edit::Clear),
            _ => return,
        };
        if let Err(cause) = check_channel(&channel) {
            return self.refuse_param(&caller, cause, "channel");
        }
        let (Some(tenant), Some(session)) =
            (self.tenants.find(id), self.conns.session(caller.key.conn))
        else {
            return;
        };
        let (account, uid) = (Arc::clone(&session.account), session.uid);
        let inside = tenant.channels.get_key_value(&*channel);
        let Some((name, _)) =
            inside.filter(|(_, channel)| channel.members.find(&account).is_some())
        else {
            return self.refuse_for(&caller, Cause::NotInChannel);
        };
        let name = Arc::clone(name);
        self.edit(Asker::Call(caller), id, &name, (account, uid), edit);
    }

    /// An operator changes attributes, also of a channel without members.
    pub(crate) fn edit_as_system(&mut self, asker: Asker, id: TenantId, name: &str, edit: Edit) {
        if let Err(cause) = check_channel(name) {
            return self.answer(
                asker,
                Err(Failure::about(cause, Family::General, "channel")),
            );
        }
        let (now, most) = (self.now, self.limits.channels_per_app_max);
        let cid = self.channels_made + 1;
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        if !tenant.channels.contains_key(name) {
            match edit {
                Edit::Set { .. } if tenant.channels.len() >= most => {
                    return self.fail(asker, Cause::TooManyChannels);
                }
                Edit::Set { .. } => {
                    let name: Arc<str> = name.into();
                    let channel = Channel::new(Arc::clone(&name), cid, now);
                    tenant.channels.insert(name, channel);
                    self.channels_made = cid;
                }
                Edit::Delete { .. } | Edit::Clear => {
                    return self.answer(asker, Ok(Answer::NotFound));
                }
            }
        }
        self.edit(asker, id, &Arc::from(name), (Arc::from(SYSTEM), 0), edit);
        self.tidy_channel(id, &Arc::from(name));
    }

    fn edit(
        &mut self,
        asker: Asker,
        id: TenantId,
        name: &Arc<str>,
        (account, uid): (Arc<str>, u32),
        edit: Edit,
    ) {
        let (now, limits) = (self.now, self.limits);
        let Some(channel) = self.tenants.channel(id, name) else {
            return;
        };
        if let Err((cause, param)) = edit.check() {
            return self.answer(asker, Err(Failure::about(cause, Family::General, param)));
        }
        if let Err(cause) = channel.check(&edit, limits.attributes_per_channel_max) {
            return self.fail(asker, cause);
        }
        if !channel.change_allowed(now, &edit, limits.attribute_changes_per_s) {
            return self.fail(asker, Cause::RateLimited);
        }
        let (revision, cid) = (channel.begin(now, &edit), channel.cid);
        let empty_since_ms = channel.empty_since.map(|at| at.as_millis() as u64);
        let channel = name.to_string();
        let mut writes = vec![match edit.clone() {
            Edit::Set { name, value, .. } => Write::SetChannelAttribute {
                channel: channel.clone(),
                name,
                value,
            },
            Edit::Delete { name } => Write::DeleteChannelAttribute {
                channel: channel.clone(),
                name,
            },
            Edit::Clear => Write::ClearChannelAttributes {
                channel: channel.clone(),
            },
        }];
        if empty_since_ms.is_some() {
            writes.push(Write::ChannelEmpty {
                channel,
                since_ms: empty_since_ms,
            });
        }
        let change = Box::new(Change {
            tenant: id,
            channel: Arc::clone(name),
            cid,
            account,
            uid,
            revision,
            edit,
        });
        let pending = Pending::ChannelAttribute { asker, change };
        if let Err(pending) = self.store(id, writes, pending) {
            self.unavailable(pending);
        }
    }

    /// A change was kept: the answer, then everyone in the channel, who asked too.
    pub(crate) fn attribute_stored(&mut self, asker: Asker, change: &Change) {
        match &asker {
            Asker::Call(caller) if self.is_ours(caller) => {
                let revision = ("rev".to_owned(), change.revision.into());
                self.reply(caller, Map::from_iter([revision]));
            }
            Asker::Call(_) | Asker::Operator(_) => self.answer(asker, Ok(Answer::Done)),
        }
        let now = self.now;
        let Some(channel) = self.tenants.channel(change.tenant, &change.channel) else {
            return;
        };
        if !channel.finish(change) {
            return;
        }
        channel.apply(&change.edit, change.revision);
        if let Some(s) = channel.builtin(Builtin::AutoUpdateNum).filter(|s| *s > 0) {
            channel.count_within(now, std::time::Duration::from_secs(s.into()));
        }
        let to = channel.members.conns();
        let by = Some((&*change.account, change.uid, change.revision));
        let (kind, name, value) = match &change.edit {
            Edit::Set { name, value, .. } => ("update", &**name, &**value),
            Edit::Delete { name } => ("del", &**name, ""),
            Edit::Clear => ("clear", "", ""),
        };
        self.push_attribute(to, &change.channel, kind, name, value, by);
        self.tidy_channel(change.tenant, &change.channel);
    }

    /// A change could not be kept.
    pub(crate) fn attribute_failed(&mut self, change: &Change) {
        if let Some(channel) = self.tenants.channel(change.tenant, &change.channel) {
            channel.finish(change);
            self.tidy_channel(change.tenant, &change.channel);
        }
    }

    /// Tells members about an attribute.
    pub(crate) fn push_attribute(
        &mut self,
        to: Arc<[ConnId]>,
        channel: &str,
        kind: &str,
        name: &str,
        value: &str,
        by: Option<(&str, u32, u64)>,
    ) {
        if to.is_empty() {
            return;
        }
        let (account, uid, revision) = by.unwrap_or((SYSTEM, 0, 0));
        let mut content = json!({
            "channel": channel,
            "account": account,
            "uid": uid,
            "type": kind,
            "name": name,
            "value": value,
        });
        if revision > 0 {
            content["rev"] = revision.into();
        }
        self.broadcast(to, "channel_attr_update", &content);
    }

    /// What an operator sees of the attributes of a channel.
    pub(crate) fn attributes_of(&mut self, id: TenantId, name: &str) -> Answer {
        match self.tenants.channel(id, name) {
            Some(channel) => {
                let attributes = channel.attributes.iter();
                Answer::Attributes(
                    attributes
                        .map(|(name, one)| (name.to_string(), one.value.to_string()))
                        .collect(),
                )
            }
            None => Answer::NotFound,
        }
    }
}

impl Edit {
    fn check(&self) -> Result<(), (Cause, &'static str)> {
        match self {
            Self::Set { name, value, .. } => {
                check_attribute_name(name).map_err(|cause| (cause, "name"))?;
                let builtin = Builtin::check_name(name).map_err(|cause| (cause, "name"))?;
                if value.len() > ATTRIBUTE_BYTES_MAX {
                    return Err((Cause::ParamTooLarge, "value"));
                }
                builtin.map_or(Ok(()), |builtin| {
                    builtin.check_value(value).map_err(|cause| (cause, "value"))
                })
            }
            Self::Delete { name } => {
                check_attribute_name(name).map_err(|cause| (cause, "name"))?;
                Builtin::check_name(name).map_or_else(|cause| Err((cause, "name")), |_| Ok(()))
            }
            Self::Clear => Ok(()),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Set { name, .. } | Self::Delete { name } => name,
            Self::Clear => "",
        }
    }
}

impl Channel {
    fn check(&self, edit: &Edit, most: usize) -> Result<(), Cause> {
        let Edit::Set { name, if_rev, .. } = edit else {
            return Ok(());
        };
        let revision = self.revision(name);
        if if_rev.is_some_and(|known| known != revision) {
            return Err(Cause::RevisionChanged);
        }
        let coming = self.changing.names.iter();
        let coming =
            coming.filter(|(name, (_, sets))| *sets && !self.attributes.contains_key(*name));
        match revision == 0 && self.attributes.len() + coming.count() >= most {
            true => Err(Cause::TooManyAttributes),
            false => Ok(()),
        }
    }

    fn change_allowed(&mut self, now: std::time::Duration, edit: &Edit, usual: u32) -> bool {
        let name = edit.name();
        // What is built in can always be changed at the usual rate, the limit of changes too.
        let own = self.builtin(Builtin::ChangeLimit);
        let per_s = own.filter(|_| !name.starts_with('_')).unwrap_or(usual);
        if !self.changes.contains_key(name) {
            self.changes.retain(|_, rate| !rate.is_idle(now));
        }
        self.changes
            .entry(name.into())
            .or_default()
            .allows(now, per_s)
    }

    fn begin(&mut self, now: std::time::Duration, edit: &Edit) -> u64 {
        let revision = self.revise(now);
        let sets = matches!(edit, Edit::Set { .. });
        self.changing.count += 1;
        match edit {
            Edit::Set { name, .. } | Edit::Delete { name } => {
                let name = name.as_str().into();
                self.changing.names.insert(name, (revision, sets));
            }
            Edit::Clear => {
                let names = self.attributes.keys().chain(self.changing.names.keys());
                let names: Vec<Box<str>> = names.cloned().collect();
                let cleared = names.into_iter().map(|name| (name, (revision, false)));
                self.changing.names.extend(cleared);
            }
        }
        revision
    }

    /// Forgets that a change was on its way; false when the channel is another one than then.
    fn finish(&mut self, change: &Change) -> bool {
        if self.cid != change.cid {
            return false;
        }
        self.changing.count -= 1;
        let revision = change.revision;
        self.changing.names.retain(|_, (of, _)| *of != revision);
        true
    }

    fn apply(&mut self, edit: &Edit, revision: u64) {
        match edit {
            Edit::Set { name, value, .. } => {
                let value = value.as_str().into();
                let attribute = Attribute { value, revision };
                self.attributes.insert(name.as_str().into(), attribute);
            }
            Edit::Delete { name } => {
                self.attributes.remove(name.as_str());
            }
            Edit::Clear => self.attributes.clear(),
        }
    }
}

impl Tenant {
    fn channel(&mut self, name: &str) -> Option<&mut Channel> {
        self.channels.get_mut(name)
    }
}

impl crate::tenant::Tenants {
    /// A channel of an app.
    pub(crate) fn channel(&mut self, id: TenantId, name: &str) -> Option<&mut Channel> {
        self.find(id)?.channel(name)
    }
}

/// The attributes of a user as JSON.
pub(crate) fn as_json(attributes: Vec<(String, String)>) -> Value {
    let values = attributes.into_iter();
    let values: Map<String, Value> = values.map(|(name, value)| (name, value.into())).collect();
    values.into()
}
