use std::collections::HashMap;
use std::time::Duration;

use visavis_codes::signaling::{Cause, Failure, Family};

use crate::conn::{ConnKey, Conns, State};
use crate::ident::Ident;
use crate::pending::Pending;
use crate::tenant::{TenantId, Tenants};
use crate::timers::{Timer, Timers};
use crate::{AppSettings, ConnId, Input, Limits, Loss, Output, Ticket};

/// Every login, channel, message and invitation of one server.
///
/// ```
/// use std::time::Duration;
/// use visavis_signal::{ConnId, Hub, Input, Limits, Output};
/// use visavis_wire::signaling::ClientFrame;
///
/// let (mut hub, now, conn) = (Hub::new(Limits::default(), [7; 32]), Duration::ZERO, ConnId(0));
/// let mut outputs = vec![];
/// hub.handle(now, Input::Opened { conn }, &mut outputs);
/// let frame = ClientFrame::parse(r#"["ping",1]"#);
/// hub.handle(now, Input::Frame { conn, frame }, &mut outputs);
/// assert_eq!(outputs, [Output::Send { to: conn, frame: "[\"pong\",1]".into() }]);
/// assert_eq!(hub.deadline(), Some(Duration::from_secs(30)));
/// ```
#[derive(Debug)]
pub struct Hub {
    pub(crate) limits: Limits,
    pub(crate) now: Duration,
    pub(crate) out: Vec<Output>,
    pub(crate) conns: Conns,
    pub(crate) tenants: Tenants,
    pub(crate) timers: Timers,
    pub(crate) ident: Ident,
    pub(crate) pending: HashMap<Ticket, Pending>,
    pub(crate) tickets: u64,
    /// Logins of all apps.
    pub(crate) logins: usize,
    /// The number of the last event in any channel.
    pub(crate) channel_events: u64,
    pub(crate) channels_made: u64,
}

impl Hub {
    /// A hub without connections. The seed makes lines that nobody can guess, and must be another one at every start.
    #[must_use]
    pub fn new(limits: Limits, seed: [u8; 32]) -> Self {
        Self {
            limits,
            now: Duration::ZERO,
            out: Vec::new(),
            conns: Conns::default(),
            tenants: Tenants::default(),
            timers: Timers::default(),
            ident: Ident::new(seed),
            pending: HashMap::new(),
            tickets: 0,
            logins: 0,
            channel_events: 0,
            channels_made: 0,
        }
    }

    /// Takes one input in and appends everything that follows from it.
    pub fn handle(&mut self, now: Duration, input: Input, out: &mut Vec<Output>) {
        self.now = self.now.max(now);
        std::mem::swap(&mut self.out, out);
        // What ran out by now does so before anything new happens.
        self.expire();
        self.take(input);
        self.expire();
        std::mem::swap(&mut self.out, out);
    }

    /// When the hub wants [`Input::Tick`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.timers.next()
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Opened { conn } => self.open(conn),
            Input::Frame { conn, frame } => self.frame(conn, frame),
            Input::Lost { conn, loss } => self.lose(conn, loss),
            Input::App { app, found } => self.app(&app, found),
            Input::Settings { app, settings } => self.change_settings(&app, settings),
            Input::Stored { ticket, result } => self.stored(ticket, result),
            Input::Operator {
                ticket,
                app,
                command,
            } => self.command(ticket, &app, command),
            Input::Tick => {}
            Input::Shutdown => self.shut_down(),
        }
    }

    fn expire(&mut self) {
        while let Some(timer) = self.timers.due(self.now) {
            match timer {
                Timer::Conn(conn) => self.conn_due(conn),
                Timer::Channel(tenant, channel) => self.channel_due(tenant, &channel),
                Timer::Tenant(tenant) => self.tenant_due(tenant),
            }
        }
    }

    fn open(&mut self, conn: ConnId) {
        let until = self.now + self.limits.login_timeout;
        if self.conns.open(conn, self.now, until) {
            self.arm_conn(conn);
        } else {
            let failure = Failure::new(Cause::ServerFull, Family::Login);
            self.close(conn, &failure);
        }
    }

    fn lose(&mut self, conn: ConnId, loss: Loss) {
        let cause = match loss {
            Loss::Closed | Loss::Malformed => Cause::Disconnected,
            Loss::SlowReader => Cause::SlowReader,
        };
        self.drop_conn(conn, cause);
    }

    fn change_settings(&mut self, app: &str, settings: Option<Box<AppSettings>>) {
        let Some(id) = self.tenants.of(app) else {
            return;
        };
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        let conns: Vec<ConnId> = tenant.logins.values().copied().collect();
        match settings {
            Some(settings) => {
                tenant.settings = *settings;
                // Whether tokens end logins may have changed.
                conns.into_iter().for_each(|conn| self.arm_conn(conn));
            }
            None => self.forget_tenant(id, &conns),
        }
    }

    fn forget_tenant(&mut self, id: TenantId, conns: &[ConnId]) {
        for conn in conns {
            self.end_with_word(
                *conn,
                &Failure::new(Cause::KickedByOperator, Family::Logout),
            );
        }
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        self.timers.set(Timer::Tenant(id), &mut tenant.armed, None);
        for channel in tenant.channels.values_mut() {
            let timer = Timer::Channel(id, channel.name.clone());
            self.timers.set(timer, &mut channel.armed, None);
        }
        self.tenants.remove(id);
    }

    fn shut_down(&mut self) {
        let mut sessions = Vec::new();
        for conn in self.conns.ids() {
            if let Some(session) = self.remove_conn(conn) {
                if let Some(tenant) = self.tenants.find(session.tenant) {
                    tenant.channels.clear();
                }
                sessions.push((conn, session));
            }
            self.out.push(Output::Close {
                conn,
                status: 1012,
                reason: String::from("service restart"),
            });
        }
        let failure = Failure::new(Cause::Disconnected, Family::Logout);
        for (conn, session) in sessions {
            self.bury(conn, *session, &failure);
        }
    }

    /// Sends one frame.
    pub(crate) fn send(&mut self, to: ConnId, frame: String) {
        self.out.push(Output::Send {
            to,
            frame: frame.into(),
        });
    }

    /// Closes a connection with the code of a failure.
    pub(crate) fn close(&mut self, conn: ConnId, failure: &Failure) {
        self.out.push(Output::Close {
            conn,
            status: 4000 + failure.code().number().min(999),
            reason: failure.reason().to_owned(),
        });
    }

    /// The connection, if it is still the same.
    pub(crate) fn is_open(&mut self, key: ConnKey) -> bool {
        let conn = self.conns.find(key.conn);
        conn.is_some_and(|conn| conn.serial == key.serial)
    }

    /// Moves the timer of a connection to where it belongs, if it stands later.
    pub(crate) fn arm_conn(&mut self, id: ConnId) {
        let Some(conn) = self.conns.find(id) else {
            return;
        };
        let at = match &conn.state {
            State::Greeting { until } | State::Waiting { until, .. } => *until,
            State::LoggedIn(session) => {
                let tenant = self.tenants.find(session.tenant);
                let kicks = tenant.is_some_and(|tenant| tenant.token_kicks());
                let silent = conn.last_seen + self.limits.silence_max;
                let deadline = session.deadline(kicks);
                deadline.map_or(silent, |deadline| deadline.min(silent))
            }
        };
        self.timers.set(Timer::Conn(id), &mut conn.armed, Some(at));
    }
}
