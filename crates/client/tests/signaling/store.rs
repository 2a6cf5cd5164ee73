//! A store in memory, which forgets nothing but what it is told to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use visavis_signal::{
    AppSettings, AppState, Loaded, Mailbox, Message, Query, StoredChannel, StoredInvitation,
    TokenExpiry, Unavailable, Write, Written,
};
use visavis_wire::Secret;

/// How long the id that a sender gave to a message is remembered.
const DEDUPE: Duration = Duration::from_secs(300);

pub(crate) const APP: &str = "dev-app";
pub(crate) const CERTIFICATE: &str = "dev-certificate";

pub(crate) struct Store {
    pub(crate) settings: AppSettings,
    boxes: HashMap<String, Box_>,
    /// When a sender gave an id to a message to an account.
    given: HashMap<(String, String, String), Duration>,
    attributes: BTreeMap<(String, String), String>,
    channels: BTreeMap<String, StoredChannel>,
    invitations: BTreeMap<(String, String, String), StoredInvitation>,
    /// Nothing works.
    pub(crate) down: bool,
}

#[derive(Default)]
struct Box_ {
    last: u64,
    cleared: u64,
    messages: BTreeMap<u64, Message>,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            settings: AppSettings {
                certificate: Secret::from(CERTIFICATE),
                no_token_allowed: true,
                token_expiry: TokenExpiry::Keep,
                disabled: false,
                blocked: BTreeSet::new(),
                test: false,
                webhook_events: BTreeSet::new(),
            },
            boxes: HashMap::new(),
            given: HashMap::new(),
            attributes: BTreeMap::new(),
            channels: BTreeMap::new(),
            invitations: BTreeMap::new(),
            down: false,
        }
    }

    pub(crate) fn app(&self, app: &str) -> Result<Option<Box<AppState>>, Unavailable> {
        if self.down {
            return Err(Unavailable);
        }
        let state = || {
            Box::new(AppState {
                settings: self.settings.clone(),
                channels: self.channels.values().cloned().collect(),
                invitations: self.invitations.values().cloned().collect(),
            })
        };
        Ok((app == APP).then(state))
    }

    pub(crate) fn load(&mut self, now: Duration, query: &Query) -> Result<Loaded, Unavailable> {
        if self.down {
            return Err(Unavailable);
        }
        let attributes = |account: &str, only: Option<&str>| {
            self.attributes
                .iter()
                .filter(|((owner, name), _)| {
                    owner == account && only.is_none_or(|only| only == name)
                })
                .map(|((_, name), value)| (name.clone(), value.clone()))
                .collect()
        };
        Ok(match query {
            Query::UserAttribute { account, name } => {
                Loaded::Attributes(attributes(account, Some(name)))
            }
            Query::UserAttributes { account } => Loaded::Attributes(attributes(account, None)),
            Query::Mailbox { account } => {
                let now_ms = now.as_millis() as u64;
                let kept = self.boxes.entry(account.clone()).or_default();
                kept.messages
                    .retain(|_, message| message.expires_at_ms > now_ms);
                Loaded::Mailbox(Mailbox {
                    last_version: kept.last,
                    cleared: kept.cleared,
                    messages: kept.messages.clone().into_iter().collect(),
                })
            }
        })
    }

    pub(crate) fn store(
        &mut self,
        now: Duration,
        writes: Vec<Write>,
    ) -> Result<Loaded, Unavailable> {
        if self.down {
            return Err(Unavailable);
        }
        let full = writes.iter().any(|write| match write {
            Write::PutMessage {
                account, queue_max, ..
            } => self
                .boxes
                .get(account)
                .is_some_and(|kept| kept.messages.len() >= *queue_max as usize),
            _ => false,
        });
        let written = writes.into_iter().map(|write| match full {
            true => Written::QueueFull,
            false => self.write(now, write),
        });
        Ok(Loaded::Written(written.collect()))
    }

    fn write(&mut self, now: Duration, write: Write) -> Written {
        match write {
            Write::PutMessage {
                account,
                message,
                dedupe,
                ..
            } => {
                if let Some(id) = dedupe {
                    let key = (message.sender.clone(), account.clone(), id);
                    let given = self.given.insert(key, now);
                    if given.is_some_and(|given| now - given < DEDUPE) {
                        return Written::Duplicate;
                    }
                }
                let kept = self.boxes.entry(account).or_default();
                kept.last += 1;
                kept.messages.insert(kept.last, message);
                return Written::Message { version: kept.last };
            }
            Write::ClearMessages {
                account,
                upto_version,
            } => {
                let kept = self.boxes.entry(account).or_default();
                kept.cleared = kept.cleared.max(upto_version);
                kept.messages = kept.messages.split_off(&(upto_version + 1));
            }
            Write::RemoveMessage { account, version } => {
                let kept = self.boxes.entry(account).or_default();
                kept.messages.remove(&version);
            }
            Write::SetUserAttribute {
                account,
                name,
                value,
            } => {
                self.attributes.insert((account, name), value);
            }
            Write::SetChannelAttribute {
                channel,
                name,
                value,
            } => {
                let kept = self.channel(channel);
                kept.attributes.retain(|(old, _)| *old != name);
                kept.attributes.push((name, value));
            }
            Write::DeleteChannelAttribute { channel, name } => {
                self.channel(channel)
                    .attributes
                    .retain(|(old, _)| *old != name);
            }
            Write::ClearChannelAttributes { channel } => self.channel(channel).attributes.clear(),
            Write::DestroyChannel { channel } => {
                self.channels.remove(&channel);
            }
            Write::ChannelEmpty { channel, since_ms } => {
                self.channel(channel).empty_since_ms = since_ms;
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
            Write::Event { .. } => {}
        }
        Written::Done
    }

    fn channel(&mut self, channel: String) -> &mut StoredChannel {
        self.channels
            .entry(channel.clone())
            .or_insert(StoredChannel {
                channel,
                empty_since_ms: None,
                attributes: Vec::new(),
            })
    }
}
