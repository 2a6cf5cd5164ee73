//! What a store keeps, in plain maps: it does at once what the hub asks, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use visavis_signal::{
    AppSettings, AppState, Loaded, Mailbox, Message, Query, StoredChannel, StoredInvitation,
    TokenExpiry, Write, Written,
};

/// How long the store knows the ids that senders gave to their messages.
const DEDUPE_MS: u64 = 300_000;

/// The attributes that one account may have, whatever the hub allows.
const USER_ATTRIBUTES_MAX: usize = 100;

/// Everything that is kept of one app.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) settings: AppSettings,
    pub(crate) boxes: BTreeMap<String, Letters>,
    sent: BTreeMap<(String, String), u64>,
    pub(crate) users: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) channels: BTreeMap<String, BTreeMap<String, String>>,
    empty: BTreeMap<String, u64>,
    pub(crate) invitations: BTreeMap<(String, String, String), StoredInvitation>,
    pub(crate) events: Vec<(String, serde_json::Value)>,
}

/// The mailbox of an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Letters {
    pub(crate) last: u64,
    pub(crate) cleared: u64,
    pub(crate) messages: BTreeMap<u64, Message>,
}

impl Store {
    /// An app without anything, whose certificate is `secret`.
    pub(crate) fn new() -> Self {
        Self {
            settings: AppSettings {
                certificate: "secret".into(),
                no_token_allowed: true,
                token_expiry: TokenExpiry::Keep,
                disabled: false,
                blocked: BTreeSet::new(),
                test: false,
                webhook_events: BTreeSet::new(),
            },
            boxes: BTreeMap::new(),
            sent: BTreeMap::new(),
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            empty: BTreeMap::new(),
            invitations: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    pub(crate) fn app(&self) -> AppState {
        let channels = self
            .channels
            .iter()
            .map(|(name, attributes)| StoredChannel {
                channel: name.clone(),
                empty_since_ms: self.empty.get(name).copied(),
                attributes: attributes.clone().into_iter().collect(),
            });
        AppState {
            settings: self.settings.clone(),
            channels: channels.collect(),
            invitations: self.invitations.values().cloned().collect(),
        }
    }

    pub(crate) fn load(&self, now_ms: u64, query: &Query) -> Loaded {
        let attributes = |account: &str| self.users.get(account).cloned().unwrap_or_default();
        match query {
            Query::Mailbox { account } => {
                let of = self.boxes.get(account).cloned().unwrap_or_default();
                let messages = of.messages.into_iter();
                Loaded::Mailbox(Mailbox {
                    last_version: of.last,
                    cleared: of.cleared,
                    messages: messages
                        .filter(|(_, message)| message.expires_at_ms > now_ms)
                        .collect(),
                })
            }
            Query::UserAttribute { account, name } => {
                let found = attributes(account).into_iter();
                Loaded::Attributes(found.filter(|(other, _)| other == name).collect())
            }
            Query::UserAttributes { account } => {
                Loaded::Attributes(attributes(account).into_iter().collect())
            }
        }
    }

    pub(crate) fn keep(&mut self, now_ms: u64, writes: Vec<Write>) -> Vec<Written> {
        let before = self.clone();
        let count = writes.len();
        let written: Vec<Written> = writes
            .into_iter()
            .map(|write| self.write(now_ms, write))
            .collect();
        for refused in [Written::QueueFull, Written::OverLimit] {
            if written.contains(&refused) {
                *self = before;
                return vec![refused; count];
            }
        }
        written
    }

    fn write(&mut self, now_ms: u64, write: Write) -> Written {
        match write {
            Write::PutMessage {
                account,
                message,
                dedupe,
                queue_max,
            } => {
                if let Some(id) = dedupe {
                    let key = (message.sender.clone(), id);
                    if self
                        .sent
                        .get(&key)
                        .is_some_and(|at| at + DEDUPE_MS > now_ms)
                    {
                        return Written::Duplicate;
                    }
                    self.sent.insert(key, now_ms);
                }
                let of = self.boxes.entry(account).or_default();
                of.messages
                    .retain(|_, message| message.expires_at_ms > now_ms);
                if of.messages.len() >= queue_max as usize {
                    return Written::QueueFull;
                }
                of.last += 1;
                of.messages.insert(of.last, message);
                return Written::Message { version: of.last };
            }
            Write::ClearMessages {
                account,
                upto_version,
            } => {
                let of = self.boxes.entry(account).or_default();
                assert!(upto_version <= of.last, "never beyond what was given");
                of.cleared = of.cleared.max(upto_version);
                of.messages.retain(|version, _| *version > upto_version);
            }
            Write::RemoveMessage { account, version } => {
                let of = self.boxes.entry(account).or_default();
                of.messages.remove(&version);
            }
            Write::SetUserAttribute {
                account,
                name,
                value,
            } => {
                let of = self.users.entry(account).or_default();
                if of.len() >= USER_ATTRIBUTES_MAX && !of.contains_key(&name) {
                    return Written::OverLimit;
                }
                of.insert(name, value);
            }
            Write::SetChannelAttribute {
                channel,
                name,
                value,
            } => {
                self.channels
                    .entry(channel)
                    .or_default()
                    .insert(name, value);
            }
            Write::DeleteChannelAttribute { channel, name } => {
                if let Some(attributes) = self.channels.get_mut(&channel) {
                    attributes.remove(&name);
                }
            }
            Write::ClearChannelAttributes { channel } | Write::DestroyChannel { channel } => {
                self.channels.remove(&channel);
                self.empty.remove(&channel);
            }
            Write::ChannelEmpty { channel, since_ms } => {
                match since_ms {
                    Some(ms) => self.empty.insert(channel, ms),
                    None => self.empty.remove(&channel),
                };
            }
            Write::SaveInvitation(one) => {
                let key = (one.channel.clone(), one.caller.clone(), one.callee.clone());
                self.invitations.insert(key, one);
            }
            Write::ForgetInvitation {
                channel,
                caller,
                callee,
            } => {
                self.invitations.remove(&(channel, caller, callee));
            }
            Write::Event { kind, data, .. } => self.events.push((kind.name().to_owned(), data)),
        }
        Written::Done
    }
}
