//! The limits of one session, each with its reason.

/// Audio that waits for the engine before the driver stops reading from the socket, in bytes: 10 s at 48 kHz.
/// With one more message of `visavis_wire::limits::MESSAGE_BYTES_MAX` in hand, 5 MiB is the most that a session holds.
pub const PENDING_AUDIO_BYTES_MAX: usize = 1 << 20;

/// Audio messages that wait for the engine before the driver stops reading from the socket: each costs the driver some
/// hundred bytes, however little audio it holds. 40 s in messages of 10 ms.
pub const PENDING_MESSAGES_MAX: usize = 4096;

/// Requests whose animation is still being made before the driver stops reading from the socket.
pub const PENDING_REQUESTS_MAX: usize = 64;

/// Ended req_ids that are remembered, so that late audio for them is not taken for a new request.
pub const ENDED_REQUESTS_MAX: usize = 64;

/// Frames that mean nothing (text, unknown types, late audio, pings) a client may send at once.
pub const IDLE_FRAMES_BURST: u32 = 500;

/// Frames that mean nothing a client may send for long, per second.
pub const IDLE_FRAMES_PER_S: u32 = 50;

/// Frames in one message: near 0.8 KiB each, so that a message stays well below what SDKs take.
pub const FRAMES_PER_MESSAGE_MAX: usize = 500;
