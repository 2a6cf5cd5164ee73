//! The limits of one session, each with its reason.

/// Audio that waits for the engine before the driver stops reading from the socket, in bytes: 10 s at 48 kHz.
/// With one more message of `visavis_wire::limits::MESSAGE_BYTES_MAX` in hand, 5 MiB is the most that a session holds.
pub const PENDING_AUDIO_BYTES_MAX: usize = 1 << 20;

/// Requests whose animation is still being made before the driver stops reading from the socket.
pub const PENDING_REQUESTS_MAX: usize = 64;

/// Ended req_ids that are remembered, so that late audio for them is not taken for a new request.
pub const ENDED_REQUESTS_MAX: usize = 64;

/// Frames that mean nothing (text, unknown types, late audio, pings) a client may send at once.
pub const IDLE_FRAMES_BURST: u32 = 500;

/// Frames that mean nothing a client may send for long, per second.
pub const IDLE_FRAMES_PER_S: u32 = 50;
