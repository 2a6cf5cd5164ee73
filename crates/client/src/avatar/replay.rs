//! What a fresh session has to be told again.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use visavis_wire::proto;

/// Most speech that waits for its motion, in bytes: over four minutes at 16 kHz.
pub(super) const REPLAY_BYTES_MAX: usize = 8 << 20;

/// The protocol's frames are 40 ms apart.
pub(super) const FRAME: Duration = Duration::from_millis(40);

/// Speech that was not answered with motion yet, and how far the motion has come.
#[derive(Debug)]
pub(super) struct Replay {
    /// Bytes a second; `None` for Opus, which can only be told from its beginning.
    pcm_rate: Option<u64>,
    kept: BytesMut,
    /// How much of `kept` went out on the current session.
    sent: usize,
    /// Where `kept` begins in the utterance, in bytes.
    start: u64,
    /// How far the motion has come, over all sessions.
    moved: Duration,
    /// Where the current session's motion begins.
    offset: Duration,
    /// How far the current session's motion has come, from its own beginning.
    session: Duration,
    complete: bool,
}

impl Replay {
    pub(super) fn new(configure: &proto::ClientConfigureSession) -> Self {
        let pcm = configure.audio_format == i32::from(proto::AudioFormat::PcmS16le);
        let rate = u64::try_from(configure.sample_rate).unwrap_or(0);
        Self {
            pcm_rate: pcm.then_some(rate * 2),
            kept: BytesMut::new(),
            sent: 0,
            start: 0,
            moved: Duration::ZERO,
            offset: Duration::ZERO,
            session: Duration::ZERO,
            complete: false,
        }
    }

    /// True while more speech may be taken in.
    pub(super) fn has_room(&self) -> bool {
        !self.complete && self.kept.len() < REPLAY_BYTES_MAX
    }

    /// True when the speech cannot be kept whole, as Opus must be.
    pub(super) fn overflows(&self) -> bool {
        self.pcm_rate.is_none() && self.kept.len() >= REPLAY_BYTES_MAX
    }

    pub(super) fn push(&mut self, audio: &[u8]) {
        self.kept.extend_from_slice(audio);
    }

    /// No more speech will come.
    pub(super) const fn complete(&mut self) {
        self.complete = true;
    }

    pub(super) const fn is_complete(&self) -> bool {
        self.complete
    }

    /// True when there is speech that no session has answered, or that no session was told yet.
    pub(super) fn has_speech(&self) -> bool {
        !self.kept.is_empty()
    }

    /// True when all speech there was has its motion, but for less than a frame.
    pub(super) fn is_answered(&self) -> bool {
        let frame_bytes = self.pcm_rate.unwrap_or(0) / 25;
        self.complete && (self.kept.is_empty() || (self.kept.len() as u64) < frame_bytes)
    }

    /// Begins again on a fresh session.
    pub(super) const fn restart(&mut self) {
        self.sent = 0;
        self.session = Duration::ZERO;
        self.offset = match self.pcm_rate {
            Some(_) => self.moved,
            None => Duration::ZERO,
        };
    }

    /// Up to `bytes_max` of what the current session was not told yet.
    pub(super) fn next(&mut self, bytes_max: usize) -> Option<Bytes> {
        let rest = &self.kept[self.sent..];
        let piece = &rest[..rest.len().min(bytes_max)];
        self.sent += piece.len();
        (!piece.is_empty()).then(|| Bytes::copy_from_slice(piece))
    }

    /// The current session's motion has come this far.
    pub(super) fn answered(&mut self, session: Duration) {
        self.session = self.session.max(session);
        self.moved = self.moved.max(self.offset + self.session);
        let Some(rate) = self.pcm_rate else { return };
        // Whole samples; the product is in u128 microseconds and does not overflow.
        let bytes = (self.moved.as_micros() * u128::from(rate) / 2_000_000) as u64 * 2;
        let done = bytes.saturating_sub(self.start).min(self.sent as u64) as usize;
        drop(self.kept.split_to(done));
        self.start += done as u64;
        self.sent -= done;
    }

    /// The time in the utterance of a time in the current session.
    pub(super) fn absolute(&self, session: Duration) -> Duration {
        self.offset + session
    }

    /// How far the current session's motion has come.
    pub(super) const fn session(&self) -> Duration {
        self.session
    }

    /// How far the motion has come, over all sessions.
    pub(super) const fn moved(&self) -> Duration {
        self.moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay(audio_format: i32) -> Replay {
        Replay::new(&proto::ClientConfigureSession {
            sample_rate: 16_000,
            audio_format,
            ..Default::default()
        })
    }

    #[test]
    fn a_fresh_session_is_told_what_had_no_motion_yet() {
        let mut replay = replay(0);
        replay.push(&[7; 32_000]);
        replay.complete();
        replay.restart();
        assert_eq!(replay.next(20_000).map(|piece| piece.len()), Some(20_000));
        replay.answered(FRAME * 10);
        assert_eq!(replay.moved(), Duration::from_millis(400));
        replay.restart();
        assert_eq!(
            replay.next(usize::MAX).map(|piece| piece.len()),
            Some(32_000 - 12_800)
        );
        assert_eq!(replay.absolute(FRAME), Duration::from_millis(440));
        replay.answered(FRAME * 15);
        assert!(replay.is_answered() && !replay.has_speech());
    }

    #[test]
    fn motion_never_outruns_what_was_sent() {
        let mut replay = replay(0);
        replay.push(&[0; 3200]);
        replay.restart();
        replay.next(1000);
        replay.answered(Duration::from_secs(5));
        assert_eq!(replay.next(usize::MAX).map(|piece| piece.len()), Some(2200));
    }

    #[test]
    fn opus_is_told_from_its_beginning() {
        let mut replay = replay(1);
        replay.push(b"OggS rest");
        replay.restart();
        replay.next(4);
        replay.answered(FRAME * 3);
        replay.restart();
        assert_eq!(replay.next(100).as_deref(), Some(b"OggS rest".as_slice()));
        assert_eq!((replay.absolute(FRAME), replay.moved()), (FRAME, FRAME * 3));
    }
}
