//! Speech of synthesizers, with the phones that they spoke; see `fixtures/README.md`.

use std::sync::LazyLock;

use visavis_animate::opus::OggOpusDecoder;
use visavis_animate::score::Labels;
use visavis_animate::{Character, Fps, Frame, Lookahead, Options};

use super::animate;

/// Samples per second of every recording.
pub(crate) const RATE: u32 = 48_000;

pub(crate) const LOOKAHEADS: [Lookahead; 3] = [Lookahead::Ms20, Lookahead::Ms40, Lookahead::Ms80];
pub(crate) const CHARACTERS: [(&str, Character); 2] =
    [("vera", Character::VERA), ("otto", Character::OTTO)];

/// One sentence, with silence before and after it.
pub(crate) struct Recording {
    pub(crate) name: &'static str,
    pub(crate) samples: Vec<i16>,
    pub(crate) labels: Labels,
}

/// All of them; decoded once.
pub(crate) static RECORDINGS: LazyLock<[Recording; 3]> = LazyLock::new(|| {
    [
        Recording::new(
            "slt",
            include_bytes!("../fixtures/slt.opus"),
            include_str!("../fixtures/slt.phones"),
        ),
        Recording::new(
            "kal16",
            include_bytes!("../fixtures/kal16.opus"),
            include_str!("../fixtures/kal16.phones"),
        ),
        Recording::new(
            "espeak",
            include_bytes!("../fixtures/espeak.opus"),
            include_str!("../fixtures/espeak.phones"),
        ),
    ]
});

impl Recording {
    fn new(name: &'static str, sound: &[u8], phones: &str) -> Self {
        let (mut decoder, mut samples) = (OggOpusDecoder::new(), Vec::new());
        decoder.push(sound, &mut samples).expect("whole");
        decoder.finish().expect("whole");
        Self {
            name,
            samples,
            labels: phones.parse().expect("well formed"),
        }
    }
}

/// All recordings as one lookahead and character perform them.
pub(crate) struct Performed {
    /// Whose it is, for messages.
    pub(crate) who: String,
    pub(crate) frames: [Vec<Frame>; 3],
}

impl Performed {
    /// By every lookahead and character.
    pub(crate) fn all(fps: Fps) -> impl Iterator<Item = Self> {
        LOOKAHEADS.into_iter().flat_map(move |lookahead| {
            CHARACTERS.map(|(name, character)| {
                let options = Options {
                    fps,
                    lookahead,
                    character,
                    ..Options::default()
                };
                Self {
                    who: format!("{name}, {} ms", lookahead.millis()),
                    frames: [0, 1, 2].map(|n| animate(&RECORDINGS[n].samples, RATE, &options)),
                }
            })
        })
    }

    /// The recordings with their frames.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'static Recording, &[Frame])> {
        RECORDINGS.iter().zip(self.frames.iter().map(Vec::as_slice))
    }
}
