use std::sync::Arc;

use visavis_codes::signaling::{Cause, Failure, Family};

use crate::answer::{Asker, Caller};
use crate::attributes::Change;
use crate::conn::ConnKey;
use crate::hub::Hub;
use crate::mailbox::Waiting;
use crate::peer::INSTANT;
use crate::tenant::TenantId;
use crate::{Answer, Loaded, Message, Output, Query, Report, Ticket, Unavailable, Write, Written};

/// Answers of the store that the hub waits for; each login is bounded by its rates, and all of them by this.
const PENDING_MAX: usize = 100_000;

/// What an answer of the store is for.
#[derive(Debug)]
pub(crate) enum Pending {
    /// The mailbox of a login.
    Mailbox { key: ConnKey },
    /// Messages to accounts; the asker is answered, then they are delivered.
    Messages {
        asker: Option<Asker>,
        tenant: TenantId,
        deliveries: Vec<Delivery>,
    },
    /// A change of the attributes of a channel.
    ChannelAttribute { asker: Asker, change: Box<Change> },
    /// The attributes that a user has before one is set.
    UserAttributesBefore {
        asker: Asker,
        tenant: TenantId,
        account: Arc<str>,
        name: String,
        value: String,
    },
    /// An attribute of a user was set.
    UserAttributeSet { asker: Asker },
    /// One attribute of a user is wanted.
    UserAttribute {
        caller: Caller,
        account: String,
        name: String,
    },
    /// All attributes of a user are wanted.
    UserAttributes { asker: Asker, account: String },
}

/// A message on its way into a mailbox.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// Which of the writes it is.
    pub(crate) write: usize,
    pub(crate) account: Arc<str>,
    pub(crate) message: Message,
}

impl Hub {
    /// Asks the store to keep something and waits for its answer.
    ///
    /// # Errors
    /// Gives back what would have waited when too much does.
    pub(crate) fn store(
        &mut self,
        tenant: TenantId,
        writes: Vec<Write>,
        pending: Pending,
    ) -> Result<(), Pending> {
        let ticket = self.ticket(pending)?;
        self.keep(tenant, Some(ticket), writes);
        Ok(())
    }

    /// Asks the store to keep something, without an answer.
    pub(crate) fn write(&mut self, tenant: TenantId, writes: Vec<Write>) {
        if !writes.is_empty() {
            self.keep(tenant, None, writes);
        }
    }

    /// Asks the store for something.
    ///
    /// # Errors
    /// Gives back what would have waited when too much does.
    pub(crate) fn load(
        &mut self,
        tenant: TenantId,
        query: Query,
        pending: Pending,
    ) -> Result<(), Pending> {
        let ticket = self.ticket(pending)?;
        if let Some(tenant) = self.tenants.find(tenant) {
            self.out.push(Output::Load {
                ticket,
                app: tenant.app.to_string(),
                query,
            });
        }
        Ok(())
    }

    /// Answers everyone who asked for what the store cannot do.
    pub(crate) fn unavailable(&mut self, pending: Pending) {
        match pending {
            Pending::Mailbox { key } => self.mailbox_loaded(key, None),
            Pending::Messages { asker, .. } => {
                if let Some(asker) = asker {
                    self.fail(asker, Cause::ServerError);
                }
            }
            Pending::ChannelAttribute { asker, change } => {
                self.attribute_failed(&change);
                self.fail(asker, Cause::ServerError);
            }
            Pending::UserAttributesBefore { asker, .. }
            | Pending::UserAttributeSet { asker }
            | Pending::UserAttributes { asker, .. } => self.fail(asker, Cause::ServerError),
            Pending::UserAttribute { caller, .. } => {
                let failure = Failure::new(Cause::ServerError, Family::General);
                self.refuse(&caller, failure);
            }
        }
    }

    pub(crate) fn stored(&mut self, ticket: Ticket, result: Result<Loaded, Unavailable>) {
        let Some(pending) = self.pending.remove(&ticket) else {
            return;
        };
        match (pending, result) {
            (Pending::Mailbox { key }, Ok(Loaded::Mailbox(mailbox))) => {
                self.mailbox_loaded(key, Some(&mailbox));
            }
            (
                Pending::Messages {
                    asker,
                    tenant,
                    deliveries,
                },
                Ok(Loaded::Written(written)),
            ) => self.messages_stored(asker, tenant, deliveries, &written),
            (Pending::ChannelAttribute { asker, change }, Ok(Loaded::Written(written))) => {
                match written.contains(&Written::OverLimit) {
                    true => {
                        self.attribute_failed(&change);
                        self.fail(asker, Cause::TooManyAttributes);
                    }
                    false => self.attribute_stored(asker, &change),
                }
            }
            (
                Pending::UserAttributesBefore {
                    asker,
                    tenant,
                    account,
                    name,
                    value,
                },
                Ok(Loaded::Attributes(before)),
            ) => self.keep_user_attribute(asker, tenant, &account, name, value, &before),
            (Pending::UserAttributeSet { asker }, Ok(Loaded::Written(written))) => {
                match written.contains(&Written::OverLimit) {
                    // Another one was set between the look and this.
                    true => self.fail(asker, Cause::TooManyAttributes),
                    false => self.answer(asker, Ok(Answer::Done)),
                }
            }
            (
                Pending::UserAttribute {
                    caller,
                    account,
                    name,
                },
                Ok(Loaded::Attributes(found)),
            ) => self.tell_user_attribute(&caller, &account, &name, &found),
            (Pending::UserAttributes { asker, account }, Ok(Loaded::Attributes(found))) => {
                self.tell_user_attributes(asker, &account, found);
            }
            (pending, _) => self.unavailable(pending),
        }
    }

    fn messages_stored(
        &mut self,
        asker: Option<Asker>,
        tenant: TenantId,
        deliveries: Vec<Delivery>,
        written: &[Written],
    ) {
        let refused = written.iter().find_map(|written| match written {
            Written::QueueFull => Some(Cause::QueueFull),
            Written::OverLimit => Some(Cause::MessageTooLarge),
            Written::Message { .. } | Written::Duplicate | Written::Done => None,
        });
        if let Some(cause) = refused {
            if let Some(asker) = asker {
                self.fail(asker, cause);
            }
            return;
        }
        if let Some(asker) = asker {
            self.answer(asker, Ok(Answer::Done));
        }
        for delivery in deliveries {
            match written.get(delivery.write) {
                Some(Written::Message { version }) => {
                    if delivery.message.kind == INSTANT {
                        self.out.push(Output::Report(Report::PeerMessage));
                    }
                    let waiting = Waiting::new(*version, &delivery.account, &delivery.message);
                    self.deliver(tenant, &delivery.account, waiting);
                }
                Some(
                    Written::Duplicate | Written::QueueFull | Written::OverLimit | Written::Done,
                )
                | None => {}
            }
        }
    }

    fn ticket(&mut self, pending: Pending) -> Result<Ticket, Pending> {
        if self.pending.len() >= PENDING_MAX {
            return Err(pending);
        }
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.pending.insert(ticket, pending);
        Ok(ticket)
    }

    fn keep(&mut self, tenant: TenantId, ticket: Option<Ticket>, writes: Vec<Write>) {
        if let Some(tenant) = self.tenants.find(tenant) {
            self.out.push(Output::Store {
                ticket,
                app: tenant.app.to_string(),
                writes,
            });
        }
    }
}
