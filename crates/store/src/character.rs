//! The characters that an avatar can move with.

use std::{fmt, str::FromStr};

use crate::StoreError;

/// The motion character of an avatar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Character {
    /// Lively and open.
    Vera,
    /// Calm and sparing.
    Otto,
}

impl Character {
    /// Every character there is.
    pub const ALL: [Self; 2] = [Self::Vera, Self::Otto];

    /// Its name in the database and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vera => "vera",
            Self::Otto => "otto",
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Vera => "Lively and open: quick brows, wide visemes, frequent small nods.",
            Self::Otto => "Calm and sparing: narrow visemes, slow head, few blinks.",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Vera => "Vera",
            Self::Otto => "Otto",
        }
    }
}

impl fmt::Display for Character {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Character {
    type Err = StoreError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|character| character.name() == name)
            .ok_or_else(|| StoreError::Invalid("character must be \"vera\" or \"otto\"".to_owned()))
    }
}
