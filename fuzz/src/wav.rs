use visavis_animate::wav::read;

/// Reads a WAV file of any kind, and one whose header is well formed but for some of its fields.
pub fn wav(bytes: &[u8]) {
    check(bytes);
    let Some((fields, data)) = bytes.split_first_chunk::<6>() else {
        return;
    };
    let [format, channels, rate, align, bits, length] = fields.map(u32::from);
    let mut file = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\x00\x00\x00".to_vec();
    file.extend((format as u16 % 4).to_le_bytes());
    file.extend((channels as u16 % 20).to_le_bytes());
    file.extend((rate * 400).to_le_bytes());
    file.extend((rate * 800).to_le_bytes());
    file.extend((align as u16 % 9).to_le_bytes());
    file.extend((bits as u16 % 8 * 8).to_le_bytes());
    file.extend(b"data");
    file.extend((length * length * length * 200).to_le_bytes());
    file.extend(data);
    check(&file);
}

fn check(file: &[u8]) {
    if let Ok((_, samples)) = read(file) {
        assert!(samples.len() <= file.len(), "samples from nowhere");
    }
}
