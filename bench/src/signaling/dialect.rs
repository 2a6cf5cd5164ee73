//! What a client says to each server, as data: every server is spoken to in its own natural protocol.

/// How to log in, join, send and recognise messages.
///
/// Texts may hold `{account}`, `{line}` and `{token}`; those of `send` may hold `{id}` and hold one `{text}`.
pub(crate) struct Dialect {
    /// Where the WebSocket is.
    pub(crate) path: &'static str,
    /// The WebSocket subprotocol, where there is one.
    pub(crate) subprotocol: Option<&'static str>,
    pub(crate) payload: Payload,
    pub(crate) login: &'static [Step],
    pub(crate) join: &'static [Step],
    pub(crate) send: &'static str,
    /// What the server may ask to see whether we live, and the answer.
    pub(crate) ping: Option<(&'static str, &'static str)>,
    /// What is said before the WebSocket is closed.
    pub(crate) goodbye: Option<&'static str>,
    /// What stands before the `{line}` in the answer to a login, and what ends it.
    pub(crate) line: Option<(&'static str, u8)>,
}

/// What the protocol makes of WebSocket messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload {
    /// Text with whole messages in it, one or more.
    Text,
    /// Bytes of a stream, cut anywhere.
    Stream,
}

/// One exchange: what to send, and what the frame holds that ends the waiting.
pub(crate) struct Step {
    pub(crate) send: &'static str,
    pub(crate) until: &'static str,
}

pub(crate) const VISAVIS: Dialect = Dialect {
    path: "/signaling",
    subprotocol: None,
    payload: Payload::Text,
    login: &[Step {
        send: r#"["login",{"vid":"{app}","account":"{account}","uid":0,"token":"{token}","device":"websdk","ip":""}]"#,
        until: r#"\"result\":\"ok\""#,
    }],
    join: &[Step {
        send: r#"["call2",["channel_join",1,{"line":"{line}","name":"room"}]]"#,
        until: r#"["call2-ret",[1,"","{\"attrs\""#,
    }],
    send: r#"["call2",["channel_sendmsg",{id},{"line":"{line}","name":"room","msg":"{text}"}]]"#,
    ping: None,
    goodbye: None,
    line: Some((r#"\"line\":\""#, b'\\')),
};

/// Our own programs on Bun and on npm ws.
pub(crate) const JSON: Dialect = Dialect {
    path: "/",
    subprotocol: None,
    payload: Payload::Text,
    login: &[Step {
        send: r#"{"type":"login","account":"{account}"}"#,
        until: r#""welcome""#,
    }],
    join: &[Step {
        send: r#"{"type":"join","room":"room"}"#,
        until: r#""joined""#,
    }],
    send: r#"{"type":"send","room":"room","text":"{text}"}"#,
    ping: None,
    goodbye: None,
    line: None,
};

pub(crate) const SOCKET_IO: Dialect = Dialect {
    path: "/socket.io/?EIO=4&transport=websocket",
    subprotocol: None,
    payload: Payload::Text,
    login: &[
        Step {
            send: "",
            until: "0{",
        },
        Step {
            send: r#"40{"account":"{account}"}"#,
            until: r#"42["welcome""#,
        },
    ],
    join: &[Step {
        send: r#"42["join","room"]"#,
        until: r#"42["joined""#,
    }],
    send: r#"42["send",{"room":"room","text":"{text}"}]"#,
    ping: Some(("2", "3")),
    goodbye: None,
    line: None,
};

pub(crate) const NATS: Dialect = Dialect {
    path: "/",
    subprotocol: None,
    payload: Payload::Stream,
    login: &[
        Step {
            send: "",
            until: "INFO",
        },
        Step {
            send: "CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"{account}\",\"protocol\":1}\r\nPING\r\n",
            until: "PONG",
        },
    ],
    join: &[Step {
        send: "SUB room 1\r\nPING\r\n",
        until: "PONG",
    }],
    send: "PUB room 64\r\n{text}\r\n",
    ping: Some(("PING\r\n", "PONG\r\n")),
    goodbye: None,
    line: None,
};

pub(crate) const CENTRIFUGO: Dialect = Dialect {
    path: "/connection/websocket",
    subprotocol: None,
    payload: Payload::Text,
    login: &[Step {
        send: r#"{"id":1,"connect":{"name":"{account}"}}"#,
        until: r#"{"id":1,"connect":{"#,
    }],
    join: &[Step {
        send: r#"{"id":2,"subscribe":{"channel":"room"}}"#,
        until: r#"{"id":2,"subscribe":{"#,
    }],
    send: r#"{"id":{id},"publish":{"channel":"room","data":{"text":"{text}"}}}"#,
    ping: Some(("{}", "{}")),
    goodbye: None,
    line: None,
};

/// XMPP over WebSocket (RFC 7395) and a multi-user chat (XEP-0045).
pub(crate) const EJABBERD: Dialect = Dialect {
    path: "/ws",
    subprotocol: Some("xmpp"),
    payload: Payload::Text,
    login: &[
        Step {
            send: r#"<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>"#,
            until: "<stream:features",
        },
        Step {
            send: r#"<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>"#,
            until: "<success",
        },
        Step {
            send: r#"<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>"#,
            until: "<stream:features",
        },
        Step {
            send: r#"<iq xmlns="jabber:client" type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>"#,
            until: "<jid>",
        },
    ],
    join: &[Step {
        send: r#"<presence xmlns="jabber:client" to="room@conference.localhost/{account}"><x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="0"/></x></presence>"#,
        until: "<subject",
    }],
    send: r#"<message xmlns="jabber:client" to="room@conference.localhost" type="groupchat" id="{id}"><body>{text}</body></message>"#,
    ping: None,
    goodbye: Some(r#"<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>"#),
    line: None,
};
