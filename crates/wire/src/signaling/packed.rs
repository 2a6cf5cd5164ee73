/// A message packed into one line: fields with one space between, the content last.
///
/// v2 is `msg-v2 SRC DST FLAG TYPE TIME CONTENT`, for channel events; v3 has a message id after the version,
/// for messages to peers. The content may hold spaces and may be empty; no other field may.
///
/// ```
/// use visavis_wire::signaling::Packed;
///
/// let text = "msg-v3 7f-1 alice bob v1:E:3600 instant 1700000000 hello, bob";
/// let packed = Packed::parse(text).unwrap();
/// assert_eq!((packed.msgid, packed.src, packed.content), (Some("7f-1"), "alice", "hello, bob"));
/// assert_eq!(packed.to_string(), text);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed<'a> {
    /// The id of a v3 message, made by the server.
    pub msgid: Option<&'a str>,
    /// The sender, or `notify` for events of a channel.
    pub src: &'a str,
    /// The receiver, or `-`.
    pub dst: &'a str,
    /// See [`Flag`](super::Flag).
    pub flag: &'a str,
    /// `instant`, a `voip_…` name, or the kind of a channel event.
    pub kind: &'a str,
    /// Unix seconds.
    pub time_s: u64,
    /// Raw text for `instant`, JSON for the others.
    pub content: &'a str,
}

impl<'a> Packed<'a> {
    /// Reads a packed message of version 2 or 3; `None` when it is neither.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (version, mut rest) = text.split_once(' ')?;
        let mut next = || {
            let (field, tail) = rest.split_once(' ')?;
            rest = tail;
            Some(field)
        };
        let msgid = match version {
            "msg-v2" => None,
            "msg-v3" => Some(next()?),
            _ => return None,
        };
        let [src, dst, flag, kind, time] = [next()?, next()?, next()?, next()?, next()?];
        Some(Self {
            msgid,
            src,
            dst,
            flag,
            kind,
            time_s: time.parse().ok()?,
            content: rest,
        })
    }
}

impl std::fmt::Display for Packed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.msgid {
            Some(msgid) => write!(f, "msg-v3 {msgid} ")?,
            None => f.write_str("msg-v2 ")?,
        }
        let Self {
            src,
            dst,
            flag,
            kind,
            time_s,
            content,
            ..
        } = self;
        write!(f, "{src} {dst} {flag} {kind} {time_s} {content}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_may_be_empty_and_may_hold_spaces() {
        for content in ["", " ", "a  b ", "{\"a\": 1}", "\n"] {
            let packed = Packed {
                msgid: None,
                src: "notify",
                dst: "-",
                flag: "v1:E:180",
                kind: "channel_msg",
                time_s: 1,
                content,
            };
            assert_eq!(Packed::parse(&packed.to_string()), Some(packed));
        }
    }

    #[test]
    fn what_is_not_packed_is_refused() {
        for text in [
            "",
            "msg a b c d e",
            "msg-v2 a b c d 1",
            "msg-v2 a b c d x e",
            "msg-v3 1 a b c d 1",
        ] {
            assert_eq!(Packed::parse(text), None, "{text}");
        }
    }
}
