/// What a random number is for; each purpose has its own stream, so that none shifts another.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Blink = 1,
    Gaze = 2,
    Head = 3,
    Turn = 4,
    Nod = 5,
}

/// The number of a stream at a place in media time: 0 inclusive to 1 exclusive, evenly spread (SplitMix64).
///
/// Streams are read by place, never in turn, so that nothing that happens on the way shifts them.
pub(super) fn chance(seed: u64, purpose: Purpose, place: u64) -> f32 {
    let mut z = seed ^ (purpose as u64).wrapping_mul(0xd6e8_feb8_6659_fd93);
    z = z.wrapping_add((place + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32
}
