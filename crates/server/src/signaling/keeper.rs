//! Does for the hub what takes a database: many writes to one commit, many lookups to one query, in their order.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc;
use visavis_signal::{
    AppState, Input, Loaded, Mailbox, Message, Query, StoredChannel, StoredInvitation, Ticket,
    Unavailable, Write, Written,
};
use visavis_store::{
    Noun, SignalWrite, SignalWritten, Store, StoreError, limits::SIGNAL_COMMIT_WRITES_MAX,
};

use super::handle::{Handle, ToHub};
use super::settings::app_settings;
use crate::shared::{log_store, random_id, unix_now_ms};
use crate::webhooks;

/// What is taken from the queue at once.
const BATCH_MAX: usize = 1024;
/// How long lookups wait for others: each query costs two switches of threads, and nobody is in a hurry for its mail.
const GATHER: Duration = Duration::from_millis(1);

/// Something to do for the hub.
#[derive(Debug)]
pub(super) enum Job {
    LoadApp {
        app: String,
    },
    Store {
        ticket: Option<Ticket>,
        app: String,
        writes: Vec<Write>,
    },
    Load {
        ticket: Ticket,
        app: String,
        query: Query,
    },
}

impl Job {
    fn can_wait(&self) -> bool {
        matches!(
            self,
            Self::Load {
                query: Query::Mailbox { .. },
                ..
            }
        )
    }
}

/// Jobs of one app that can be done together.
enum Run {
    Stores(Vec<(Option<Ticket>, Vec<Write>)>),
    Mailboxes(Vec<(Ticket, String)>),
    Attributes(Ticket, String, Option<String>),
}

/// Works until the hub has ended.
pub(super) async fn run(
    store: Store,
    mut jobs: mpsc::UnboundedReceiver<Job>,
    hub: Handle,
    webhooks: webhooks::Handle,
) {
    let keeper = Keeper {
        store,
        hub,
        webhooks,
    };
    let mut batch = Vec::new();
    while jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
        if batch.iter().all(Job::can_wait) {
            tokio::time::sleep(GATHER).await;
            while batch.len() < BATCH_MAX
                && let Ok(job) = jobs.try_recv()
            {
                batch.push(job);
            }
        }
        // Apps know nothing of each other, so only the order within one matters.
        let mut apps: HashMap<String, Vec<Run>> = HashMap::new();
        for job in batch.drain(..) {
            match job {
                Job::LoadApp { app } => keeper.load_app(app).await,
                Job::Store {
                    ticket,
                    app,
                    writes,
                } => push_store(apps.entry(app).or_default(), ticket, writes),
                Job::Load { ticket, app, query } => {
                    push_load(apps.entry(app).or_default(), ticket, query);
                }
            }
        }
        for (app, runs) in apps {
            for run in runs {
                keeper.carry_out(&app, run).await;
            }
        }
    }
}

fn push_store(runs: &mut Vec<Run>, ticket: Option<Ticket>, writes: Vec<Write>) {
    if let Some(Run::Stores(stores)) = runs.last_mut()
        && stores.iter().map(|(_, writes)| writes.len()).sum::<usize>() + writes.len()
            <= SIGNAL_COMMIT_WRITES_MAX
    {
        stores.push((ticket, writes));
    } else {
        runs.push(Run::Stores(vec![(ticket, writes)]));
    }
}

fn push_load(runs: &mut Vec<Run>, ticket: Ticket, query: Query) {
    match (query, runs.last_mut()) {
        (Query::Mailbox { account }, Some(Run::Mailboxes(mailboxes))) => {
            mailboxes.push((ticket, account));
        }
        (Query::Mailbox { account }, _) => runs.push(Run::Mailboxes(vec![(ticket, account)])),
        (Query::UserAttribute { account, name }, _) => {
            runs.push(Run::Attributes(ticket, account, Some(name)));
        }
        (Query::UserAttributes { account }, _) => {
            runs.push(Run::Attributes(ticket, account, None));
        }
    }
}

struct Keeper {
    store: Store,
    hub: Handle,
    webhooks: webhooks::Handle,
}

impl Keeper {
    async fn load_app(&self, app: String) {
        let found = match self.app_state(&app).await {
            Ok(state) => Ok(Some(Box::new(state))),
            Err(StoreError::NotFound {
                noun: Noun::App, ..
            }) => Ok(None),
            Err(error) => {
                log_store(&error);
                Err(Unavailable)
            }
        };
        self.hub.send(ToHub::FromStore(Input::App { app, found }));
    }

    async fn app_state(&self, app: &str) -> Result<AppState, StoreError> {
        let settings = app_settings(&self.store, app).await?;
        let channels = self.store.signal_channels(app).await?;
        let invitations = self.store.signal_invitations(app).await?;
        Ok(AppState {
            settings,
            channels: channels
                .into_iter()
                .map(|channel| StoredChannel {
                    channel: channel.channel,
                    empty_since_ms: channel.empty_since_ms,
                    attributes: channel.attributes,
                })
                .collect(),
            invitations: invitations
                .into_iter()
                .map(|invitation| StoredInvitation {
                    channel: invitation.channel,
                    caller: invitation.caller,
                    callee: invitation.callee,
                    state: invitation.state,
                })
                .collect(),
        })
    }

    async fn carry_out(&self, app: &str, run: Run) {
        match run {
            Run::Stores(stores) => self.commit(app, stores).await,
            Run::Mailboxes(mailboxes) => self.mailboxes(app, mailboxes).await,
            Run::Attributes(ticket, account, name) => {
                let found = match name {
                    None => self.store.signal_user_attributes(app, &account).await,
                    Some(name) => self
                        .store
                        .signal_user_attribute(app, &account, &name)
                        .await
                        .map(|value| value.map(|value| (name, value)).into_iter().collect()),
                };
                self.answer(ticket, found.map(Loaded::Attributes));
            }
        }
    }

    async fn commit(&self, app: &str, stores: Vec<(Option<Ticket>, Vec<Write>)>) {
        let is_event = |write: &Write| matches!(write, Write::Event { .. });
        let events = stores.iter().any(|(_, writes)| writes.iter().any(is_event));
        let (tickets, units): (Vec<_>, Vec<_>) = stores
            .into_iter()
            .map(|(ticket, writes)| (ticket, writes.into_iter().map(write).collect()))
            .unzip();
        match self.store.signal_commit(app, units, unix_now_ms()).await {
            Ok(written) => {
                if events {
                    self.webhooks.ring();
                }
                for (ticket, written) in tickets.into_iter().zip(written) {
                    if let Some(ticket) = ticket {
                        self.answer(ticket, Ok(kept(&written)));
                    }
                }
            }
            Err(error) => {
                log_store(&error);
                for ticket in tickets.into_iter().flatten() {
                    self.refuse(ticket);
                }
            }
        }
    }

    async fn mailboxes(&self, app: &str, wanted: Vec<(Ticket, String)>) {
        let (tickets, accounts): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        match self
            .store
            .signal_mailboxes(app, &accounts, unix_now_ms())
            .await
        {
            Ok(mailboxes) => {
                // One for each account, though an account may be wanted more than once.
                let mailboxes: HashMap<String, Mailbox> = mailboxes
                    .into_iter()
                    .map(|mailbox| (mailbox.account.clone(), found(mailbox)))
                    .collect();
                for (ticket, account) in tickets.into_iter().zip(&accounts) {
                    let mailbox = mailboxes.get(account).cloned().unwrap_or_default();
                    self.answer(ticket, Ok(Loaded::Mailbox(mailbox)));
                }
            }
            Err(error) => {
                log_store(&error);
                for ticket in tickets {
                    self.refuse(ticket);
                }
            }
        }
    }

    fn answer(&self, ticket: Ticket, result: Result<Loaded, StoreError>) {
        let result = result.map_err(|error| {
            log_store(&error);
            Unavailable
        });
        self.hub
            .send(ToHub::FromStore(Input::Stored { ticket, result }));
    }

    fn refuse(&self, ticket: Ticket) {
        let result = Err(Unavailable);
        self.hub
            .send(ToHub::FromStore(Input::Stored { ticket, result }));
    }
}

fn kept(written: &[SignalWritten]) -> Loaded {
    let written = written.iter().map(|written| match *written {
        SignalWritten::Put { version } => Written::Message { version },
        SignalWritten::Duplicate => Written::Duplicate,
        SignalWritten::Done => Written::Done,
        SignalWritten::QueueFull => Written::QueueFull,
        SignalWritten::OverLimit => Written::OverLimit,
    });
    Loaded::Written(written.collect())
}

fn found(mailbox: visavis_store::Mailbox) -> Mailbox {
    let messages = mailbox.messages.into_iter().map(|message| {
        let kept = Message {
            msgid: message.msgid,
            sender: message.sender,
            flag: message.flag,
            kind: message.kind,
            time_s: message.time_s,
            content: message.content,
            expires_at_ms: message.expires_at_ms,
        };
        (message.version, kept)
    });
    Mailbox {
        last_version: mailbox.last_version,
        cleared: mailbox.cleared,
        messages: messages.collect(),
    }
}

fn write(write: Write) -> SignalWrite {
    match write {
        Write::PutMessage {
            account,
            message,
            dedupe,
            queue_max,
        } => SignalWrite::PutMessage {
            account,
            msgid: message.msgid,
            dedupe: dedupe.map(|id| (message.sender.clone(), id)),
            sender: message.sender,
            flag: message.flag,
            kind: message.kind,
            time_s: message.time_s,
            content: message.content,
            expires_at_ms: message.expires_at_ms,
            queue_max,
        },
        Write::ClearMessages {
            account,
            upto_version,
        } => SignalWrite::ClearMessages {
            account,
            upto_version,
        },
        Write::RemoveMessage { account, version } => {
            SignalWrite::RemoveMessage { account, version }
        }
        Write::SetUserAttribute {
            account,
            name,
            value,
        } => SignalWrite::SetUserAttribute {
            account,
            name,
            value,
        },
        Write::SetChannelAttribute {
            channel,
            name,
            value,
        } => SignalWrite::SetChannelAttribute {
            channel,
            name,
            value,
        },
        Write::DeleteChannelAttribute { channel, name } => {
            SignalWrite::DeleteChannelAttribute { channel, name }
        }
        Write::ClearChannelAttributes { channel } => {
            SignalWrite::ClearChannelAttributes { channel }
        }
        Write::DestroyChannel { channel } => SignalWrite::DestroyChannel { channel },
        Write::ChannelEmpty { channel, since_ms } => {
            SignalWrite::ChannelEmpty { channel, since_ms }
        }
        Write::SaveInvitation(invitation) => SignalWrite::SaveInvitation {
            channel: invitation.channel,
            caller: invitation.caller,
            callee: invitation.callee,
            state: invitation.state,
        },
        Write::ForgetInvitation {
            channel,
            caller,
            callee,
        } => SignalWrite::ForgetInvitation {
            channel,
            caller,
            callee,
        },
        Write::Event { kind, at_ms, data } => SignalWrite::Event {
            id: format!("msg_{}", random_id()),
            kind: kind.name().into(),
            body: data.to_string(),
            created_ms: at_ms,
        },
    }
}
