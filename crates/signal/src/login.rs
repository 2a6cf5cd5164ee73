use std::sync::Arc;

use serde_json::{Map, json};
use visavis_codes::signaling::{Act, Cause, Failure, Family, Fault, Place};
use visavis_wire::signaling::{Login, encode, token};
use visavis_wire::{Secret, hex};

use crate::answer::Caller;
use crate::conn::{ConnKey, State};
use crate::hub::Hub;
use crate::ident::uid;
use crate::invitation::Event;
use crate::session::{Doom, Session};
use crate::tenant::{Tenant, TenantId, Wait};
use crate::{AppState, Delivery, EventKind, Output, Report, TokenExpiry, Unavailable};

/// What a client of ours can ask for; its login names what was granted.
const MULTI_CHANNEL: &str = "multi_channel";

impl Tenant {
    pub(crate) fn token_kicks(&self) -> bool {
        match self.settings.token_expiry {
            TokenExpiry::Kick => true,
            TokenExpiry::Keep => false,
        }
    }
}

impl Hub {
    pub(crate) fn login(&mut self, key: ConnKey, login: Box<Login>) {
        if !self.is_greeting(key) {
            let failure = Failure::new(Cause::AlreadyLogin, Family::Login);
            self.send(key.conn, encode::login_failed(&failure));
            return;
        }
        if login.vid.is_empty() {
            self.refuse_login(key, &login, Failure::new(Cause::AppUnknown, Family::Login));
            return;
        }
        if let Some(tenant) = self.tenants.of(&login.vid) {
            self.check_login(key, tenant, &login);
            return;
        }
        match self.tenants.wait(&login.vid, key, self.limits.logins_max) {
            Wait::Full => {
                let failure = Failure::new(Cause::ServerFull, Family::Login);
                self.refuse_login(key, &login, failure);
                return;
            }
            Wait::Ask => self.out.push(Output::LoadApp {
                app: login.vid.clone(),
            }),
            Wait::Asked => {}
        }
        if let Some(conn) = self.conns.find(key.conn)
            && let State::Greeting { until } = conn.state
        {
            conn.state = State::Waiting { until, login };
        }
    }

    /// The answer to [`Output::LoadApp`], or news of an app.
    pub(crate) fn app(&mut self, app: &str, found: Result<Option<Box<AppState>>, Unavailable>) {
        let cause = match (self.tenants.of(app), found) {
            (Some(id), Ok(Some(state))) => {
                if let Some(tenant) = self.tenants.find(id) {
                    tenant.settings = state.settings;
                }
                None
            }
            (None, Ok(Some(state))) => {
                let tenant = Tenant::new(app, *state, self.now, &self.limits);
                self.add_tenant(tenant);
                None
            }
            (_, Ok(None)) => Some(Cause::AppUnknown),
            (_, Err(Unavailable)) => Some(Cause::ServerError),
        };
        let waiters = self.tenants.waiting(app);
        for key in waiters.conns {
            self.resume_login(key, cause);
        }
        for (ticket, command) in waiters.commands {
            match cause {
                Some(cause) => {
                    let answer = Err(Failure::new(cause, Family::General));
                    self.out.push(Output::Answer { ticket, answer });
                }
                None => self.command(ticket, app, command),
            }
        }
    }

    fn resume_login(&mut self, key: ConnKey, cause: Option<Cause>) {
        if !self.is_open(key) {
            return;
        }
        let Some(conn) = self.conns.find(key.conn) else {
            return;
        };
        let State::Waiting { until, .. } = conn.state else {
            return;
        };
        let waiting = std::mem::replace(&mut conn.state, State::Greeting { until });
        let State::Waiting { login, .. } = waiting else {
            return;
        };
        match (cause, self.tenants.of(&login.vid)) {
            (None, Some(tenant)) => self.check_login(key, tenant, &login),
            (cause, _) => {
                let failure = Failure::new(cause.unwrap_or(Cause::AppUnknown), Family::Login);
                self.refuse_login(key, &login, failure);
            }
        }
    }

    fn check_login(&mut self, key: ConnKey, tenant: TenantId, login: &Login) {
        let fault = match self.login_fault(tenant, login) {
            Ok(fault) => fault,
            Err(failure) => return self.refuse_login(key, login, failure),
        };
        let doom = match fault.and_then(|fault| Some((fault.act(Place::Login)?, fault))) {
            Some((Act::Fail(cause), _)) => {
                let failure = Fault::failure(cause, Family::Login);
                return self.refuse_login(key, login, failure);
            }
            Some((Act::Silence, _)) => return,
            Some((Act::Cut, _)) => return self.cut(key.conn),
            Some((Act::End(cause), fault)) => Some((self.now + fault.delay(), Doom::End(cause))),
            Some((Act::Remove(_) | Act::Invitation(_) | Act::Garble | Act::Nothing, _)) | None => {
                None
            }
        };
        match self.admit(tenant, login) {
            Ok((account, expires_s)) => {
                self.accept(key, tenant, login, &account, expires_s);
                if let (Some((at, doom)), Some(session)) = (doom, self.conns.session(key.conn)) {
                    session.doom(at, doom);
                    self.arm_conn(key.conn);
                }
            }
            Err(cause) => {
                let failure = Failure::new(cause, Family::Login);
                self.refuse_login(key, login, failure);
            }
        }
    }

    fn login_fault(&mut self, id: TenantId, login: &Login) -> Result<Option<Fault>, Failure> {
        let tenant = self.tenants.find(id);
        let Some(tenant) = tenant.filter(|tenant| tenant.settings.test) else {
            return Ok(None);
        };
        if tenant.settings.disabled {
            return Ok(None);
        }
        let fault = login.account.as_deref().ok().and_then(Fault::parse);
        fault.transpose().map_err(|problem| {
            Failure::about(Cause::WrongParam, Family::Login, problem).on_purpose()
        })
    }

    /// Every check of a login in its order; gives the account and the end of its token.
    fn admit(&mut self, id: TenantId, login: &Login) -> Result<(Arc<str>, Option<u64>), Cause> {
        let tenant = self.tenants.find(id).ok_or(Cause::AppUnknown)?;
        if tenant.settings.disabled {
            return Err(Cause::AppDisabled);
        }
        let account = login.account.as_deref().map_err(|cause| *cause)?;
        if tenant.settings.blocked.contains(account) {
            return Err(Cause::AccountBlocked);
        }
        let live = tenant.logins.get(account).copied();
        if live.is_none() && self.logins >= self.limits.logins_max {
            return Err(Cause::ServerFull);
        }
        let now_s = self.now.as_secs();
        let expires_s = match login.token.as_ref().map(Secret::expose) {
            None => return Err(Cause::TokenRequired),
            Some(token::NOT_NEEDED) if tenant.settings.no_token_allowed => None,
            Some(text) => {
                let settings = &tenant.settings;
                let checked =
                    token::check(text, &tenant.app, &settings.certificate, account, now_s);
                match (checked, expiry_of(text)) {
                    (Ok(expires_s), _) => Some(expires_s),
                    (Err(Cause::TokenExpired), Some(expires_s))
                        if !tenant.token_kicks()
                            && tenant.lost.allows(account, expires_s, self.now) =>
                    {
                        Some(expires_s)
                    }
                    (Err(cause), _) => return Err(cause),
                }
            }
        };
        if let Some(session) = live.and_then(|conn| self.conns.session(conn))
            && session.took_over
            && expires_s.is_some_and(|new| session.expires_s.is_some_and(|held| new < held))
        {
            return Err(Cause::HeldByRenewedToken);
        }
        Ok((account.into(), expires_s))
    }

    fn accept(
        &mut self,
        key: ConnKey,
        id: TenantId,
        login: &Login,
        account: &Arc<str>,
        expires_s: Option<u64>,
    ) {
        let Some(tenant) = self.tenants.find(id) else {
            return;
        };
        let (app, live) = (Arc::clone(&tenant.app), tenant.logins.get(account).copied());
        if let Some(old) = live {
            let failure = Failure::new(Cause::Superseded, Family::Logout);
            self.end_with_word(old, &failure);
        }
        let line = self.ident.line();
        let mut session = Session::new(id, Arc::clone(account), uid(&app, account), line);
        session.expires_s = expires_s;
        session.took_over = live.is_some();
        session.sdk = login.sdk.is_some();
        session.multi_channel = session.sdk && login.caps.iter().any(|cap| **cap == *MULTI_CHANNEL);
        let caps = session.sdk.then(|| match session.multi_channel {
            true => vec![MULTI_CHANNEL],
            false => vec![],
        });
        let greeting = match self.limits.delivery {
            Delivery::ByVersion => encode::logged_in,
            Delivery::ByMessageId => encode::logged_in_by_id,
        };
        let greeting = greeting(session.uid, &hex(&line), caps.as_deref());
        if let Some(conn) = self.conns.find(key.conn) {
            conn.state = State::LoggedIn(Box::new(session));
        }
        if let Some(tenant) = self.tenants.find(id) {
            tenant.lost.forget(account);
            tenant.logins.insert(Arc::clone(account), key.conn);
        }
        self.logins += 1;
        self.send(key.conn, greeting);
        self.load_mailbox(key);
        self.arm_conn(key.conn);
        self.tell(id, EventKind::Login, || json!({"account": **account}));
        self.out.push(Output::Report(Report::LoggedIn {
            conn: key.conn,
            app: app.to_string(),
            account: account.to_string(),
        }));
        let account = account.to_string();
        self.invitations(id, Event::LoggedIn { account });
    }

    /// A client of ours goes on with a new token.
    pub(crate) fn renew_token(&mut self, caller: &Caller, id: TenantId, token: &Secret) {
        let (now_s, conn) = (self.now.as_secs(), caller.key.conn);
        let (Some(tenant), Some(session)) = (self.tenants.find(id), self.conns.session(conn))
        else {
            return;
        };
        let settings = &tenant.settings;
        let account = &session.account;
        match token::check(
            token.expose(),
            &tenant.app,
            &settings.certificate,
            account,
            now_s,
        ) {
            Ok(expires_s) => {
                session.expires_s = Some(expires_s);
                session.warned = false;
                self.arm_conn(conn);
                self.reply(caller, Map::new());
            }
            Err(cause) => self.refuse_for(caller, cause),
        }
    }

    pub(crate) fn refuse_login(&mut self, key: ConnKey, login: &Login, failure: Failure) {
        self.remove_conn(key.conn);
        self.send(key.conn, encode::login_failed(&failure));
        self.close(key.conn, &failure);
        self.out.push(Output::Report(Report::Failed {
            conn: key.conn,
            app: login.vid.clone(),
            account: login.account.as_deref().unwrap_or_default().to_owned(),
            call: String::from("login"),
            failure,
        }));
    }
}

/// The expiry that a token names.
fn expiry_of(token: &str) -> Option<u64> {
    token.split(':').nth(2)?.parse().ok()
}
