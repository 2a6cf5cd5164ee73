//! What every fuzz target does with its bytes; each function panics when a promise is broken.
//!
//! The targets under `fuzz_targets/` hand these functions to libFuzzer; the `smoke` program feeds them noise on a
//! stable toolchain.

mod animator;
mod client_frame;
/// The server's own files.
#[path = "../../crates/server/src"]
mod framing {
    pub(crate) mod websocket;
}
mod hub;
mod ogg_opus;
#[path = "../../crates/avatar/tests/session/rules.rs"]
mod rules;
mod session_token;
mod signaling;
mod signaling_server_frame;
mod wav;
mod websocket;
mod weights;

pub use animator::animator;
pub use client_frame::client_frame;
pub use hub::hub;
pub use ogg_opus::ogg_opus;
pub use session_token::session_token;
pub use signaling::{signaling_frame, signaling_packed, signaling_token};
pub use signaling_server_frame::signaling_server_frame;
pub use wav::wav;
pub use websocket::websocket;
pub use weights::weights;

/// Plays the bytes as a sequence of inputs against one avatar session.
pub fn session(bytes: &[u8]) {
    rules::play(&bytes[..bytes.len().min(STEPS_BYTES_MAX)]);
}

/// Longer sequences find nothing that shorter ones do not.
const STEPS_BYTES_MAX: usize = 3 * 400;

/// A target's name and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 13] = [
    ("client_frame", client_frame),
    ("session_token", session_token),
    ("session", session),
    ("signaling_server_frame", signaling_server_frame),
    ("ogg_opus", ogg_opus),
    ("wav", wav),
    ("animator", animator),
    ("weights", weights),
    ("signaling_frame", signaling_frame),
    ("signaling_packed", signaling_packed),
    ("signaling_token", signaling_token),
    ("hub", hub),
    ("websocket", websocket),
];

/// Cuts bytes into pieces of changing lengths, the same ones for the same seed.
fn slices<T>(mut whole: &[T], seed: u8) -> impl Iterator<Item = &[T]> {
    let mut state = u32::from(seed) + 1;
    std::iter::from_fn(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let scale = [2, 9, 130, 4000][(state >> 30) as usize];
        let size = ((state >> 8) as usize % scale).min(whole.len());
        let (piece, rest) = whole.split_at(size);
        let more = !whole.is_empty();
        whole = rest;
        more.then_some(piece)
    })
}
