use std::fmt;

/// A mouth shape of the Oculus set of 15, in the order of their documentation.
///
/// The set is closed: renderers index by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Viseme {
    /// Silence: the mouth at rest.
    #[default]
    Sil,
    /// p, b, m: lips together.
    Pp,
    /// f, v: lower lip to the teeth.
    Ff,
    /// th: tongue to the teeth.
    Th,
    /// t, d.
    Dd,
    /// k, g, ng.
    Kk,
    /// ch, j, sh, zh.
    Ch,
    /// s, z.
    Ss,
    /// n, l.
    Nn,
    /// r, er.
    Rr,
    /// a as in "father", "cat".
    Aa,
    /// e as in "bed", and the schwa.
    E,
    /// i as in "see".
    I,
    /// o as in "law".
    O,
    /// u as in "boot".
    U,
}

impl Viseme {
    /// How many there are.
    pub const COUNT: usize = 15;

    /// Every viseme: `ALL[v as usize] == v`.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Sil,
        Self::Pp,
        Self::Ff,
        Self::Th,
        Self::Dd,
        Self::Kk,
        Self::Ch,
        Self::Ss,
        Self::Nn,
        Self::Rr,
        Self::Aa,
        Self::E,
        Self::I,
        Self::O,
        Self::U,
    ];

    /// The published name: `sil`, `PP`, `FF`, `TH`, `DD`, `kk`, `CH`, `SS`, `nn`, `RR`, `aa`, `E`, `I`, `O`, `U`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sil => "sil",
            Self::Pp => "PP",
            Self::Ff => "FF",
            Self::Th => "TH",
            Self::Dd => "DD",
            Self::Kk => "kk",
            Self::Ch => "CH",
            Self::Ss => "SS",
            Self::Nn => "nn",
            Self::Rr => "RR",
            Self::Aa => "aa",
            Self::E => "E",
            Self::I => "I",
            Self::O => "O",
            Self::U => "U",
        }
    }

    /// Makes `viseme` the heaviest of `weights` by swapping it with the one that was; the sum stays.
    pub(crate) fn promote(viseme: Self, weights: &mut [f32; Self::COUNT]) {
        let heaviest = Self::heaviest(weights);
        weights.swap(viseme as usize, heaviest as usize);
    }

    /// The heaviest of `weights`; the first of equals.
    pub(crate) fn heaviest(weights: &[f32; Self::COUNT]) -> Self {
        let mut best = Self::Sil;
        for viseme in Self::ALL {
            if weights[viseme as usize] > weights[best as usize] {
                best = viseme;
            }
        }
        best
    }
}

impl fmt::Display for Viseme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
