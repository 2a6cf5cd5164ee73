//! Names of phones as label files spell them.

use crate::Phone;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Phone(Phone),
    /// The silent part of the stop or affricate that follows; of this stop where none does.
    Closure(Phone),
}

/// The phone called `name`, in any case, with or without a digit for stress.
pub(super) fn read(name: &str) -> Option<Name> {
    let name = name.to_ascii_lowercase();
    let plain = name.trim_end_matches(['0', '1', '2']);
    if name.len() - plain.len() > 1 {
        return None;
    }
    let other = |phone| Some(Name::Phone(phone));
    if let Some(phone) = Phone::named(plain) {
        return other(phone);
    }
    match plain {
        "pau" | "#" | "h#" | "brth" | "sp" => other(Phone::Sil),
        "dx" => other(Phone::D),
        "nx" | "en" => other(Phone::N),
        "em" => other(Phone::M),
        "eng" => other(Phone::Ng),
        "el" => other(Phone::L),
        "hv" => other(Phone::Hh),
        "axr" => other(Phone::Er),
        "ax-h" => other(Phone::Ax),
        "ix" => other(Phone::Ih),
        "ux" => other(Phone::Uw),
        "bcl" => Some(Name::Closure(Phone::B)),
        "dcl" => Some(Name::Closure(Phone::D)),
        "gcl" => Some(Name::Closure(Phone::G)),
        "pcl" => Some(Name::Closure(Phone::P)),
        "tcl" => Some(Name::Closure(Phone::T)),
        "kcl" => Some(Name::Closure(Phone::K)),
        _ => None,
    }
}

/// Whether a closure can be the silent part of `phone`.
pub(super) fn has_closure(phone: Phone) -> bool {
    matches!(
        phone,
        Phone::P
            | Phone::B
            | Phone::T
            | Phone::D
            | Phone::K
            | Phone::G
            | Phone::Ch
            | Phone::Jh
            | Phone::Ts
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arpabet_of_every_kind_is_known() {
        for (name, phone) in [
            ("AH0", Phone::Ah),
            ("uw2", Phone::Uw),
            ("H#", Phone::Sil),
            ("Ax-H", Phone::Ax),
            ("AXR1", Phone::Er),
            ("sil", Phone::Sil),
            ("yr", Phone::Yr),
        ] {
            assert_eq!(read(name), Some(Name::Phone(phone)), "{name}");
        }
        for phone in Phone::ALL {
            assert_eq!(read(phone.name()), Some(Name::Phone(phone)));
        }
        for name in ["", "0", "ah3", "ah11", "qq", "ä"] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
