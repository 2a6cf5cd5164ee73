//! The shape each viseme asks for, and how strongly.

use crate::Viseme;

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
    /// How far the lips make up for an open jaw, from 0 to 1.
    Closure,
}

/// How many channels there are.
pub(crate) const CHANNELS: usize = 13;

/// One value per [`Channel`].
pub(crate) type Mouth = [f32; CHANNELS];

/// Which words of Cohen and Massaro's dominance a viseme falls under.
pub(super) struct Dominance {
    /// Strength on lips and jaw.
    pub(super) lips: f32,
    pub(super) jaw: f32,
    /// Distance in milliseconds at which the pull is down to 1/e, before and after the sound.
    pub(super) before_ms: f32,
    pub(super) after_ms: f32,
}

/// Target of a viseme: the product's table of phones and shapes.
pub(super) const fn shape(viseme: Viseme) -> Mouth {
    //             jaw  funn puck uppr lowr strt smil rlLo rlUp prss shru tong clos
    match viseme {
        Viseme::Sil => [0.; CHANNELS],
        Viseme::Pp => [0.05, 0., 0., 0., 0., 0., 0., 0.25, 0.20, 0.45, 0., 0., 1.],
        Viseme::Ff => [0.08, 0., 0., 0.20, 0.05, 0., 0., 0.55, 0., 0., 0.15, 0., 0.],
        Viseme::Th => [0.15, 0., 0., 0.10, 0.20, 0., 0., 0., 0., 0., 0., 0.25, 0.],
        Viseme::Dd | Viseme::Nn => [0.12, 0., 0., 0.10, 0.20, 0.10, 0., 0., 0., 0., 0., 0., 0.],
        Viseme::Kk => [0.18, 0., 0., 0., 0.12, 0.08, 0., 0., 0., 0., 0., 0., 0.],
        Viseme::Ch => [0.10, 0.50, 0.25, 0.15, 0.15, 0., 0., 0., 0., 0., 0., 0., 0.],
        Viseme::Ss => [0.05, 0., 0., 0.15, 0.25, 0.30, 0.10, 0., 0., 0., 0., 0., 0.],
        Viseme::Rr => [0.12, 0.30, 0.30, 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.],
        Viseme::Aa => [0.60, 0., 0., 0.15, 0.25, 0., 0., 0., 0., 0., 0., 0., 0.],
        Viseme::E => [0.30, 0., 0., 0., 0.20, 0.25, 0.15, 0., 0., 0., 0., 0., 0.],
        Viseme::I => [0.15, 0., 0., 0., 0.15, 0.35, 0.30, 0., 0., 0., 0., 0., 0.],
        Viseme::O => [0.40, 0.45, 0.30, 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.],
        Viseme::U => [0.18, 0.30, 0.65, 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.],
    }
}

/// Dominance of a viseme over its neighbours.
pub(super) const fn dominance(viseme: Viseme) -> Dominance {
    let (lips, jaw, before_ms, after_ms) = match viseme {
        Viseme::Pp | Viseme::Ff => (1.0, 0.6, 12.0, 12.0),
        Viseme::O | Viseme::U | Viseme::Ch | Viseme::Rr => (0.8, 0.5, 60.0, 30.0),
        Viseme::Aa | Viseme::E | Viseme::I => (0.5, 0.8, 25.0, 25.0),
        Viseme::Ss | Viseme::Th => (0.4, 0.9, 15.0, 15.0),
        Viseme::Dd | Viseme::Kk | Viseme::Nn => (0.2, 0.5, 15.0, 15.0),
        Viseme::Sil => (0.3, 0.5, 20.0, 20.0),
    };
    Dominance {
        lips,
        jaw,
        before_ms,
        after_ms,
    }
}

/// Angular frequency of a channel's spring: rises in 35 ms, falls in 60 ms, the jaw in 49 ms, lips that touch in 28 ms.
pub(super) const fn stiffness(channel: usize, rising: bool) -> f32 {
    const CLOSURE: usize = Channel::Closure as usize;
    const PRESS: usize = Channel::Press as usize;
    const JAW: usize = Channel::Jaw as usize;
    match (channel, rising) {
        (CLOSURE | PRESS, _) => 140.0,
        (_, true) => 110.0,
        (JAW, false) => 80.0,
        (_, false) => 65.0,
    }
}
