//! Whom the sound is given to.

use visavis_animate::{
    Frame, Lookahead,
    score::{FRAME_US, Guess},
};

use crate::{
    Failure,
    animate::{corpus::Utterance, head_audio, own, pocket_sphinx},
    install::Cache,
};

/// A recogniser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Visavis(Lookahead),
    HeadAudio,
    PocketSphinx,
}

/// What a system made of one utterance.
#[derive(Default)]
pub(super) struct Heard {
    /// What it takes the sound for from which microsecond on, in order.
    pub(super) changes: Vec<(i64, Guess)>,
    /// Its face at 100 frames per second, where it has one.
    pub(super) frames: Vec<Frame>,
}

impl System {
    pub(super) const ALL: [Self; 5] = [
        Self::Visavis(Lookahead::Ms20),
        Self::Visavis(Lookahead::Ms40),
        Self::Visavis(Lookahead::Ms80),
        Self::HeadAudio,
        Self::PocketSphinx,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Visavis(Lookahead::Ms20) => "visavis-20",
            Self::Visavis(Lookahead::Ms40) => "visavis-40",
            Self::Visavis(Lookahead::Ms80) => "visavis-80",
            Self::HeadAudio => "headaudio",
            Self::PocketSphinx => "pocketsphinx",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Visavis(Lookahead::Ms20) => "**visavis, 20 ms**",
            Self::Visavis(Lookahead::Ms40) => "**visavis, 40 ms**",
            Self::Visavis(Lookahead::Ms80) => "**visavis, 80 ms**",
            Self::HeadAudio => "HeadAudio 0.1.0",
            Self::PocketSphinx => "PocketSphinx 5prealpha",
        }
    }

    /// By how many microseconds it may be late; the best of them counts. We are never forgiven anything.
    pub(super) fn offsets_us(self) -> &'static [i64] {
        match self {
            Self::Visavis(_) => &[0],
            // Its vote over six windows makes it late.
            Self::HeadAudio => &[
                0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 70_000, 80_000, 90_000, 100_000,
            ],
            // Nobody says which instant of a window its times mean.
            Self::PocketSphinx => &[
                -50_000, -40_000, -30_000, -20_000, -10_000, 0, 10_000, 20_000, 30_000, 40_000,
                50_000,
            ],
        }
    }

    /// Whether it can be asked here; the error says what is missing.
    pub(super) fn check(self, cache: &Cache) -> Result<(), Failure> {
        match self {
            Self::Visavis(_) => Ok(()),
            Self::HeadAudio => head_audio::install(cache).map(drop),
            Self::PocketSphinx => pocket_sphinx::check(),
        }
    }

    /// One answer per utterance.
    pub(super) fn hear(
        self,
        utterances: &[Utterance],
        cache: &Cache,
    ) -> Result<Vec<Heard>, Failure> {
        match self {
            Self::Visavis(lookahead) => own::hear(utterances, lookahead),
            Self::HeadAudio => head_audio::hear(utterances, cache),
            Self::PocketSphinx => pocket_sphinx::hear(utterances, cache),
        }
    }
}

impl Heard {
    /// What it takes each of `frames` instants for, heard `offset_us` later; silence before it says anything.
    pub(super) fn guesses(&self, frames: usize, offset_us: i64) -> Vec<Guess> {
        let silence = Guess::from(visavis_animate::Phone::Sil);
        let at = |n: usize| {
            let time_us = n as i64 * FRAME_US as i64 + offset_us;
            let after = self
                .changes
                .partition_point(|(from_us, _)| *from_us <= time_us);
            after
                .checked_sub(1)
                .map_or(silence, |last| self.changes[last].1)
        };
        (0..frames).map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use visavis_animate::Viseme;

    use super::*;

    #[test]
    fn offsets_forgive_being_late() {
        let changes = [(5_000, Viseme::Pp), (25_000, Viseme::Aa)];
        let heard = Heard {
            changes: changes
                .map(|(from_us, viseme)| (from_us, Guess::from(viseme)))
                .to_vec(),
            frames: Vec::new(),
        };
        let visemes = |offset_us| -> Vec<Viseme> {
            let guesses = heard.guesses(4, offset_us);
            guesses.iter().map(|guess| guess.viseme).collect()
        };
        assert_eq!(
            visemes(0),
            [Viseme::Sil, Viseme::Pp, Viseme::Pp, Viseme::Aa]
        );
        assert_eq!(
            visemes(20_000),
            [Viseme::Pp, Viseme::Aa, Viseme::Aa, Viseme::Aa]
        );
        assert_eq!(
            visemes(-20_000),
            [Viseme::Sil, Viseme::Sil, Viseme::Sil, Viseme::Pp]
        );
    }
}
