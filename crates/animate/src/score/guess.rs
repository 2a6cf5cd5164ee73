use crate::{Insight, Phone, Viseme};

/// What a recogniser made of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The mouth shape.
    pub viseme: Viseme,
    /// Whether the lips meet. A face may decide this apart from the shape that weighs most.
    pub closed: bool,
    /// The phone, from recognisers that tell phones apart.
    pub phone: Option<Phone>,
}

impl From<Viseme> for Guess {
    /// Closed is what is [`Viseme::Pp`].
    fn from(viseme: Viseme) -> Self {
        Self {
            viseme,
            closed: viseme == Viseme::Pp,
            phone: None,
        }
    }
}

impl From<Phone> for Guess {
    /// The phone's viseme; closed is what is [`Viseme::Pp`].
    fn from(phone: Phone) -> Self {
        Self {
            phone: Some(phone),
            ..Self::from(phone.viseme())
        }
    }
}

impl From<&Insight> for Guess {
    /// What the engine decided, and the phone that weighs most.
    fn from(insight: &Insight) -> Self {
        Self {
            viseme: insight.viseme,
            closed: insight.closed,
            phone: Some(insight.phone()),
        }
    }
}
