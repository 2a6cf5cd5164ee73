use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use visavis_wire::signaling::check_channel;

use crate::channel::Channel;
use crate::conn::ConnKey;
use crate::invitation::Invitations;
use crate::{AppSettings, AppState, Command, ConnId, Limits, Ticket};

/// Commands of operators that wait for one app.
const WAITING_COMMANDS_MAX: usize = 256;

/// An app within this hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TenantId(pub(crate) u32);

/// One app: nothing in it is visible to another.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) app: Arc<str>,
    pub(crate) settings: AppSettings,
    pub(crate) logins: HashMap<Arc<str>, ConnId>,
    pub(crate) channels: HashMap<Arc<str>, Channel>,
    pub(crate) invitations: Invitations,
    pub(crate) lost: Lost,
    /// When its timer fires.
    pub(crate) armed: Option<Duration>,
}

impl Tenant {
    pub(crate) fn new(app: &str, state: AppState, now: Duration, limits: &Limits) -> Self {
        let channels = state.channels.into_iter().filter_map(|stored| {
            check_channel(&stored.channel).ok()?;
            let name: Arc<str> = stored.channel.as_str().into();
            Some((Arc::clone(&name), Channel::restore(name, stored, now)))
        });
        Self {
            app: app.into(),
            settings: state.settings,
            logins: HashMap::new(),
            channels: channels.collect(),
            invitations: Invitations::restore(state.invitations, now, limits),
            lost: Lost::default(),
            armed: None,
        }
    }
}

/// Every app that was asked for.
#[derive(Debug, Default)]
pub(crate) struct Tenants {
    /// In the order of their loading; apps that were deleted leave a hole.
    slots: Vec<Option<Box<Tenant>>>,
    by_app: HashMap<Arc<str>, TenantId>,
    loading: HashMap<Box<str>, Waiters>,
}

/// Who waits for an app.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    pub(crate) conns: Vec<ConnKey>,
    pub(crate) commands: Vec<(Ticket, Command)>,
}

/// Whether an app has to be loaded, or as many wait for it as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    Ask,
    Asked,
    Full,
}

impl Tenants {
    pub(crate) fn of(&self, app: &str) -> Option<TenantId> {
        self.by_app.get(app).copied()
    }

    pub(crate) fn find(&mut self, id: TenantId) -> Option<&mut Tenant> {
        self.slots.get_mut(id.0 as usize)?.as_deref_mut()
    }

    pub(crate) fn add(&mut self, tenant: Tenant) -> TenantId {
        let id = TenantId(self.slots.len() as u32);
        self.by_app.insert(Arc::clone(&tenant.app), id);
        self.slots.push(Some(Box::new(tenant)));
        id
    }

    pub(crate) fn remove(&mut self, id: TenantId) {
        if let Some(tenant) = self.slots.get_mut(id.0 as usize).and_then(Option::take) {
            self.by_app.remove(&tenant.app);
        }
    }

    /// Lets a login wait for an app.
    pub(crate) fn wait(&mut self, app: &str, conn: ConnKey, most: usize) -> Wait {
        self.waiters(app, |waiters| {
            let room = waiters.conns.len() < most;
            if room {
                waiters.conns.push(conn);
            }
            room
        })
    }

    /// Lets a command wait for an app.
    pub(crate) fn wait_command(&mut self, app: &str, ticket: Ticket, command: Command) -> Wait {
        self.waiters(app, |waiters| {
            let room = waiters.commands.len() < WAITING_COMMANDS_MAX;
            if room {
                waiters.commands.push((ticket, command));
            }
            room
        })
    }

    /// Takes those that wait for an app.
    pub(crate) fn waiting(&mut self, app: &str) -> Waiters {
        self.loading.remove(app).unwrap_or_default()
    }

    fn waiters(&mut self, app: &str, add: impl FnOnce(&mut Waiters) -> bool) -> Wait {
        if let Some(waiters) = self.loading.get_mut(app) {
            return match add(waiters) {
                true => Wait::Asked,
                false => Wait::Full,
            };
        }
        let mut waiters = Waiters::default();
        if !add(&mut waiters) {
            return Wait::Full;
        }
        self.loading.insert(app.into(), waiters);
        Wait::Ask
    }
}

/// Accounts whose connection was lost and whose token has expired since, or soon will have.
///
/// Published clients cannot be told that their token expired while they reconnect, so it stays good for a moment.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    tokens: HashMap<Arc<str>, (u64, Duration)>,
    order: VecDeque<(Duration, Arc<str>)>,
}

impl Lost {
    /// Remembers the token of a lost login, which stays good until then.
    pub(crate) fn add(&mut self, account: Arc<str>, expires_s: u64, until: Duration) {
        if Duration::from_secs(expires_s) < until {
            self.order.push_back((until, Arc::clone(&account)));
            self.tokens.insert(account, (expires_s, until));
        }
    }

    /// Whether the token that expires then is still good for an account.
    pub(crate) fn allows(&self, account: &str, expires_s: u64, now: Duration) -> bool {
        let token = self.tokens.get(account);
        token.is_some_and(|(of, until)| *of == expires_s && now <= *until)
    }

    /// Forgets an account.
    pub(crate) fn forget(&mut self, account: &str) {
        self.tokens.remove(account);
    }

    /// Forgets what is over.
    pub(crate) fn sweep(&mut self, now: Duration) {
        while let Some((_, account)) = self.order.pop_front_if(|(until, _)| *until < now) {
            if self
                .tokens
                .get(&account)
                .is_some_and(|(_, until)| *until < now)
            {
                self.tokens.remove(&account);
            }
        }
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        let (until, _) = self.order.front()?;
        Some(*until + Duration::from_millis(1))
    }
}
