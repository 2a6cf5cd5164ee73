//! The shape each kind of sound asks for, and how strongly.

use crate::{Phone, Viseme};

/// The parts of a mouth that speech moves; left and right move together here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Jaw,
    Funnel,
    Pucker,
    UpperUp,
    LowerDown,
    Stretch,
    Smile,
    RollLower,
    RollUpper,
    Press,
    ShrugUpper,
    Tongue,
}

/// How many channels there are.
pub(crate) const CHANNELS: usize = 12;

/// One value per [`Channel`].
pub(crate) type Mouth = [f32; CHANNELS];

/// Shapes that sounds are blended from: the visemes, and the breath of h, which has none of its own.
pub(crate) const SHAPES: usize = Viseme::COUNT + 1;

/// One value per shape.
pub(crate) type Shapes = [f32; SHAPES];

/// The place of the shape of h.
const BREATH: usize = Viseme::COUNT;

/// The place of the shape that a phone has.
///
/// For the eye h is what its neighbours make of it; for scoring it counts as E.
pub(crate) const fn shape_of(phone: Phone) -> usize {
    match phone {
        Phone::Hh => BREATH,
        other => other.viseme() as usize,
    }
}

/// Mouth of every shape, from the product's table of phones and shapes, tuned by eye.
pub(super) const TARGETS: [Mouth; SHAPES] = {
    let mut targets = [[0.0; CHANNELS]; SHAPES];
    let mut n = 0;
    while n < Viseme::COUNT {
        targets[n] = target(Viseme::ALL[n]);
        n += 1;
    }
    //                 jaw   funn puck uppr lowr  strt  smil rlLo rlUp prss shru tong
    targets[BREATH] = [0.22, 0., 0., 0.05, 0.12, 0.05, 0.05, 0., 0., 0., 0., 0.];
    targets
};

const fn target(viseme: Viseme) -> Mouth {
    //                      jaw   funn  puck  uppr  lowr  strt  smil  rlLo  rlUp  prss  shru  tong
    match viseme {
        Viseme::Sil => [0.; CHANNELS],
        Viseme::Pp => [0.05, 0., 0., 0., 0., 0., 0., 0.25, 0.20, 0.45, 0., 0.],
        Viseme::Ff => [0.08, 0., 0., 0.20, 0.05, 0., 0., 0.55, 0., 0., 0.15, 0.],
        Viseme::Th => [0.16, 0., 0., 0.10, 0.28, 0., 0., 0., 0., 0., 0., 0.40],
        Viseme::Dd | Viseme::Nn => [0.12, 0., 0., 0.10, 0.20, 0.10, 0., 0., 0., 0., 0., 0.],
        Viseme::Kk => [0.18, 0., 0., 0., 0.12, 0.08, 0., 0., 0., 0., 0., 0.],
        Viseme::Ch => [0.10, 0.58, 0.25, 0.18, 0.20, 0., 0., 0., 0., 0., 0., 0.],
        Viseme::Ss => [0.05, 0., 0., 0.18, 0.30, 0.30, 0.10, 0., 0., 0., 0., 0.],
        Viseme::Rr => [0.12, 0.30, 0.30, 0., 0.05, 0., 0., 0., 0., 0., 0., 0.],
        Viseme::Aa => [0.60, 0., 0., 0.15, 0.25, 0., 0., 0., 0., 0., 0., 0.],
        Viseme::E => [0.32, 0., 0., 0.05, 0.20, 0.25, 0.15, 0., 0., 0., 0., 0.],
        Viseme::I => [0.16, 0., 0., 0.05, 0.15, 0.35, 0.30, 0., 0., 0., 0., 0.],
        Viseme::O => [0.42, 0.45, 0.30, 0., 0.05, 0., 0., 0., 0., 0., 0., 0.],
        Viseme::U => [0.15, 0.30, 0.68, 0., 0., 0., 0., 0., 0., 0., 0., 0.],
    }
}

/// Cohen and Massaro's dominance of a shape over its neighbours, on one part of the face.
pub(super) struct Dominance {
    pub(super) strength: f32,
    /// Distance in milliseconds at which the pull is down to 1/e, before and after the sound.
    pub(super) before_ms: f32,
    pub(super) after_ms: f32,
}

/// Dominance of the shape at a place over the lips.
///
/// Contacts have none: they are laid over the blend, complete or not at all, so that the lips
/// around them keep what their neighbours make of them.
pub(super) const fn on_lips(shape: usize) -> Dominance {
    let (strength, before_ms, after_ms) = match group(shape) {
        Group::Contact => (0.0, 30.0, 30.0),
        Group::Rounded => (0.8, 110.0, 60.0),
        Group::Vowel => (0.5, 45.0, 45.0),
        Group::Sibilant => (0.5, 25.0, 25.0),
        Group::Weak => (0.2, 30.0, 30.0),
        Group::Silence => (0.3, 60.0, 60.0),
    };
    Dominance {
        strength,
        before_ms,
        after_ms,
    }
}

/// Dominance of the shape at a place over the jaw.
pub(super) const fn on_jaw(shape: usize) -> Dominance {
    let (strength, before_ms, after_ms) = match group(shape) {
        Group::Contact => (0.6, 25.0, 25.0),
        Group::Rounded => (0.6, 40.0, 35.0),
        Group::Vowel => (0.8, 35.0, 35.0),
        Group::Sibilant => (0.9, 25.0, 25.0),
        Group::Weak => (0.6, 25.0, 25.0),
        Group::Silence => (0.3, 40.0, 40.0),
    };
    Dominance {
        strength,
        before_ms,
        after_ms,
    }
}

/// Sounds that pull alike.
enum Group {
    Contact,
    Rounded,
    Vowel,
    Sibilant,
    Weak,
    Silence,
}

const fn group(shape: usize) -> Group {
    if shape == BREATH {
        return Group::Weak;
    }
    match Viseme::ALL[shape] {
        Viseme::Pp | Viseme::Ff => Group::Contact,
        Viseme::O | Viseme::U | Viseme::Ch | Viseme::Rr => Group::Rounded,
        Viseme::Aa | Viseme::E | Viseme::I => Group::Vowel,
        Viseme::Ss | Viseme::Th => Group::Sibilant,
        Viseme::Dd | Viseme::Kk | Viseme::Nn => Group::Weak,
        Viseme::Sil => Group::Silence,
    }
}
