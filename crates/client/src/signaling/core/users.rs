//! Lists of users, as the server sends them.

use serde_json::{Map, Value};

use crate::signaling::User;

/// `list`: `[[account, uid], …]`.
pub(super) fn users(members: &Map<String, Value>) -> Vec<User> {
    let list = members.get("list").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(user).collect()
}

fn user(entry: &Value) -> Option<User> {
    let account = entry.get(0)?.as_str()?.to_owned();
    let uid = entry.get(1).map(uid).unwrap_or_default();
    Some(User { account, uid })
}

/// A number that may be missing or strange.
pub(super) fn uid(value: &Value) -> u32 {
    value
        .as_u64()
        .and_then(|uid| uid.try_into().ok())
        .unwrap_or_default()
}
