//! Failures that need more than a cause.

use visavis_codes::{Cause, Failure};

use crate::EngineFault;

/// A refusal as a session says it: "session denied" is for an answer over HTTP.
pub(crate) fn in_session(refusal: Failure) -> Failure {
    if refusal.cause() != Cause::NoCredits {
        return refusal;
    }
    let said = Failure::new(Cause::CreditsRanOut);
    if refusal.is_on_purpose() {
        said.on_purpose()
    } else {
        said
    }
}

pub(crate) fn too_large(limit: usize) -> Failure {
    Failure::about(
        Cause::FieldRefused,
        &format!("audio: a message must not be larger than {limit} bytes"),
    )
}

pub(crate) fn undecodable() -> Failure {
    Failure::about(Cause::MessageUnexpected, "the frame cannot be decoded")
}

pub(crate) fn engine_failed(fault: &EngineFault) -> Failure {
    match fault {
        EngineFault::Audio(what) => Failure::about(Cause::FieldRefused, what),
        EngineFault::Crashed => Failure::about(Cause::EngineFailed, "the engine stopped"),
    }
}

pub(crate) fn draining() -> Failure {
    Failure::about(Cause::EngineFailed, "the server is shutting down").with_retry_after_ms(1000)
}

pub(crate) fn flooding() -> Failure {
    Failure::about(
        Cause::MessageUnexpected,
        "too many frames that carry no audio",
    )
}
