use std::fmt;

/// Why a face cannot be made or drawn.
#[derive(Debug)]
#[non_exhaustive]
pub enum RigError {
    /// No look has this name; the second text lists those there are.
    Look(String, String),
    /// The definition of the face contradicts itself: it is part of the program, so this is a fault of ours.
    Definition(String),
    /// A picture without pixels, or with more than memory holds.
    Size,
}

impl fmt::Display for RigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look(name, known) => write!(f, "no look {name}: there are {known}"),
            Self::Definition(what) => write!(f, "the definition of the face is wrong: {what}"),
            Self::Size => f.write_str("a picture must have between 1 and 268 million pixels"),
        }
    }
}

impl std::error::Error for RigError {}
