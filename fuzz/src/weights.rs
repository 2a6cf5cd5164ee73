use visavis_animate::probe;

const BUILT_IN: &[u8] = include_bytes!("../../crates/animate/weights/phones.bin");

/// Reads the bytes as a network's weights, and the built-in ones with some bytes changed and the end cut off.
pub fn weights(bytes: &[u8]) {
    let _ = probe::weights(bytes);
    let mut file = BUILT_IN.to_vec();
    for [low, high, value] in bytes.as_chunks::<3>().0 {
        // The header is where most can go wrong.
        file[usize::from(u16::from_le_bytes([*low, *high])) % 2048] = *value;
    }
    let read = probe::weights(&file);
    file.truncate(file.len() - 1 - bytes.len() % 4096);
    assert!(probe::weights(&file).is_err(), "cut off and yet {read:?}");
}
