use serde_json::{Map, Value};
use visavis_codes::signaling::Cause;

use super::{Op, check_account, limits};
use crate::Secret;

/// One frame from a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientFrame {
    /// The first frame of a connection.
    Login(Box<Login>),
    /// An attempt to resume a line.
    LineLogin,
    /// A call that wants one answer.
    Call(Box<Call>),
    /// Wants `pong` with the same argument, which is JSON text.
    Ping(Box<str>),
    /// What the client can read from now on.
    SetFlag {
        /// Deflated frames.
        binary: bool,
    },
    /// Something that this version does not know, and ignores.
    Unknown,
}

/// A `login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The app id, as given; empty when it is missing.
    pub vid: String,
    /// The account, or why it is none.
    pub account: Result<Box<str>, Cause>,
    /// The token; `None` when it is missing, null or longer than a token can be.
    pub token: Option<Secret>,
    /// Which client it is, such as `visavis/0.1.0`; published clients do not say.
    pub sdk: Option<Box<str>>,
    /// Abilities that a client of ours asks for, such as `multi_channel`.
    pub caps: Vec<Box<str>>,
}

/// A `call2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The name of the call, cut after 64 bytes.
    pub func: String,
    /// What the answer must name.
    pub id: CallId,
    /// The line that the caller believes to have.
    pub line: Option<Box<str>>,
    /// What is asked for, or why that cannot be understood, with the name of the parameter at fault.
    pub op: Result<Op, (Cause, &'static str)>,
}

/// The id of a call: JSON text, a number from every published client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallId(Box<str>);

impl CallId {
    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl From<u64> for CallId {
    fn from(id: u64) -> Self {
        Self(id.to_string().into())
    }
}

impl ClientFrame {
    /// Reads a frame. What is not understood is [`ClientFrame::Unknown`], as clients may be newer than servers.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Value::Array(parts)) => Self::from_parts(parts),
            _ => Self::Unknown,
        }
    }

    fn from_parts(parts: Vec<Value>) -> Self {
        let mut parts = parts.into_iter();
        let Some(Value::String(event)) = parts.next() else {
            return Self::Unknown;
        };
        match (event.as_str(), parts.next().unwrap_or_default()) {
            ("login", Value::Object(args)) => Self::Login(Box::new(Login::from_args(args))),
            ("line_login", _) => Self::LineLogin,
            ("call2", Value::Array(call)) => {
                Call::from_parts(call).map_or(Self::Unknown, |call| Self::Call(Box::new(call)))
            }
            ("ping", n @ (Value::Number(_) | Value::Null)) => Self::Ping(n.to_string().into()),
            ("set_flag", Value::Object(flags)) => Self::SetFlag {
                binary: flags.get("binary").is_some_and(|binary| match binary {
                    Value::Number(n) => n.as_f64() != Some(0.0),
                    binary => *binary == Value::Bool(true),
                }),
            },
            _ => Self::Unknown,
        }
    }
}

impl Login {
    fn from_args(mut args: Map<String, Value>) -> Self {
        let account = match args.remove("account") {
            Some(Value::String(account)) => check_account(&account).map(|()| account.into()),
            _ => Err(Cause::AccountInvalid),
        };
        let text = |value: Option<Value>, bytes_max: usize| match value {
            Some(Value::String(text)) if text.len() <= bytes_max => Some(text),
            _ => None,
        };
        let caps = match args.remove("caps") {
            Some(Value::Array(caps)) => caps,
            _ => Vec::new(),
        };
        Self {
            vid: text(args.remove("vid"), limits::APP_ID_BYTES_MAX).unwrap_or_default(),
            account,
            token: text(args.remove("token"), limits::TOKEN_BYTES_MAX).map(Secret::from),
            sdk: text(args.remove("sdk"), limits::NAME_BYTES_MAX).map(Into::into),
            caps: caps
                .into_iter()
                .filter_map(|cap| text(Some(cap), limits::NAME_BYTES_MAX).map(Into::into))
                .take(16)
                .collect(),
        }
    }
}

impl Call {
    fn from_parts(parts: Vec<Value>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let Value::String(mut func) = parts.next()? else {
            return None;
        };
        let id = match parts.next()? {
            id @ (Value::Number(_) | Value::String(_)) => id.to_string(),
            _ => return None,
        };
        if id.len() > limits::NAME_BYTES_MAX {
            return None;
        }
        let mut args = match parts.next() {
            Some(Value::Object(args)) => args,
            _ => Map::new(),
        };
        let line = match args.remove("line") {
            Some(Value::String(line)) => Some(line.into()),
            _ => None,
        };
        let op = Op::parse(&func, args);
        let cut = func.floor_char_boundary(64);
        func.truncate(cut);
        Some(Self {
            func,
            id: CallId(id.into()),
            line,
            op,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_of_the_published_web_sdk_is_read() {
        let frame = ClientFrame::parse(
            r#"["login",{"vid":"dev-app","account":"alice","uid":0,"token":"_no_need_token","device":"websdk","ip":""}]"#,
        );
        let ClientFrame::Login(login) = frame else {
            panic!("{frame:?}");
        };
        assert_eq!(
            (login.vid.as_str(), login.account.as_deref()),
            ("dev-app", Ok("alice"))
        );
        assert!(login.token.unwrap().matches("_no_need_token"));
        assert_eq!((login.sdk, login.caps.len()), (None, 0));
    }

    #[test]
    fn what_is_not_understood_is_unknown_and_never_a_failure() {
        for text in [
            "",
            "{}",
            "[]",
            "[1]",
            "[\"ping\"",
            "[\"hello\",{}]",
            "[\"login\"]",
            "[\"call2\",{}]",
            "[\"call2\",[\"user_logout\"]]",
            "[\"call2\",[\"user_logout\",{},{}]]",
            "[\"ping\",{}]",
        ] {
            assert_eq!(ClientFrame::parse(text), ClientFrame::Unknown, "{text}");
        }
    }

    #[test]
    fn pings_keep_their_number_as_it_was_written() {
        for n in ["1", "-7", "18446744073709551615"] {
            assert_eq!(
                ClientFrame::parse(&format!("[\"ping\",{n}]")),
                ClientFrame::Ping(n.into())
            );
        }
        assert_eq!(
            ClientFrame::parse("[\"set_flag\",{\"binary\":1}]"),
            ClientFrame::SetFlag { binary: true }
        );
    }
}
