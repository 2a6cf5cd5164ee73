use std::sync::Arc;

use serde_json::{Map, json};
use visavis_codes::signaling::{Cause, Code, Failure, Family, Fault};
use visavis_wire::signaling::encode;

use crate::answer::Caller;
use crate::conn::{ConnKey, State};
use crate::hub::Hub;
use crate::invitation::Event;
use crate::session::{Doom, Session};
use crate::timers::Timer;
use crate::{ConnId, EventKind, Output, Report};

impl Hub {
    /// Ends a connection and says why, if there is a login to end.
    pub(crate) fn end_with_word(&mut self, id: ConnId, failure: &Failure) {
        self.end_with_words(id, failure, None);
    }

    /// The same, with something that a person said about it.
    pub(crate) fn end_with_words(&mut self, id: ConnId, failure: &Failure, detail: Option<&str>) {
        let Some(session) = self.remove_conn(id) else {
            // Nobody is logged in; `kick` before a login would leave the client without any callback.
            self.send(id, encode::close(failure));
            self.close(id, failure);
            return;
        };
        let word = match failure.code() {
            Code::LogoutKicked => encode::kick(failure),
            _ => match detail {
                Some(detail) => encode::close_with(failure, detail),
                None => encode::close(failure),
            },
        };
        self.send(id, word);
        self.close(id, failure);
        self.bury(id, *session, failure);
    }

    /// Ends a connection without a word; also one that is gone.
    pub(crate) fn drop_conn(&mut self, id: ConnId, cause: Cause) {
        if let Some(session) = self.remove_conn(id) {
            self.bury(id, *session, &Failure::new(cause, Family::Logout));
        }
    }

    /// Closes a connection without a word.
    pub(crate) fn cut(&mut self, id: ConnId) {
        self.drop_conn(id, Cause::Disconnected);
        self.close(id, &Failure::new(Cause::Disconnected, Family::Logout));
    }

    pub(crate) fn log_out(&mut self, caller: &Caller) {
        let id = caller.key.conn;
        self.reply(caller, Map::new());
        let failure = Failure::new(Cause::LoggedOut, Family::Logout);
        if let Some(session) = self.remove_conn(id) {
            self.close(id, &failure);
            self.bury(id, *session, &failure);
        }
    }

    /// Forgets a connection; gives its login, which is still known everywhere else.
    pub(crate) fn remove_conn(&mut self, id: ConnId) -> Option<Box<Session>> {
        let mut conn = self.conns.remove(id)?;
        self.timers.set(Timer::Conn(id), &mut conn.armed, None);
        match conn.state {
            State::LoggedIn(session) => Some(session),
            State::Greeting { .. } | State::Waiting { .. } => None,
        }
    }

    /// Everything that the end of a login means to others.
    pub(crate) fn bury(&mut self, id: ConnId, session: Session, failure: &Failure) {
        let Session {
            tenant: tenant_id,
            account,
            channels,
            expires_s,
            ..
        } = session;
        self.logins -= 1;
        let lost = failure.code() == Code::LogoutNet;
        let Some(tenant) = self.tenants.find(tenant_id) else {
            return;
        };
        tenant.logins.remove(&account);
        if let Some(expires_s) = expires_s.filter(|_| lost && !tenant.token_kicks()) {
            let until = self.now + self.limits.relogin_grace;
            tenant.lost.add(Arc::clone(&account), expires_s, until);
        }
        let app = tenant.app.to_string();
        let cause = match lost {
            true => Cause::LeftByDisconnect,
            false => Cause::LeftByLogout,
        };
        for channel in channels {
            self.leave(tenant_id, &channel, &account, cause);
        }
        self.tell(tenant_id, EventKind::Logout, || {
            let mut data = encode::failure_members(failure);
            data["account"] = (*account).into();
            data
        });
        self.out.push(Output::Report(Report::LoggedOut {
            conn: id,
            app,
            account: account.to_string(),
            code: failure.code(),
        }));
        let account = account.to_string();
        match failure.code() {
            // The new login follows at once.
            Code::LogoutKicked => {}
            Code::LogoutNet => self.invitations(tenant_id, Event::Lost { account }),
            _ => self.invitations(tenant_id, Event::LoggedOut { account }),
        }
        self.arm_tenant(tenant_id);
    }

    /// The timer of a connection fired.
    pub(crate) fn conn_due(&mut self, id: ConnId) {
        let now = self.now;
        let Some(conn) = self.conns.find(id) else {
            return;
        };
        conn.armed = None;
        let silent = conn.last_seen + self.limits.silence_max <= now;
        match &mut conn.state {
            State::Greeting { until } if *until <= now => self.cut(id),
            State::Waiting { until, login } if *until <= now => {
                // A client whose login is not answered would wait for ever.
                let (login, serial) = (login.clone(), conn.serial);
                let failure = Failure::new(Cause::ServerError, Family::Login);
                self.refuse_login(ConnKey { conn: id, serial }, &login, failure);
            }
            State::LoggedIn(_) if silent => self.cut(id),
            State::LoggedIn(session) => {
                let tenant = self.tenants.find(session.tenant);
                let kicks = tenant.is_some_and(|tenant| tenant.token_kicks());
                if kicks && session.expiry().is_some_and(|at| at <= now) {
                    self.end_with_word(id, &Failure::new(Cause::TokenRanOut, Family::Logout));
                    return;
                }
                let warn = session.warning().is_some_and(|at| at <= now);
                let (expires_s, dooms) = (session.expires_s, session.doomed(now));
                if warn {
                    session.warned = true;
                    let at = json!({"at": expires_s});
                    self.send(id, encode::event("token_will_expire", &at));
                }
                dooms.into_iter().for_each(|doom| self.strike(id, doom));
                self.arm_conn(id);
            }
            State::Greeting { .. } | State::Waiting { .. } => self.arm_conn(id),
        }
    }

    /// A fault on purpose happens.
    fn strike(&mut self, id: ConnId, doom: Doom) {
        let Some(session) = self.conns.session(id) else {
            return;
        };
        let (tenant, account) = (session.tenant, Arc::clone(&session.account));
        match doom {
            Doom::End(cause) => self.end_with_word(id, &Fault::failure(cause, Family::Logout)),
            Doom::Leave { channel, cause } => {
                self.remove(tenant, &channel, &account, cause);
            }
            Doom::Invitation {
                channel,
                peer,
                cause,
            } => self.fail_invitation(tenant, &account, channel, &peer, cause),
        }
    }
}
