//! The limits of everything that comes in over the wire, each with its reason.

/// Largest WebSocket message from a configured client: 43 s of 48 kHz speech, or 131 s at 16 kHz, in one piece.
pub const MESSAGE_BYTES_MAX: usize = 4 << 20;

/// Largest `ClientConfigureSession`, in bytes: map entries take ten times as much memory as they take on the wire.
pub const CONFIGURE_BYTES_MAX: usize = 256 << 10;

/// Most that a frame may hold beside its audio before the audio is copied out, in bytes: audio may wait a long time.
pub const AUDIO_SLACK_BYTES_MAX: usize = 2 << 10;

/// Largest WebSocket message to a client: the Python SDKs close at 1 MiB.
pub const SERVER_MESSAGE_BYTES_MAX: usize = (1 << 20) - 1;

/// Longest app id, avatar id, connection id or req_id, in bytes.
pub const ID_BYTES_MAX: usize = 128;

/// Longest session token, in bytes: ours are near 300.
pub const TOKEN_BYTES_MAX: usize = 4 << 10;

/// Longest life of a session token, in seconds.
pub const TOKEN_TTL_S_MAX: u64 = 24 * 60 * 60;

/// Longest reason in a close frame, in bytes (RFC 6455 §5.5: a control frame has at most 125, two are the code).
pub const CLOSE_REASON_BYTES_MAX: usize = 123;

/// Most entries in `extra_params`, and in a LiveKit egress's `extra_attributes`.
pub const EXTRA_ENTRIES_MAX: usize = 64;

/// Longest key or value in `extra_params`, and longest text field of an egress configuration, in bytes.
pub const TEXT_BYTES_MAX: usize = 4 << 10;
