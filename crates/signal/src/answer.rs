use serde_json::{Map, Value};
use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_wire::signaling::{CallId, encode};

use crate::conn::ConnKey;
use crate::hub::Hub;
use crate::{Answer, Output, Report, Ticket};

/// Who waits for the answer to a call.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) key: ConnKey,
    pub(crate) id: CallId,
    /// The name of the call.
    pub(crate) func: Box<str>,
    pub(crate) family: Family,
}

/// Who waits for the end of a change.
#[derive(Debug)]
pub(crate) enum Asker {
    /// A client.
    Call(Caller),
    /// An operator.
    Operator(Ticket),
}

impl Hub {
    /// Answers a call that succeeded.
    pub(crate) fn reply(&mut self, caller: &Caller, members: Map<String, Value>) {
        if self.is_open(caller.key) {
            self.send(caller.key.conn, encode::done(&caller.id, members));
        }
    }

    /// Answers a call that failed.
    pub(crate) fn refuse(&mut self, caller: &Caller, failure: Failure) {
        if !self.is_open(caller.key) {
            return;
        }
        self.send(caller.key.conn, encode::failed(&caller.id, &failure));
        let login = self.conns.session(caller.key.conn);
        let (account, tenant) = match login {
            Some(session) => (session.account.to_string(), Some(session.tenant)),
            None => (String::new(), None),
        };
        let app = tenant.and_then(|tenant| self.tenants.find(tenant));
        self.out.push(Output::Report(Report::Failed {
            conn: caller.key.conn,
            app: app.map(|tenant| tenant.app.to_string()).unwrap_or_default(),
            account,
            call: caller.func.to_string(),
            failure,
        }));
    }

    /// Whether a client of ours calls.
    pub(crate) fn is_ours(&mut self, caller: &Caller) -> bool {
        let session = self.conns.session_of(caller.key);
        session.is_some_and(|session| session.sdk)
    }

    /// Answers a call that failed for this cause.
    pub(crate) fn refuse_for(&mut self, caller: &Caller, cause: Cause) {
        self.refuse(caller, Failure::new(cause, caller.family));
    }

    /// Answers a call with a wrong parameter, or one that is too large.
    pub(crate) fn refuse_param(&mut self, caller: &Caller, cause: Cause, param: &str) {
        self.refuse(caller, Failure::about(cause, caller.family, param));
    }

    /// Answers whoever asked.
    pub(crate) fn answer(&mut self, asker: Asker, answer: Result<Answer, Failure>) {
        match (asker, answer) {
            (Asker::Operator(ticket), answer) => self.out.push(Output::Answer { ticket, answer }),
            (Asker::Call(caller), Ok(_)) => {
                let members = match &*caller.func {
                    // Published clients hand this object to the application.
                    "user_set_attr" => Map::from_iter([("reason".to_owned(), "".into())]),
                    _ => Map::new(),
                };
                self.reply(&caller, members);
            }
            (Asker::Call(caller), Err(failure)) => self.refuse(&caller, failure),
        }
    }

    /// Tells whoever asked that it failed for this cause.
    pub(crate) fn fail(&mut self, asker: Asker, cause: Cause) {
        let family = match &asker {
            Asker::Call(caller) => caller.family,
            Asker::Operator(_) => Family::General,
        };
        self.answer(asker, Err(Failure::new(cause, family)));
    }
}
