use super::*;

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x12, 0x34, 0x56, 0x78];
    let mut frame = vec![first];
    match payload.len() {
        length @ ..=125 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&mask);
    frame.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    frame
}

/// Everything that comes of the bytes, given in slices of this length.
fn decode(bytes: &[u8], slice: usize) -> Result<Vec<Received>, Violation> {
    let mut decoder = Decoder::new(1000);
    let mut all = Vec::new();
    for mut input in bytes.chunks(slice) {
        while let Some(received) = decoder.next(&mut input)? {
            all.push(received);
        }
        assert!(input.is_empty());
    }
    Ok(all)
}

#[test]
fn messages_come_out_whole_however_the_bytes_are_cut() {
    let long = "é".repeat(200);
    let mut bytes = frame(0x81, b"[1]");
    bytes.extend(frame(0x01, "grü".as_bytes()));
    bytes.extend(frame(0x89, b"are you there"));
    bytes.extend(frame(0x80, "ß".as_bytes()));
    bytes.extend(frame(0x82, &[0xff; 7]));
    bytes.extend(frame(0x81, long.as_bytes()));
    bytes.extend(frame(0x8a, b""));
    bytes.extend(frame(0x88, &[0x03, 0xe8]));
    let whole = decode(&bytes, bytes.len()).unwrap();
    assert_eq!(
        whole,
        [
            Received::Text("[1]".into()),
            Received::Ping(b"are you there".into()),
            Received::Text("grüß".into()),
            Received::Binary(vec![0xff; 7]),
            Received::Text(long),
            Received::Pong,
            Received::Close(Some(1000)),
        ]
    );
    for slice in 1..20 {
        assert_eq!(decode(&bytes, slice).unwrap(), whole, "{slice}");
    }
}

#[test]
fn each_violation_has_its_status() {
    let unmasked = vec![0x81, 1, b'x'];
    for (bytes, violation) in [
        (frame(0xc1, b"rsv"), Violation::Protocol),
        (frame(0x83, b"opcode"), Violation::Protocol),
        (frame(0x80, b"continues nothing"), Violation::Protocol),
        (
            [frame(0x01, b"a"), frame(0x81, b"b")].concat(),
            Violation::Protocol,
        ),
        (frame(0x09, b"ping in parts"), Violation::Protocol),
        (frame(0x89, &[0; 126]), Violation::Protocol),
        (frame(0x88, &[3]), Violation::Protocol),
        (frame(0x88, &1005u16.to_be_bytes()), Violation::Protocol),
        (frame(0x88, &[0x03, 0xe8, 0xff]), Violation::NotUtf8),
        (frame(0x81, &[0xff]), Violation::NotUtf8),
        (frame(0x81, &[0xc3]), Violation::NotUtf8),
        (frame(0x81, &[b'x'; 1001]), Violation::TooLarge),
        (unmasked, Violation::Protocol),
    ] {
        assert_eq!(decode(&bytes, 3), Err(violation), "{bytes:x?}");
    }
}

#[test]
fn fragments_count_together() {
    let bytes = [frame(0x01, &[b'x'; 600]), frame(0x80, &[b'x'; 600])].concat();
    assert_eq!(decode(&bytes, 100), Err(Violation::TooLarge));
}

#[test]
fn text_fails_at_its_first_wrong_byte() {
    let mut decoder = Decoder::new(1000);
    let bytes = frame(0x81, &[b'a', 0xf4, 0x90, 0x80, 0x80, b'b']);
    let (until_wrong, _) = bytes.split_at(bytes.len() - 3);
    assert_eq!(decoder.next(&mut &until_wrong[..]), Err(Violation::NotUtf8));
}

#[test]
fn frames_are_encoded_as_the_standard_says() {
    assert_eq!(
        text(b"Hello").as_ref(),
        [0x81, 5, b'H', b'e', b'l', b'l', b'o']
    );
    assert_eq!(binary(&[0; 256])[..4], [0x82, 126, 1, 0]);
    assert_eq!(pong(b"x").as_ref(), [0x8a, 1, b'x']);
    assert_eq!(
        close(Some(4103), "ab").as_ref(),
        [0x88, 4, 0x10, 0x07, b'a', b'b']
    );
    assert_eq!(close(None, "").as_ref(), [0x88, 0]);
    assert_eq!(close(Some(1000), &"é".repeat(100)).len(), 2 + 2 + 122);
}
