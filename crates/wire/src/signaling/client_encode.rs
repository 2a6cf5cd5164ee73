//! The frames of clients, as JSON text.

use serde_json::{Value, json};

/// The names and values of a call's arguments, already JSON.
///
/// ```
/// use visavis_wire::signaling::client_encode::{Members, call};
///
/// let members = Members::new().text("name", "lobby").raw("force", "true");
/// assert_eq!(
///     call("channel_join", 7, "ab", &members),
///     r#"["call2",["channel_join",7,{"line":"ab","name":"lobby","force":true}]]"#
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members(String);

impl Members {
    /// No arguments.
    #[must_use]
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// The members of a JSON object, but for `line`, which is the connection's.
    #[must_use]
    pub fn from_object(object: &serde_json::Map<String, Value>) -> Self {
        object
            .iter()
            .filter(|(name, _)| *name != "line")
            .fold(Self::new(), |members, (name, value)| {
                members.raw(name, &value.to_string())
            })
    }

    /// With a text.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        quote(&mut self.0, value);
        self
    }

    /// With JSON.
    #[must_use]
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.0.push_str(json);
        self
    }

    /// Bytes of JSON.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    fn name(&mut self, name: &str) {
        self.0.push(',');
        quote(&mut self.0, name);
        self.0.push(':');
    }
}

/// What a client says of itself when it logs in.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// The app id.
    pub app_id: &'a str,
    /// The account.
    pub account: &'a str,
    /// The token.
    pub token: &'a str,
    /// The device.
    pub device: &'a str,
    /// Which SDK it is.
    pub sdk: &'a str,
    /// What it asks for.
    pub caps: &'a [&'a str],
}

/// `login`.
#[must_use]
pub fn login(login: &Login<'_>) -> String {
    json!(["login", {
        "vid": login.app_id,
        "account": login.account,
        "uid": 0,
        "token": login.token,
        "device": login.device,
        "ip": "",
        "sdk": login.sdk,
        "caps": login.caps,
    }])
    .to_string()
}

/// `call2`.
#[must_use]
pub fn call(func: &str, id: u64, line: &str, members: &Members) -> String {
    let mut frame = String::with_capacity(64 + line.len() + members.0.len());
    frame.push_str("[\"call2\",[");
    quote(&mut frame, func);
    frame.push(',');
    frame.push_str(&id.to_string());
    frame.push_str(",{\"line\":");
    quote(&mut frame, line);
    frame.push_str(&members.0);
    frame.push_str("}]]");
    frame
}

/// `ping`.
#[must_use]
pub fn ping(n: u64) -> String {
    format!("[\"ping\",{n}]")
}

/// Appends a JSON string.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ') {
        let (clean, tail) = rest.split_at(at);
        out.push_str(clean);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::{ClientFrame, Op};
    use super::*;

    #[test]
    fn the_server_reads_what_a_client_writes() {
        let text = login(&Login {
            app_id: "dev-app",
            account: "alice",
            token: "t",
            device: "rust",
            sdk: "visavis/0.1.0",
            caps: &["multi_channel"],
        });
        let ClientFrame::Login(login) = ClientFrame::parse(&text) else {
            panic!("{text}");
        };
        assert_eq!(login.account.as_deref(), Ok("alice"));
        assert_eq!(login.caps, ["multi_channel".into()]);

        for msg in ["", "a \"b\" \\ \n\r\t\u{1}\u{7f}", "ünï 🙂 \u{2028}"] {
            let members = Members::new().text("name", "room").text("msg", msg);
            let ClientFrame::Call(read) =
                ClientFrame::parse(&call("channel_sendmsg", 3, "ab", &members))
            else {
                panic!("{msg:?}");
            };
            assert_eq!(read.line.as_deref(), Some("ab"));
            assert!(
                matches!(&read.op, Ok(Op::SendChannel { msg: read, .. }) if read == msg),
                "{read:?}"
            );
        }
        assert_eq!(ClientFrame::parse(&ping(7)), ClientFrame::Ping("7".into()));
    }

    #[test]
    fn a_line_among_the_arguments_is_left_out() {
        let object = json!({"line": "mine", "name": "lobby"});
        let members = Members::from_object(object.as_object().unwrap());
        assert_eq!(members, Members::new().text("name", "lobby"));
    }
}
