use serde_json::Value;

/// Longest part of a body that an error keeps, in characters.
const RAW_CHARS_MAX: usize = 2048;

/// What an HTTP error body says, whichever of the published shapes it has.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) raw: String,
    /// The extension; absent unless the server is one that sends it.
    pub(super) code_name: Option<String>,
    pub(super) phase: Option<String>,
    pub(super) retryable: bool,
    pub(super) retry_after_ms: u64,
    pub(super) doc_url: Option<String>,
    pub(super) instance: Option<String>,
}

/// Reads a body: `errors[0]` before the flat members, `detail` before `message`, plain text as the detail.
///
/// With HTTP status 200 the status is that of `errors[0]`, where it has one.
pub(super) fn read(bytes: &[u8], http_status: u16) -> Body {
    let text = String::from_utf8_lossy(bytes);
    let raw = text.chars().take(RAW_CHARS_MAX).collect();
    let Ok(Value::Object(flat)) = serde_json::from_slice(bytes) else {
        let detail = text.trim().chars().take(RAW_CHARS_MAX).collect();
        return Body {
            status: http_status,
            detail,
            raw,
            ..Body::default()
        };
    };
    let nested = flat
        .get("errors")
        .and_then(|errors| errors.get(0)?.as_object());
    let (entry, codes) = match nested {
        Some(entry) => (entry, ["code", "id"]),
        None => (&flat, ["code", "error"]),
    };
    let first = |names: [&str; 2]| names.into_iter().find_map(|name| word(entry.get(name)));
    let said = |name: &str| word(flat.get(name));
    let status = entry
        .get("status")
        .and_then(number)
        .filter(|_| http_status == 200);
    Body {
        status: status.unwrap_or(http_status),
        code: first(codes).unwrap_or_default(),
        title: word(entry.get("title")).unwrap_or_default(),
        detail: first(["detail", "message"]).unwrap_or_default(),
        raw,
        code_name: said("code_name"),
        phase: said("phase"),
        retryable: flat
            .get("retryable")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        retry_after_ms: flat
            .get("retry_after_ms")
            .and_then(Value::as_u64)
            .unwrap_or(0),
        doc_url: said("doc_url"),
        instance: said("instance"),
    }
}

/// A text or a number, as text; nothing else, and nothing empty.
fn word(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64().and_then(|number| number.try_into().ok()),
    }
}
