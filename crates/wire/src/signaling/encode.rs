//! The frames of the server, as JSON text.
//!
//! Published clients parse some members out of a string that is JSON itself, hang on answers in any other form, and
//! throw on JSON that is no array: the forms here are contract.

use serde::Serialize;
use serde_json::{Map, Value, json};
use visavis_codes::signaling::Failure;

use super::{CallId, Packed};

/// The four members that every failure carries.
#[must_use]
pub fn failure_members(failure: &Failure) -> Value {
    json!({
        "code": failure.code().number(),
        "name": failure.code().name(),
        "reason": failure.reason(),
        "retryable": failure.retryable(),
    })
}

/// `login_ret` of a login that succeeded. `caps` is what was granted to a client of ours.
#[must_use]
pub fn logged_in(uid: u32, line: &str, caps: Option<&[&str]>) -> String {
    login_ok(uid, line, caps, None)
}

/// The same, where messages to peers are acknowledged one by one, by their ids.
#[must_use]
pub fn logged_in_by_id(uid: u32, line: &str, caps: Option<&[&str]>) -> String {
    login_ok(uid, line, caps, Some(1))
}

fn login_ok(uid: u32, line: &str, caps: Option<&[&str]>, config_msg_set: Option<u8>) -> String {
    let mut body = json!({"result": "ok", "uid": uid, "line": line});
    if let Some(caps) = caps {
        body["caps"] = caps.into();
    }
    if let Some(mode) = config_msg_set {
        body["config_msg_set"] = mode.into();
    }
    json!(["login_ret", ["", body.to_string()]]).to_string()
}

/// `login_ret` of a login that was refused.
#[must_use]
pub fn login_failed(failure: &Failure) -> String {
    let mut body = failure_members(failure);
    body["result"] = "failed".into();
    json!(["login_ret", ["", body.to_string()]]).to_string()
}

/// `call2-ret` of a call that succeeded, with these members beside `result`.
#[must_use]
pub fn done(call: &CallId, mut members: Map<String, Value>) -> String {
    if members.is_empty() {
        let id = call.as_json();
        return format!(r#"["call2-ret",[{id},"","{{\"result\":\"ok\"}}"]]"#);
    }
    members.insert("result".into(), "ok".into());
    answer(call, &Value::Object(members))
}

/// `call2-ret` of a call that failed.
#[must_use]
pub fn failed(call: &CallId, failure: &Failure) -> String {
    let mut body = failure_members(failure);
    body["result"] = "failed".into();
    body["data"] = json!({"result": failure.reason()});
    answer(call, &body)
}

/// `pong` with the argument of the ping, JSON text.
#[must_use]
pub fn pong(n: &str) -> String {
    format!("[\"pong\",{n}]")
}

/// `close`: the server ends the login.
#[must_use]
pub fn close(failure: &Failure) -> String {
    json!(["close", failure_members(failure)]).to_string()
}

/// The same, with what an operator says about it.
#[must_use]
pub fn close_with(failure: &Failure, detail: &str) -> String {
    let mut body = failure_members(failure);
    body["detail"] = detail.into();
    json!(["close", body]).to_string()
}

/// `kick`: the account logged in elsewhere.
#[must_use]
pub fn kick(failure: &Failure) -> String {
    json!(["kick", failure_members(failure)]).to_string()
}

/// The content of a `channel_msg`.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are named as on the wire")]
pub struct ChannelMessage<'a> {
    pub account: &'a str,
    pub uid: u32,
    pub msg: &'a str,
    pub channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<&'a str>,
    /// The id that the sender gave, so that a receiver can tell a message that comes twice.
    #[serde(rename = "msgID", skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<&'a str>,
}

/// A channel event; `cid` and `msgid` are numbers of the server, `content` becomes JSON.
#[must_use]
pub fn channel_event(
    cid: u64,
    msgid: u64,
    kind: &str,
    time_s: u64,
    content: &impl Serialize,
) -> String {
    let content = json_text(content);
    let packed = Packed {
        msgid: None,
        src: "notify",
        dst: "-",
        flag: "v1:E:180",
        kind,
        time_s,
        content: &content,
    };
    let packed = json_text(&packed.to_string());
    format!("[\"notify\",[\"channel2\",{cid},{msgid},{packed}]]")
}

/// Pushes a message to a peer: it has this version, and `packed` is [`Packed`] text of version 3.
#[must_use]
pub fn message(version: u64, packed: &str) -> String {
    let inner = json_text(&format!("[{version},{}]", json_text(packed)));
    format!("[\"notify\",[\"recvmsg\",{inner}]]")
}

/// Pushes a message to a peer that is acknowledged by its id: `packed` is [`Packed`] text of version 3.
#[must_use]
pub fn message_by_id(packed: &str) -> String {
    json!(["notify", ["recvmsg_by_msgid", packed]]).to_string()
}

/// An answer to a call that no client understands: a fault on purpose.
#[must_use]
pub fn garbled(call: &CallId) -> String {
    answer(call, &json!({}))
}

/// Tells that messages up to this version wait to be polled.
#[must_use]
pub fn announce(version: u64) -> String {
    format!("[\"notify\",[\"msg\",{version}]]")
}

/// An event for clients of ours: `["event", [NAME, {…}]]`.
#[must_use]
pub fn event(name: &str, members: &Value) -> String {
    json!(["event", [name, members]]).to_string()
}

fn answer(call: &CallId, body: &Value) -> String {
    let body = json_text(&body.to_string());
    format!("[\"call2-ret\",[{},\"\",{body}]]", call.as_json())
}

/// JSON text of what can always be one.
fn json_text(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use visavis_codes::signaling::{Cause, Family};

    use super::*;

    #[test]
    fn failures_have_the_form_that_published_clients_surface() {
        let failure = Failure::new(Cause::PeerOffline, Family::Invite);
        assert_eq!(
            failed(&7.into(), &failure),
            r#"["call2-ret",[7,"","{\"code\":703,\"data\":{\"result\":\"peer offline\"},\"name\":\"INVITE_E_PEEROFFLINE\",\"reason\":\"peer offline\",\"result\":\"failed\",\"retryable\":true}"]]"#
        );
        let failure = Failure::new(Cause::TokenExpired, Family::Login);
        assert_eq!(
            login_failed(&failure),
            r#"["login_ret",["","{\"code\":204,\"name\":\"LOGIN_E_TOKENEXPIRED\",\"reason\":\"TokenErrorExpired\",\"result\":\"failed\",\"retryable\":false}"]]"#
        );
    }

    #[test]
    fn successes_are_texts_within_arrays() {
        assert_eq!(
            logged_in(7, "ab", None),
            r#"["login_ret",["","{\"line\":\"ab\",\"result\":\"ok\",\"uid\":7}"]]"#
        );
        assert_eq!(
            done(&1.into(), Map::new()),
            r#"["call2-ret",[1,"","{\"result\":\"ok\"}"]]"#
        );
        assert_eq!(pong("-1"), r#"["pong",-1]"#);
    }

    #[test]
    fn notifications_are_arrays() {
        let content = json!({"account": "a b", "uid": 1});
        assert_eq!(
            channel_event(3, 9, "channel_user_join", 17, &content),
            r#"["notify",["channel2",3,9,"msg-v2 notify - v1:E:180 channel_user_join 17 {\"account\":\"a b\",\"uid\":1}"]]"#
        );
        assert_eq!(
            message(4, "msg-v3 \"x\""),
            r#"["notify",["recvmsg","[4,\"msg-v3 \\\"x\\\"\"]"]]"#
        );
        assert_eq!(announce(4), r#"["notify",["msg",4]]"#);
        assert_eq!(
            message_by_id("msg-v3 x"),
            r#"["notify",["recvmsg_by_msgid","msg-v3 x"]]"#
        );
    }
}
