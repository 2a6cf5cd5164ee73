use std::sync::Arc;

use serde_json::{Map, json};
use visavis_codes::signaling::{Cause, Failure, Family};
use visavis_wire::signaling::check_attribute_name;
use visavis_wire::signaling::limits::ATTRIBUTE_BYTES_MAX;

use crate::answer::{Asker, Caller};
use crate::attributes::as_json;
use crate::hub::Hub;
use crate::peer::check_peer;
use crate::pending::Pending;
use crate::tenant::TenantId;
use crate::{Answer, Query, Write};

impl Hub {
    /// A user sets an attribute of its own.
    pub(crate) fn set_user_attribute(
        &mut self,
        caller: Caller,
        id: TenantId,
        name: String,
        value: String,
    ) {
        let Some(session) = self.conns.session(caller.key.conn) else {
            return;
        };
        let account = Arc::clone(&session.account);
        self.begin_user_attribute(Asker::Call(caller), id, account, name, value);
    }

    /// An attribute of a user is set, by the user or by an operator.
    pub(crate) fn begin_user_attribute(
        &mut self,
        asker: Asker,
        id: TenantId,
        account: Arc<str>,
        name: String,
        value: String,
    ) {
        let checked = match value.len() > ATTRIBUTE_BYTES_MAX {
            true => Err((Cause::ParamTooLarge, "value")),
            false => check_names(&account, &name),
        };
        if let Err((cause, param)) = checked {
            return self.answer(asker, Err(Failure::about(cause, Family::General, param)));
        }
        let query = Query::UserAttributes {
            account: account.to_string(),
        };
        let pending = Pending::UserAttributesBefore {
            asker,
            tenant: id,
            account,
            name,
            value,
        };
        if let Err(pending) = self.load(id, query, pending) {
            self.unavailable(pending);
        }
    }

    /// It is known which attributes there are: one more may fit.
    pub(crate) fn keep_user_attribute(
        &mut self,
        asker: Asker,
        id: TenantId,
        account: &str,
        name: String,
        value: String,
        before: &[(String, String)],
    ) {
        let known = before.iter().any(|(other, _)| *other == name);
        if !known && before.len() >= self.limits.attributes_per_user_max {
            return self.fail(asker, Cause::TooManyAttributes);
        }
        let write = Write::SetUserAttribute {
            account: account.to_owned(),
            name,
            value,
        };
        let pending = Pending::UserAttributeSet { asker };
        if let Err(pending) = self.store(id, vec![write], pending) {
            self.unavailable(pending);
        }
    }

    /// `user_get_attr`.
    pub(crate) fn load_user_attribute(
        &mut self,
        caller: Caller,
        id: TenantId,
        account: String,
        name: String,
    ) {
        if let Err((cause, param)) = check_names(&account, &name) {
            return self.refuse_param(&caller, cause, param);
        }
        let query = Query::UserAttribute {
            account: account.clone(),
            name: name.clone(),
        };
        let pending = Pending::UserAttribute {
            caller,
            account,
            name,
        };
        if let Err(pending) = self.load(id, query, pending) {
            self.unavailable(pending);
        }
    }

    /// `user_get_attr_all`.
    pub(crate) fn load_user_attributes(&mut self, caller: Caller, id: TenantId, account: String) {
        if let Err(cause) = check_peer(&account) {
            return self.refuse_param(&caller, cause, "account");
        }
        self.begin_user_attributes(Asker::Call(caller), id, account);
    }

    /// All attributes of a user are wanted, by a user or by an operator.
    pub(crate) fn begin_user_attributes(&mut self, asker: Asker, id: TenantId, account: String) {
        let query = Query::UserAttributes {
            account: account.clone(),
        };
        let pending = Pending::UserAttributes { asker, account };
        if let Err(pending) = self.load(id, query, pending) {
            self.unavailable(pending);
        }
    }

    pub(crate) fn tell_user_attribute(
        &mut self,
        caller: &Caller,
        account: &str,
        name: &str,
        found: &[(String, String)],
    ) {
        let value = found.iter().find(|(other, _)| other == name);
        let value = value.map(|(_, value)| value.as_str()).unwrap_or_default();
        let members = [("account", account), ("name", name), ("value", value)];
        let members = members.map(|(key, value)| (key.to_owned(), value.into()));
        self.reply(caller, Map::from_iter(members));
    }

    pub(crate) fn tell_user_attributes(
        &mut self,
        asker: Asker,
        account: &str,
        found: Vec<(String, String)>,
    ) {
        match asker {
            Asker::Operator(_) => self.answer(asker, Ok(Answer::Attributes(found))),
            Asker::Call(caller) => {
                let members = [
                    ("account".to_owned(), json!(account)),
                    ("json".to_owned(), as_json(found)),
                ];
                self.reply(&caller, Map::from_iter(members));
            }
        }
    }
}

fn check_names(account: &str, name: &str) -> Result<(), (Cause, &'static str)> {
    check_peer(account).map_err(|cause| (cause, "account"))?;
    check_attribute_name(name).map_err(|cause| (cause, "name"))
}
