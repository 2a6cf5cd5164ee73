//! The world of the hub's own tests, with what they do by hand left unused.

#[allow(dead_code)]
#[path = "../../crates/signal/tests/hub/render.rs"]
mod render;
#[path = "../../crates/signal/tests/hub/rules.rs"]
mod rules;
#[allow(dead_code)]
#[path = "../../crates/signal/tests/hub/store.rs"]
mod store;
#[allow(dead_code)]
#[path = "../../crates/signal/tests/hub/world.rs"]
mod world;

/// Longer sequences find nothing that shorter ones do not.
const STEPS_BYTES_MAX: usize = 3 * 200;

/// Plays the bytes as a sequence of steps of several accounts against one hub.
pub fn hub(bytes: &[u8]) {
    rules::play(&bytes[..bytes.len().min(STEPS_BYTES_MAX)]);
}
