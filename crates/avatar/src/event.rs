use std::time::Duration;

use bytes::Bytes;
use visavis_codes::{Failure, Phase};
use visavis_wire::{AudioFormat, ReqId, SampleRate, proto};

use crate::{Configuration, Disruption, Motion};

/// Time since an epoch of the driver's choice; it never goes back.
pub type Time = Duration;

/// Names a request towards the engine; never used again in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestKey(pub u64);

/// What happens to a session.
#[derive(Debug, Clone)]
pub enum Input {
    /// A binary frame.
    Binary(Bytes),
    /// A text frame.
    Text,
    /// A ping; the driver answers it.
    Ping,
    /// A message larger than the driver lets in, with its limit in bytes; what follows is unreadable.
    TooLarge(usize),
    /// The bytes are no WebSocket frames, or text that is not UTF-8; what follows is unreadable.
    Malformed,
    /// The client closed, or the connection is gone.
    PeerClosed,
    /// The engine has worked off a piece of a request.
    Animated {
        /// The request.
        key: RequestKey,
        /// How many bytes of its audio were worked off.
        audio_bytes: usize,
        /// The frames that came of it, if any.
        animation: Option<Animation>,
        /// True when the request's audio is at its end and all frames are out.
        done: bool,
    },
    /// The engine gave up a request.
    EngineFailed {
        /// The request.
        key: RequestKey,
        /// Why.
        fault: EngineFault,
    },
    /// The ledger's answer to [`Output::Reserve`]: how many credits it set aside, 0 when there are none left.
    Reserved {
        /// The block that was asked for.
        block: u32,
        /// At most what was asked for.
        credits: u32,
    },
    /// The ledger does not answer.
    LedgerFailed,
    /// Something is to go wrong on purpose.
    Disrupt(Disruption),
    /// The server is going down.
    Drain,
    /// Time has passed.
    Tick,
}

/// Consecutive frames of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Animation {
    /// How many frames, at 25 a second.
    pub frames: u32,
    /// The FLAME form.
    pub flame: proto::FlameAnimation,
    /// The open form.
    pub open: proto::OpenAnimation,
}

impl Animation {
    /// Keeps at most `at` frames and gives back the others, if there are any.
    pub(crate) fn split_off(&mut self, at: usize) -> Option<Self> {
        if self.open.frames.len() <= at {
            return None;
        }
        let flame = proto::FlameAnimation {
            keyframes: self.flame.keyframes.split_off(at),
        };
        let open = proto::OpenAnimation {
            frames: self.open.frames.split_off(at),
            ..self.open
        };
        let rest = Self {
            frames: self.frames - at as u32,
            flame,
            open,
        };
        self.frames = at as u32;
        Some(rest)
    }
}

/// Why the engine gave up a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineFault {
    /// The audio cannot be decoded; the text says what is wrong with it.
    Audio(String),
    /// The engine itself failed.
    Crashed,
}

/// What a session wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Set up the engine for a request.
    Start {
        /// The request.
        key: RequestKey,
        /// How its bytes are to be read.
        format: AudioFormat,
        /// The rate of its samples.
        sample_rate: SampleRate,
        /// What the client asked of the engine.
        motion: Motion,
    },
    /// Work off this audio of a request.
    Animate {
        /// The request.
        key: RequestKey,
        /// Never empty.
        audio: Bytes,
    },
    /// Make the frames that a request's audio still owes.
    Finish {
        /// The request.
        key: RequestKey,
    },
    /// Forget a request; no answer is wanted.
    Cancel {
        /// The request.
        key: RequestKey,
    },
    /// Set credits aside; answered with [`Input::Reserved`].
    Reserve {
        /// Counts up from 1; block 0 was set aside before the session began.
        block: u32,
        /// How many.
        credits: u32,
    },
    /// Charge a block and give back its rest.
    Settle {
        /// The block.
        block: u32,
        /// How many of its credits were used.
        committed: u32,
    },
    /// Send a binary frame.
    Send(Bytes),
    /// Send a close frame, then wait for the peer's.
    Close {
        /// The close code.
        code: u16,
        /// At most 123 bytes.
        reason: String,
    },
    /// Read and write nothing more, but keep the connection.
    Stall,
    /// Let go of the connection: the peer has closed, or had its time to.
    Drop,
    /// For logs and metrics alone.
    Report(Report),
}

/// What is worth a line in the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// The handshake is done.
    Confirmed(Configuration),
    /// A request began.
    RequestStarted(ReqId),
    /// A request's last frame is on its way.
    RequestEnded {
        /// The request.
        req_id: ReqId,
        /// Frames in all.
        frames: u64,
        /// How it ended.
        end: RequestEnd,
    },
    /// The session failed.
    Failed {
        /// What went wrong.
        failure: Failure,
        /// How far the session had got.
        phase: Phase,
        /// The request that was open.
        req_id: Option<ReqId>,
    },
    /// The session is over, with the connected seconds that were charged for.
    Ended {
        /// Rounded up.
        connected_s: u64,
    },
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestEnd {
    /// Every frame went out.
    Completed,
    /// The client stopped it.
    Interrupted,
    /// A newer request took its place.
    Preempted,
    /// It was held for too long.
    PauseTimeout,
}

impl RequestEnd {
    /// The name in logs, and the reason in a playback state.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Interrupted => "explicit",
            Self::Preempted => "preempted",
            Self::PauseTimeout => "pause_timeout",
        }
    }
}
