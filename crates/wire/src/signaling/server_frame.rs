use serde_json::{Map, Value};

/// One frame from the server, as clients read it.
///
/// ```
/// use visavis_wire::signaling::{Body, ServerFrame};
///
/// let frame = ServerFrame::parse(r#"["call2-ret",[7,"","{\"result\":\"ok\",\"num\":2}"]]"#);
/// let ServerFrame::Answer { id: 7, body: Body::Done(members) } = frame else { panic!() };
/// assert_eq!(members["num"], 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum ServerFrame {
    /// `login_ret`.
    LoginRet(Body),
    /// `call2-ret`.
    Answer {
        /// Of which call.
        id: u64,
        /// What the server says.
        body: Body,
    },
    /// `pong`.
    Pong,
    /// `recvmsg`: a message of this version.
    Message {
        /// Its version.
        version: u64,
        /// The packed message.
        packed: String,
    },
    /// `msg`: messages up to this version wait.
    Announce(u64),
    /// `recvmsg_by_msgid`: a message without a version.
    MessageById(String),
    /// `channel2`: an event of a channel.
    Channel {
        /// Grows with each event.
        msgid: u64,
        /// The packed event.
        packed: String,
    },
    /// The server ends the login.
    Close(Refusal),
    /// The account logged in elsewhere.
    Kick(Refusal),
    /// An event for clients of ours.
    Event {
        /// Which.
        name: String,
        /// What it tells.
        members: Map<String, Value>,
    },
    /// Several frames in one.
    Batch(Vec<Self>),
    /// Something that this version does not know, and ignores.
    Unknown,
}

/// What a call or a login came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// It succeeded; `result` is among the members.
    Done(Map<String, Value>),
    /// It was refused.
    Refused(Refusal),
    /// It cannot be understood.
    Garbled,
}

/// Why the server refuses, or ends, something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The number of the code; servers other than ours do not send one.
    pub number: Option<u16>,
    /// In words; may be empty.
    pub reason: String,
    /// Whether the same may succeed later.
    pub retryable: Option<bool>,
}

impl ServerFrame {
    /// Reads a frame. What is not understood is [`ServerFrame::Unknown`], as servers may be newer than clients.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Value::Array(parts)) => Self::from_parts(parts, true),
            _ => Self::Unknown,
        }
    }

    fn from_parts(parts: Vec<Value>, outermost: bool) -> Self {
        let mut parts = parts.into_iter();
        let Some(Value::String(event)) = parts.next() else {
            return Self::Unknown;
        };
        match (event.as_str(), parts.next().unwrap_or_default()) {
            ("notify", Value::Array(notice)) => Self::notice(notice),
            ("notify", Value::String(notice)) => Self::notice_text(&notice),
            ("call2-ret", Value::Array(answer)) => Self::answer(answer),
            ("pong", _) => Self::Pong,
            ("login_ret", Value::Array(answer)) => {
                let mut answer = answer.into_iter();
                let err = answer.next();
                Self::LoginRet(Body::read(err, answer.next()))
            }
            ("close", why) => Self::Close(Refusal::from_value(why)),
            ("kick", why) => Self::Kick(Refusal::from_value(why)),
            ("event", Value::Array(event)) => {
                let mut event = event.into_iter();
                match (event.next(), event.next()) {
                    (Some(Value::String(name)), Some(Value::Object(members))) => {
                        Self::Event { name, members }
                    }
                    _ => Self::Unknown,
                }
            }
            ("multi", Value::Array(frames)) if outermost => Self::Batch(
                frames
                    .into_iter()
                    .map(|frame| match frame {
                        Value::Array(parts) => Self::from_parts(parts, false),
                        _ => Self::Unknown,
                    })
                    .collect(),
            ),
            _ => Self::Unknown,
        }
    }

    fn answer(parts: Vec<Value>) -> Self {
        let mut parts = parts.into_iter();
        let Some(id) = parts.next().and_then(|id| id.as_u64()) else {
            return Self::Unknown;
        };
        let err = parts.next();
        let body = Body::read(err, parts.next());
        Self::Answer { id, body }
    }

    fn notice(parts: Vec<Value>) -> Self {
        let mut parts = parts.into_iter();
        let Some(Value::String(kind)) = parts.next() else {
            return Self::Unknown;
        };
        match (kind.as_str(), parts.next()) {
            ("recvmsg", Some(Value::String(inner))) => Self::message(&inner),
            ("recvmsg_by_msgid", Some(Value::String(packed))) => Self::MessageById(packed),
            ("msg", Some(Value::Number(version))) => {
                version.as_u64().map_or(Self::Unknown, Self::Announce)
            }
            ("channel2", Some(_)) => {
                match (parts.next().and_then(|id| id.as_u64()), parts.next()) {
                    (Some(msgid), Some(Value::String(packed))) => Self::Channel { msgid, packed },
                    _ => Self::Unknown,
                }
            }
            _ => Self::Unknown,
        }
    }

    /// The form `notify KIND REST` of older servers.
    fn notice_text(text: &str) -> Self {
        let mut fields = text.splitn(3, ' ').skip(1);
        match (fields.next(), fields.next()) {
            (Some("recvmsg"), Some(rest)) => Self::message(rest),
            (Some("recvmsg_by_msgid"), Some(rest)) => Self::MessageById(rest.to_owned()),
            (Some("msg"), Some(rest)) => rest.parse().map_or(Self::Unknown, Self::Announce),
            _ => Self::Unknown,
        }
    }

    fn message(inner: &str) -> Self {
        match serde_json::from_str(inner) {
            Ok((version, packed)) => Self::Message { version, packed },
            Err(_) => Self::Unknown,
        }
    }
}

impl Body {
    /// A non-empty `err` stands for the reason; otherwise the body is a text that holds JSON.
    fn read(err: Option<Value>, body: Option<Value>) -> Self {
        if let Some(Value::String(reason)) = err
            && !reason.is_empty()
        {
            return Self::Refused(Refusal {
                reason,
                ..Refusal::default()
            });
        }
        let Some(Value::String(body)) = body else {
            return Self::Garbled;
        };
        match serde_json::from_str(&body) {
            Ok(Value::Object(members)) => match members.get("result").and_then(Value::as_str) {
                Some("ok") => Self::Done(members),
                Some(_) => Self::Refused(Refusal::from_value(Value::Object(members))),
                None => Self::Garbled,
            },
            _ => Self::Garbled,
        }
    }
}

impl Refusal {
    /// Reads the members that every failure carries.
    #[must_use]
    pub fn from_value(value: Value) -> Self {
        let Value::Object(mut members) = value else {
            return Self::default();
        };
        let number = members.get("code").and_then(Value::as_u64);
        Self {
            number: number.and_then(|number| number.try_into().ok()),
            retryable: members.get("retryable").and_then(Value::as_bool),
            reason: match members.remove("reason") {
                Some(Value::String(reason)) => reason,
                _ => String::new(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use visavis_codes::signaling::{Cause, Failure, Family};

    use super::super::encode;
    use super::*;

    fn refusal(number: u16, reason: &str, retryable: bool) -> Refusal {
        Refusal {
            number: Some(number),
            reason: reason.into(),
            retryable: Some(retryable),
        }
    }

    #[test]
    fn what_the_server_writes_is_read() {
        let offline = Failure::new(Cause::PeerOffline, Family::Invite);
        assert_eq!(
            ServerFrame::parse(&encode::failed(&7.into(), &offline)),
            ServerFrame::Answer {
                id: 7,
                body: Body::Refused(refusal(703, "peer offline", true))
            }
        );
        let kick = Failure::new(Cause::Superseded, Family::Logout);
        assert_eq!(
            ServerFrame::parse(&encode::kick(&kick)),
            ServerFrame::Kick(refusal(103, "logged in elsewhere", false))
        );
        let ServerFrame::LoginRet(Body::Done(members)) =
            ServerFrame::parse(&encode::logged_in(7, "ab", Some(&["multi_channel"])))
        else {
            panic!("a login that succeeded");
        };
        assert_eq!(members["caps"], json!(["multi_channel"]));
        assert_eq!(
            ServerFrame::parse(&encode::message(4, "msg-v3 \"x\"")),
            ServerFrame::Message {
                version: 4,
                packed: "msg-v3 \"x\"".into()
            }
        );
        assert_eq!(
            ServerFrame::parse(&encode::announce(9)),
            ServerFrame::Announce(9)
        );
        assert_eq!(ServerFrame::parse(&encode::pong("-1")), ServerFrame::Pong);
        assert_eq!(
            ServerFrame::parse(&encode::event("delivered", &json!({"messageID": "m"}))),
            ServerFrame::Event {
                name: "delivered".into(),
                members: json!({"messageID": "m"}).as_object().unwrap().clone(),
            }
        );
    }

    #[test]
    fn older_forms_and_batches_are_read() {
        assert_eq!(
            ServerFrame::parse(r#"["notify","notify recvmsg [3,\"msg-v2 a b\"]"]"#),
            ServerFrame::Message {
                version: 3,
                packed: "msg-v2 a b".into()
            }
        );
        assert_eq!(
            ServerFrame::parse(
                r#"["multi",[["pong",1],["notify","notify msg 5"],["multi",[]],1]]"#
            ),
            ServerFrame::Batch(vec![
                ServerFrame::Pong,
                ServerFrame::Announce(5),
                ServerFrame::Unknown,
                ServerFrame::Unknown
            ])
        );
    }

    #[test]
    fn what_is_not_understood_is_unknown_or_garbled() {
        for text in ["", "{}", "[]", "[1]", r#"["notify",[1]]"#, r#"["hello"]"#] {
            assert_eq!(ServerFrame::parse(text), ServerFrame::Unknown, "{text}");
        }
        for text in [
            r#"["login_ret",["",{}]]"#,
            r#"["login_ret",[null,"{}"]]"#,
            r#"["login_ret",["","nonsense"]]"#,
        ] {
            assert_eq!(
                ServerFrame::parse(text),
                ServerFrame::LoginRet(Body::Garbled),
                "{text}"
            );
        }
    }
}
