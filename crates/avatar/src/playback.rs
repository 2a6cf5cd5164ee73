use std::time::Duration;

use visavis_wire::proto::server_playback_state::State;

use crate::Time;

/// Where the listener stands in a request, as far as the server can tell: from its first frame on, in real time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Playback {
    started: Option<Time>,
    /// Time spent held before the current hold.
    held: Duration,
    hold: Option<Time>,
    media: Duration,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Growing,
    Complete,
    /// Where it stood then.
    Stopped(Duration),
}

impl Playback {
    pub(crate) fn add(&mut self, now: Time, media: Duration) {
        self.started.get_or_insert(now);
        self.media += media;
    }

    pub(crate) fn complete(&mut self) {
        self.stage = Stage::Complete;
    }

    /// Stops for good, unless everything was heard already.
    pub(crate) fn stop(&mut self, now: Time) {
        if self.state(now) != State::Ended {
            self.stage = Stage::Stopped(self.position(now));
            self.hold = None;
        }
    }

    pub(crate) fn pause(&mut self, now: Time) {
        if self.hold.is_none() && self.state(now) == State::Playing {
            self.hold = Some(now);
        }
    }

    pub(crate) fn resume(&mut self, now: Time) {
        if let Some(since) = self.hold.take() {
            self.held += now.saturating_sub(since.max(self.started.unwrap_or(now)));
        }
    }

    pub(crate) fn held_since(&self) -> Option<Time> {
        self.hold
    }

    pub(crate) fn position(&self, now: Time) -> Duration {
        if let Stage::Stopped(position) = self.stage {
            return position;
        }
        let Some(started) = self.started else {
            return Duration::ZERO;
        };
        let until = self.hold.map_or(now, |hold| hold.max(started));
        until
            .saturating_sub(started)
            .saturating_sub(self.held)
            .min(self.media)
    }

    pub(crate) fn state(&self, now: Time) -> State {
        match self.stage {
            Stage::Stopped(_) => State::Interrupted,
            _ if self.hold.is_some() => State::Paused,
            Stage::Complete if self.position(now) >= self.media => State::Ended,
            Stage::Complete | Stage::Growing => State::Playing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_position_stands_still_while_held() {
        let mut playback = Playback::default();
        assert_eq!(
            (playback.position(s(0)), playback.state(s(0))),
            (s(0), State::Playing)
        );
        playback.add(s(1), s(10));
        playback.pause(s(4));
        assert_eq!(
            (playback.position(s(9)), playback.state(s(9))),
            (s(3), State::Paused)
        );
        playback.resume(s(9));
        playback.complete();
        assert_eq!(
            (playback.position(s(10)), playback.state(s(10))),
            (s(4), State::Playing)
        );
        assert_eq!(
            (playback.position(s(60)), playback.state(s(60))),
            (s(10), State::Ended)
        );
        playback.pause(s(61));
        assert_eq!(playback.state(s(61)), State::Ended);
        playback.stop(s(62));
        assert_eq!(playback.state(s(62)), State::Ended);
    }

    #[test]
    fn the_position_stands_still_once_stopped() {
        let mut playback = Playback::default();
        playback.add(s(1), s(10));
        playback.pause(s(3));
        playback.stop(s(8));
        playback.resume(s(9));
        assert_eq!(
            (playback.position(s(60)), playback.state(s(60))),
            (s(2), State::Interrupted)
        );
    }
}
