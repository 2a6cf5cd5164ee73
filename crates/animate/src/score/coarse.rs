use std::fmt;

use crate::Viseme;

/// What a glance tells of a mouth: seven classes of visemes.
///
/// The set is closed: tables are indexed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Coarse {
    /// At rest.
    Sil,
    /// Lips together: PP.
    Closed,
    /// Lower lip at the teeth: FF.
    Labiodental,
    /// Jaw down: aa.
    Open,
    /// Half open or spread: E and I.
    Mid,
    /// Lips rounded: O and U.
    Round,
    /// The other consonants: TH, DD, kk, CH, SS, nn and RR.
    Other,
}

impl Coarse {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// Every class: `ALL[c as usize] == c`.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Sil,
        Self::Closed,
        Self::Labiodental,
        Self::Open,
        Self::Mid,
        Self::Round,
        Self::Other,
    ];

    /// Its name in small letters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sil => "sil",
            Self::Closed => "closed",
            Self::Labiodental => "labiodental",
            Self::Open => "open",
            Self::Mid => "mid",
            Self::Round => "round",
            Self::Other => "other",
        }
    }
}

impl From<Viseme> for Coarse {
    fn from(viseme: Viseme) -> Self {
        match viseme {
            Viseme::Sil => Self::Sil,
            Viseme::Pp => Self::Closed,
            Viseme::Ff => Self::Labiodental,
            Viseme::Aa => Self::Open,
            Viseme::E | Viseme::I => Self::Mid,
            Viseme::O | Viseme::U => Self::Round,
            Viseme::Th
            | Viseme::Dd
            | Viseme::Kk
            | Viseme::Ch
            | Viseme::Ss
            | Viseme::Nn
            | Viseme::Rr => Self::Other,
        }
    }
}

impl fmt::Display for Coarse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
