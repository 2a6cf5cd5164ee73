use serde_json::Value;
use visavis_wire::signaling::client_encode::{Members, call};
use visavis_wire::signaling::{ClientFrame, Packed, ServerFrame};

/// Reads a frame of the server and what is packed in it; and writes the bytes into a call, which the server reads back.
pub fn signaling_server_frame(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    check(ServerFrame::parse(&text));
    let quoted = Value::String(text.clone().into_owned()).to_string();
    check(ServerFrame::parse(&format!(
        r#"["login_ret",["",{quoted}]]"#
    )));
    check(ServerFrame::parse(&format!(r#"["notify",{quoted}]"#)));

    let members = Members::new().text("name", &text);
    let ClientFrame::Call(read) = ClientFrame::parse(&call(&text, 7, &text, &members)) else {
        panic!("a call is read");
    };
    assert_eq!(read.line.as_deref(), Some(&*text));
    assert!(text.starts_with(&read.func));
}

fn check(frame: ServerFrame) {
    match frame {
        ServerFrame::Batch(frames) => frames.into_iter().for_each(check),
        ServerFrame::Message { packed, .. }
        | ServerFrame::MessageById(packed)
        | ServerFrame::Channel { packed, .. } => {
            if let Some(read) = Packed::parse(&packed) {
                assert!(read.content.len() < packed.len());
            }
        }
        ServerFrame::LoginRet(_)
        | ServerFrame::Answer { .. }
        | ServerFrame::Pong
        | ServerFrame::Announce(_)
        | ServerFrame::Close(_)
        | ServerFrame::Kick(_)
        | ServerFrame::Event { .. }
        | ServerFrame::Unknown => {}
    }
}
