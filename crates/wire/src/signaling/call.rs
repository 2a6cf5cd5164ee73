use serde_json::{Map, Value};
use visavis_codes::signaling::Cause;

use super::limits;

/// What a call asks for. Texts that were no JSON strings have become JSON text; sizes and names are checked by the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as on the wire")]
pub enum Op {
    /// `user_getmsg`: acknowledges everything up to `ver_clear` and asks for what is newer.
    GetMessages { ver_clear: u64, max: u32 },
    /// `user_getmsg2`: acknowledges single messages.
    GetMessages2 { clear_msgs: Vec<String>, max: u32 },
    /// `user_logout`.
    Logout,
    /// `user_sendmsg`.
    SendPeer {
        peer: String,
        flag: String,
        kind: String,
        content: String,
        message_id: Option<String>,
    },
    /// `channel_join`.
    Join { name: String },
    /// `channel_leave`.
    Leave { name: String },
    /// `channel_sendmsg`.
    SendChannel {
        name: String,
        msg: String,
        message_id: Option<String>,
        force: bool,
        extra: Option<String>,
    },
    /// `channel_set_attr`.
    SetChannelAttribute {
        channel: String,
        name: String,
        value: String,
        if_rev: Option<u64>,
    },
    /// `channel_del_attr`.
    DeleteChannelAttribute { channel: String, name: String },
    /// `channel_clear_attr`.
    ClearChannelAttributes { channel: String },
    /// `voip_…`.
    Voip {
        kind: VoipKind,
        channel: String,
        peer: String,
        extra: String,
    },
    /// `user_query_user_status`.
    QueryStatus { account: String },
    /// `user_query_user_status2`.
    QueryStatuses { accounts: Vec<String> },
    /// `user_set_attr`.
    SetUserAttribute { name: String, value: String },
    /// `user_get_attr`.
    UserAttribute { account: String, name: String },
    /// `user_get_attr_all`.
    UserAttributes { account: String },
    /// `channel_query_num`.
    CountUsers { name: String },
    /// `channel_query_user_isin`.
    IsIn { name: String, account: String },
    /// `channel_query_userlist`.
    ListUsers { name: String },
    /// `channel_query_userlist_all`.
    ListAllUsers { name: String, num: u64 },
    /// `user_setfg`.
    SetForeground { foreground: bool },
    /// `user_renew_token`, for clients of ours.
    RenewToken { token: crate::Secret },
    /// `pstn_…`: telephone numbers, which cannot be called here.
    Phone,
}

/// The calls of an invitation, which are also the kinds of the messages that they become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VoipKind {
    /// The caller invites.
    Invite,
    /// The callee's client rings.
    Ack,
    /// The callee accepts.
    Accept,
    /// The callee refuses.
    Refuse,
    /// Either side ends.
    Bye,
    /// A message between the two, such as a DTMF tone.
    Msg,
    /// The server tells the caller that the invitation failed; no client sends it.
    Failed,
}

impl VoipKind {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invite => "voip_invite",
            Self::Ack => "voip_invite_ack",
            Self::Accept => "voip_invite_accept",
            Self::Refuse => "voip_invite_refuse",
            Self::Bye => "voip_invite_bye",
            Self::Msg => "voip_invite_msg",
            Self::Failed => "voip_invite_failed",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Invite,
            Self::Ack,
            Self::Accept,
            Self::Refuse,
            Self::Bye,
            Self::Msg,
            Self::Failed,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

impl Op {
    /// Reads a call by its name and arguments.
    ///
    /// # Errors
    /// [`Cause::UnsupportedMethod`], or [`Cause::WrongParam`] with the name of the parameter.
    pub fn parse(func: &str, args: Map<String, Value>) -> Result<Self, (Cause, &'static str)> {
        let mut args = Args(args);
        Ok(match func {
            "user_getmsg" => Self::GetMessages {
                ver_clear: args.number("ver_clear", Some(0))?,
                max: args.page()?,
            },
            "user_getmsg2" => Self::GetMessages2 {
                clear_msgs: args.texts("clear_msgs", limits::MESSAGE_ID_BYTES_MAX)?,
                max: args.page()?,
            },
            "user_logout" => Self::Logout,
            "user_sendmsg" => Self::SendPeer {
                peer: args.text("peer")?,
                flag: args.optional("flag").unwrap_or_default(),
                kind: args.optional("t").unwrap_or_else(|| "instant".into()),
                content: args.json("content")?,
                message_id: args.optional("messageID"),
            },
            "channel_join" => Self::Join {
                name: args.text("name")?,
            },
            "channel_leave" => Self::Leave {
                name: args.text("name")?,
            },
            "channel_sendmsg" => Self::SendChannel {
                name: args.text("name")?,
                msg: args.json("msg")?,
                message_id: args.optional("msgID"),
                force: args.flag("force"),
                extra: args.optional("extra"),
            },
            "channel_set_attr" => Self::SetChannelAttribute {
                channel: args.text("channel")?,
                name: args.text("name")?,
                value: args.json("value")?,
                if_rev: match args.0.contains_key("if_rev") {
                    true => Some(args.number("if_rev", None)?),
                    false => None,
                },
            },
            "channel_del_attr" => Self::DeleteChannelAttribute {
                channel: args.text("channel")?,
                name: args.text("name")?,
            },
            "channel_clear_attr" => Self::ClearChannelAttributes {
                channel: args.text("channel")?,
            },
            "user_query_user_status" => Self::QueryStatus {
                account: args.text("account")?,
            },
            "user_query_user_status2" => Self::QueryStatuses {
                accounts: args.texts("accounts", limits::NAME_BYTES_MAX)?,
            },
            "user_set_attr" => Self::SetUserAttribute {
                name: args.text("name")?,
                value: args.json("value")?,
            },
            "user_get_attr" => Self::UserAttribute {
                account: args.text("account")?,
                name: args.text("name")?,
            },
            "user_get_attr_all" => Self::UserAttributes {
                account: args.text("account")?,
            },
            "channel_query_num" => Self::CountUsers {
                name: args.text("name")?,
            },
            "channel_query_user_isin" => Self::IsIn {
                name: args.text("name")?,
                account: args.text("account")?,
            },
            "channel_query_userlist" => Self::ListUsers {
                name: args.text("name")?,
            },
            "channel_query_userlist_all" => Self::ListAllUsers {
                name: args.text("name")?,
                num: args.number("num", Some(1_000_000))?,
            },
            "user_setfg" => Self::SetForeground {
                foreground: args.flag("isfg"),
            },
            "user_renew_token" => Self::RenewToken {
                token: args.text("token")?.into(),
            },
            "pstn_invite" | "pstn_dtmf" => Self::Phone,
            _ => match VoipKind::from_name(func) {
                Some(VoipKind::Failed) | None => return Err((Cause::UnsupportedMethod, "")),
                Some(kind) => Self::Voip {
                    kind,
                    channel: args.text("channelName")?,
                    peer: args.text("peer")?,
                    extra: args.json("extra")?,
                },
            },
        })
    }
}

struct Args(Map<String, Value>);

type Wrong = (Cause, &'static str);

impl Args {
    /// A name: a JSON string.
    fn text(&mut self, name: &'static str) -> Result<String, Wrong> {
        self.optional(name).ok_or((Cause::WrongParam, name))
    }

    fn optional(&mut self, name: &str) -> Option<String> {
        match self.0.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// A body: a JSON string is taken as it is, anything else as JSON text, nothing as an empty text.
    #[expect(clippy::unnecessary_wraps, reason = "reads like its neighbours")]
    fn json(&mut self, name: &str) -> Result<String, Wrong> {
        Ok(match self.0.remove(name) {
            Some(Value::String(text)) => text,
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_string(),
        })
    }

    fn number(&mut self, name: &'static str, default: Option<u64>) -> Result<u64, Wrong> {
        match (self.0.remove(name), default) {
            (Some(Value::Number(number)), _) => number.as_u64().ok_or((Cause::WrongParam, name)),
            (None | Some(Value::Null), Some(default)) => Ok(default),
            _ => Err((Cause::WrongParam, name)),
        }
    }

    fn page(&mut self) -> Result<u32, Wrong> {
        let most = limits::PAGE_MESSAGES_MAX;
        let asked = self.number("max", Some(most.into()))?;
        Ok(u32::try_from(asked).unwrap_or(most).min(most))
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.0.remove(name) {
            Some(Value::Bool(flag)) => flag,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            _ => false,
        }
    }

    fn texts(&mut self, name: &'static str, bytes_max: usize) -> Result<Vec<String>, Wrong> {
        let Some(Value::Array(values)) = self.0.remove(name) else {
            return Err((Cause::WrongParam, name));
        };
        values
            .into_iter()
            .map(|value| match value {
                Value::String(text) if text.len() <= bytes_max => Ok(text),
                _ => Err((Cause::WrongParam, name)),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn op(func: &str, args: &str) -> Result<Op, (Cause, &'static str)> {
        Op::parse(func, serde_json::from_str(args).unwrap())
    }

    #[test]
    fn bodies_that_are_no_texts_become_json() {
        let sent = op(
            "channel_sendmsg",
            r#"{"name":"room","msg":{"a":[1]},"force":true}"#,
        );
        let Ok(Op::SendChannel { msg, force, .. }) = sent else {
            panic!("{sent:?}");
        };
        assert_eq!((msg.as_str(), force), (r#"{"a":[1]}"#, true));
    }

    #[test]
    fn a_missing_parameter_is_named() {
        assert_eq!(op("channel_join", "{}"), Err((Cause::WrongParam, "name")));
        assert_eq!(
            op("channel_join", r#"{"name":1}"#),
            Err((Cause::WrongParam, "name"))
        );
        assert_eq!(
            op("user_getmsg", r#"{"ver_clear":-1}"#),
            Err((Cause::WrongParam, "ver_clear"))
        );
        assert_eq!(
            op("user_query_user_status2", r#"{"accounts":[1]}"#),
            Err((Cause::WrongParam, "accounts"))
        );
    }

    #[test]
    fn what_clients_may_not_call_is_unsupported() {
        for func in [
            "",
            "voip_invite_failed",
            "push_sendmsg",
            "appmsg_send",
            "user_ext_call",
        ] {
            assert_eq!(
                op(func, "{}"),
                Err((Cause::UnsupportedMethod, "")),
                "{func}"
            );
        }
    }

    #[test]
    fn pages_are_never_larger_than_the_protocol_has_them() {
        assert_eq!(
            op("user_getmsg", r#"{"ver_clear":7,"max":4000000000000}"#),
            Ok(Op::GetMessages {
                ver_clear: 7,
                max: 30
            })
        );
    }
}
