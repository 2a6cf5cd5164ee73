//! One stream's way from a measured window to the network.

use crate::analysis::Sound;
use crate::hearing::{HEADS, Hearing, Moment};
use crate::level::Level;
use crate::network::{Column, Network, Stream};
use crate::{Lookahead, Phone};

/// All that is remembered between a window and what is heard in it.
#[derive(Clone)]
pub(crate) struct Listener {
    level: Level,
    pub(crate) stream: Stream,
    /// Heads of the network that the lookahead has use for.
    wanted: usize,
    /// Windows taken.
    pub(crate) windows: u64,
}

impl Listener {
    pub(crate) fn new(lookahead: Lookahead) -> Self {
        let lookahead = lookahead.steps();
        Self {
            level: Level::new(),
            stream: Stream::new(Network::built_in()),
            wanted: HEADS.iter().filter(|&&steps| steps <= lookahead).count(),
            windows: 0,
        }
    }

    /// Equals a new one afterwards.
    pub(crate) fn reset(&mut self) {
        self.level = Level::new();
        self.stream.reset(Network::built_in());
        self.windows = 0;
    }

    /// Takes the next window and makes a column of it; the network fills in its heads.
    pub(crate) fn push(&mut self, stream: usize, sound: &Sound) -> Column {
        self.windows += 1;
        let (loudness_db, presence) = self.level.push(sound.level_db);
        Column {
            stream,
            input: self.stream.normaliser.push(sound),
            wanted: self.wanted,
            hearing: Hearing {
                heads: [[0.0; Phone::COUNT]; HEADS.len()],
                moment: Moment {
                    level_db: sound.level_db,
                    loudness_db,
                    presence,
                    voicing: sound.voicing,
                    pitch_semitones: sound.pitch_semitones,
                    brightness: sound.brightness,
                },
            },
        }
    }
}
