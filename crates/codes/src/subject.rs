/// The variable of a message, which may come from a peer: without control characters, and at most this long.
pub(crate) fn clean(subject: &str, bytes_max: usize) -> String {
    let mut bytes = 0;
    subject
        .chars()
        .filter(|c| !c.is_control())
        .take_while(|c| {
            bytes += c.len_utf8();
            bytes <= bytes_max
        })
        .collect()
}
