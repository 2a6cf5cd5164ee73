use std::fmt;

use crate::Viseme;

/// A class of speech sounds: what the network tells apart.
///
/// English sounds carry their ARPAbet names; sounds of other languages belong to the nearest class.
/// The set is closed: the network's outputs are indexed by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phone {
    /// silence.
    #[default]
    Sil,
    /// p.
    P,
    /// b.
    B,
    /// m.
    M,
    /// f.
    F,
    /// v.
    V,
    /// th in "thin".
    Th,
    /// th in "then".
    Dh,
    /// t.
    T,
    /// d.
    D,
    /// k.
    K,
    /// g.
    G,
    /// ng in "sung".
    Ng,
    /// Ch in German "Bach".
    X,
    /// ch in "chin".
    Ch,
    /// j in "jam".
    Jh,
    /// sh in "shin".
    Sh,
    /// S in "vision".
    Zh,
    /// s.
    S,
    /// z.
    Z,
    /// Z in German "Zeit".
    Ts,
    /// n.
    N,
    /// l.
    L,
    /// r.
    R,
    /// ir in "bird".
    Er,
    /// A in "father".
    Aa,
    /// a in "cat".
    Ae,
    /// u in "cup".
    Ah,
    /// The first part of ow in "cow".
    Aw,
    /// The first part of i in "my".
    Ay,
    /// e in "bed".
    Eh,
    /// a in "about".
    Ax,
    /// h.
    Hh,
    /// The first part of a in "day".
    Ey,
    /// I in "bit"; the last part of ay, ey, oy.
    Ih,
    /// ee in "see".
    Iy,
    /// y in "yes".
    Y,
    /// aw in "law".
    Ao,
    /// The first part of o in "go".
    Ow,
    /// The first part of oy in "boy".
    Oy,
    /// Oo in "book"; the last part of aw, ow.
    Uh,
    /// oo in "boot".
    Uw,
    /// w.
    W,
    /// U in French "lune".
    Yr,
}

impl Phone {
    /// How many there are.
    pub const COUNT: usize = 44;

    /// Every phone: `ALL[p as usize] == p`.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Sil,
        Self::P,
        Self::B,
        Self::M,
        Self::F,
        Self::V,
        Self::Th,
        Self::Dh,
        Self::T,
        Self::D,
        Self::K,
        Self::G,
        Self::Ng,
        Self::X,
        Self::Ch,
        Self::Jh,
        Self::Sh,
        Self::Zh,
        Self::S,
        Self::Z,
        Self::Ts,
        Self::N,
        Self::L,
        Self::R,
        Self::Er,
        Self::Aa,
        Self::Ae,
        Self::Ah,
        Self::Aw,
        Self::Ay,
        Self::Eh,
        Self::Ax,
        Self::Hh,
        Self::Ey,
        Self::Ih,
        Self::Iy,
        Self::Y,
        Self::Ao,
        Self::Ow,
        Self::Oy,
        Self::Uh,
        Self::Uw,
        Self::W,
        Self::Yr,
    ];

    /// The name that label files use: ARPAbet in small letters, and `sil`, `x`, `ts`, `yr`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sil => "sil",
            Self::P => "p",
            Self::B => "b",
            Self::M => "m",
            Self::F => "f",
            Self::V => "v",
            Self::Th => "th",
            Self::Dh => "dh",
            Self::T => "t",
            Self::D => "d",
            Self::K => "k",
            Self::G => "g",
            Self::Ng => "ng",
            Self::X => "x",
            Self::Ch => "ch",
            Self::Jh => "jh",
            Self::Sh => "sh",
            Self::Zh => "zh",
            Self::S => "s",
            Self::Z => "z",
            Self::Ts => "ts",
            Self::N => "n",
            Self::L => "l",
            Self::R => "r",
            Self::Er => "er",
            Self::Aa => "aa",
            Self::Ae => "ae",
            Self::Ah => "ah",
            Self::Aw => "aw",
            Self::Ay => "ay",
            Self::Eh => "eh",
            Self::Ax => "ax",
            Self::Hh => "hh",
            Self::Ey => "ey",
            Self::Ih => "ih",
            Self::Iy => "iy",
            Self::Y => "y",
            Self::Ao => "ao",
            Self::Ow => "ow",
            Self::Oy => "oy",
            Self::Uh => "uh",
            Self::Uw => "uw",
            Self::W => "w",
            Self::Yr => "yr",
        }
    }

    /// The phone called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phone| phone.name() == name)
    }

    /// The mouth shape that it is seen as.
    #[must_use]
    pub const fn viseme(self) -> Viseme {
        match self {
            Self::Sil => Viseme::Sil,
            Self::P | Self::B | Self::M => Viseme::Pp,
            Self::F | Self::V => Viseme::Ff,
            Self::Th | Self::Dh => Viseme::Th,
            Self::T | Self::D => Viseme::Dd,
            Self::K | Self::G | Self::Ng | Self::X => Viseme::Kk,
            Self::Ch | Self::Jh | Self::Sh | Self::Zh => Viseme::Ch,
            Self::S | Self::Z | Self::Ts => Viseme::Ss,
            Self::N | Self::L => Viseme::Nn,
            Self::R | Self::Er => Viseme::Rr,
            Self::Aa | Self::Ae | Self::Ah | Self::Aw | Self::Ay => Viseme::Aa,
            Self::Eh | Self::Ax | Self::Hh | Self::Ey => Viseme::E,
            Self::Ih | Self::Iy | Self::Y => Viseme::I,
            Self::Ao | Self::Ow | Self::Oy => Viseme::O,
            Self::Uh | Self::Uw | Self::W | Self::Yr => Viseme::U,
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
