use serde_json::{Map, Value, json};
use visavis_codes::signaling::Cause;
use visavis_wire::signaling::limits::{STATUS_ACCOUNTS_MAX, USER_LIST_MAX};
use visavis_wire::signaling::{Op, check_channel};

use crate::answer::Caller;
use crate::hub::Hub;
use crate::peer::check_peer;
use crate::tenant::TenantId;

impl Hub {
    /// Questions that the hub answers by itself.
    pub(crate) fn query(&mut self, caller: &Caller, id: TenantId, op: Op) {
        if let Err((cause, param)) = check(&op) {
            return self.refuse_param(caller, cause, param);
        }
        let now = self.now;
        let (Some(tenant), Some(session)) =
            (self.tenants.find(id), self.conns.session(caller.key.conn))
        else {
            return;
        };
        let status = |account: &str| u8::from(tenant.logins.contains_key(account));
        let members = |name: &str| tenant.channels.get(name).map(|channel| &channel.members);
        let count = |name: &str| members(name).map_or(0, |members| members.len());
        let latest = |name: &str, most: usize| match members(name) {
            Some(members) => members.latest(most),
            None => json!([]),
        };
        let answer = match op {
            Op::QueryStatus { account } => json!({"status": status(&account)}),
            Op::QueryStatuses { accounts } => {
                let list = accounts.iter();
                let list: Vec<Value> = list
                    .map(|account| json!([account, status(account)]))
                    .collect();
                json!({"list": list})
            }
            Op::CountUsers { name } => json!({"num": count(&name)}),
            Op::IsIn { name, account } => {
                let inside = members(&name).and_then(|members| members.find(&account));
                json!({"isin": u8::from(inside.is_some())})
            }
            Op::ListUsers { name } => {
                json!({"num": count(&name), "list": latest(&name, USER_LIST_MAX)})
            }
            Op::ListAllUsers { name, num } => {
                if !session.whole_lists.allows(now, 1) {
                    return self.refuse_for(caller, Cause::RateLimited);
                }
                let most = usize::try_from(num).unwrap_or(usize::MAX);
                json!({"num": count(&name), "list": latest(&name, most)})
            }
            _ => return,
        };
        let members = match answer {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        self.reply(caller, members);
    }
}

fn check(op: &Op) -> Result<(), (Cause, &'static str)> {
    match op {
        Op::QueryStatus { account } => check_peer(account).map_err(|cause| (cause, "account")),
        Op::QueryStatuses { accounts } if accounts.len() > STATUS_ACCOUNTS_MAX => {
            Err((Cause::ParamTooLarge, "accounts"))
        }
        Op::QueryStatuses { accounts } => accounts
            .iter()
            .try_for_each(|account| check_peer(account))
            .map_err(|cause| (cause, "accounts")),
        Op::IsIn { name, account } => {
            check_channel(name).map_err(|cause| (cause, "name"))?;
            check_peer(account).map_err(|cause| (cause, "account"))
        }
        Op::CountUsers { name } | Op::ListUsers { name } | Op::ListAllUsers { name, .. } => {
            check_channel(name).map_err(|cause| (cause, "name"))
        }
        _ => Ok(()),
    }
}
