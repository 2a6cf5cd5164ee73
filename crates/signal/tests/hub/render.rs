//! Frames in a few words.

use serde_json::Value;
use visavis_wire::signaling::Packed;

/// How a call or a login ended.
pub(crate) fn outcome(body: &Value) -> String {
    if body["result"] == "ok" {
        return "ok".into();
    }
    for member in ["code", "name", "reason", "retryable"] {
        assert!(!body[member].is_null(), "{member} is missing in {body}");
    }
    assert_eq!(body["result"], "failed");
    format!("{} {}", body["code"], text(&body["reason"]))
}

/// A frame that is no answer.
pub(crate) fn frame(frame: &Value) -> String {
    match text(&frame[0]) {
        "notify" => notification(&frame[1]),
        "pong" => format!("pong {}", frame[1]),
        word @ ("close" | "kick") => {
            format!("{word} {} {}", frame[1]["code"], text(&frame[1]["reason"]))
        }
        "event" => format!("event {} {}", text(&frame[1][0]), frame[1][1]),
        other => panic!("{other} is no frame"),
    }
}

fn notification(args: &Value) -> String {
    match text(&args[0]) {
        "channel2" => event(Packed::parse(text(&args[3])).expect("packed")),
        "msg" => format!("msg {}", args[1]),
        "recvmsg" => {
            let inner: Value = serde_json::from_str(text(&args[1])).expect("JSON");
            format!("recvmsg {}", message(&inner))
        }
        "recvmsg_by_msgid" => {
            let packed = Packed::parse(text(&args[1])).expect("packed");
            format!("by_msgid {}: {}", packed.src, packed.content)
        }
        other => panic!("{other} is no notification"),
    }
}

/// A message as it stands in a page or a push: `[version, packed]`.
pub(crate) fn message(entry: &Value) -> String {
    let packed = Packed::parse(text(&entry[1])).expect("packed");
    assert!(packed.msgid.is_some_and(|id| !id.is_empty()));
    match packed.kind {
        "instant" => format!("{} {}: {}", entry[0], packed.src, packed.content),
        kind => {
            let content: Value = serde_json::from_str(packed.content).expect("JSON");
            assert!(content["peeruid"].is_u64());
            format!(
                "{} {kind} {} {} {}",
                entry[0],
                text(&content["channel"]),
                text(&content["peer"]),
                text(&content["extra"])
            )
        }
    }
}

fn event(packed: Packed<'_>) -> String {
    assert_eq!((packed.msgid, packed.src), (None, "notify"));
    let content: Value = serde_json::from_str(packed.content).expect("JSON");
    let [channel, account] = ["channel", "account"].map(|name| text(&content[name]));
    match packed.kind {
        "channel_msg" => format!("{channel} {account}: {}", text(&content["msg"])),
        "channel_user_join" => format!("{channel} +{account}"),
        "channel_user_leave" => format!("{channel} -{account} {}", content["code"]),
        "channel_attr_update" => format!(
            "{channel} {account} {} {}={}",
            text(&content["type"]),
            text(&content["name"]),
            text(&content["value"])
        ),
        other => panic!("{other} is no event"),
    }
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}
