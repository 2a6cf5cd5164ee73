//! Known phones and when they are spoken.

mod alphabet;
mod error;
mod parse;

use std::ops::Range;
use std::str::FromStr;

pub use error::{LabelsError, LabelsErrorKind};

use crate::{Phone, Viseme};

/// One phone, from `start_us` up to but without `end_us`, in microseconds of media time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What is spoken.
    pub phone: Phone,
    /// When it begins.
    pub start_us: u64,
    /// When it is over; never before `start_us`.
    pub end_us: u64,
}

/// The phones of a recording, in order and without overlaps. What no segment covers is silence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    segments: Vec<Segment>,
}

impl Labels {
    /// Times beyond this many seconds, one day, are refused.
    pub const SECONDS_MAX: u32 = 86_400;

    /// The segments, without those of no length.
    ///
    /// Diphthongs are two: their first 60 % and their glide, `ih` for ay, ey, oy and `uh` for aw, ow.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// When the last segment is over; zero without segments.
    #[must_use]
    pub fn end_us(&self) -> u64 {
        self.segments.last().map_or(0, |segment| segment.end_us)
    }

    /// What is spoken at an instant: the phone whose segment holds it, silence where none does.
    #[must_use]
    pub fn at(&self, time_us: u64) -> Phone {
        let after = self.segments.partition_point(|s| s.end_us <= time_us);
        let segment = self.segments.get(after);
        segment.map_or(Phone::Sil, |segment| {
            if segment.start_us <= time_us {
                segment.phone
            } else {
                Phone::Sil
            }
        })
    }

    /// When the lips are together, in microseconds: p, b and m; those that touch are one.
    #[must_use]
    pub fn closures(&self) -> Vec<Range<u64>> {
        let mut closures: Vec<Range<u64>> = Vec::new();
        for segment in &self.segments {
            if segment.phone.viseme() == Viseme::Pp {
                match closures.last_mut() {
                    Some(last) if last.end == segment.start_us => last.end = segment.end_us,
                    _ => closures.push(segment.start_us..segment.end_us),
                }
            }
        }
        closures
    }

    /// Appends a labelled phone and its glide; nothing of no length.
    fn push(&mut self, phone: Phone, start_us: u64, end_us: u64) {
        let glide = match phone {
            Phone::Ay | Phone::Ey | Phone::Oy => Some(Phone::Ih),
            Phone::Aw | Phone::Ow => Some(Phone::Uh),
            _ => None,
        };
        let turn_us = match glide {
            Some(_) => start_us + end_us.saturating_sub(start_us) * 3 / 5,
            None => end_us,
        };
        let parts = [
            (phone, start_us, turn_us),
            (glide.unwrap_or(phone), turn_us, end_us),
        ];
        for (phone, start_us, end_us) in parts {
            if start_us < end_us {
                self.segments.push(Segment {
                    phone,
                    start_us,
                    end_us,
                });
            }
        }
    }
}

impl FromStr for Labels {
    type Err = LabelsError;

    /// Reads labels of any of three forms, told apart by what they contain:
    ///
    /// - flite's `-psdur`: `phone:END_SECONDS` between blanks;
    /// - festival's `.seg`: whatever up to a line `#`, then lines `END_SECONDS 100 phone`;
    /// - lines `START_SECONDS END_SECONDS phone`, as Audacity writes them.
    ///
    /// Phones are ARPAbet in capitals or not, with or without a digit for stress; `pau`, `sil`,
    /// `sp`, `#`, `h#` and `brth` for silence; the allophones of TIMIT and festival's radio set
    /// (`dx nx hv ux ix axr ax-h el em en eng`, closures such as `bcl`, which belong to the stop
    /// that follows); and the names of [`Phone`]. Each is a whole phone, glides included.
    ///
    /// # Errors
    ///
    /// [`LabelsError`] with the line and what is accepted there.
    fn from_str(text: &str) -> Result<Self, LabelsError> {
        parse::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_holds_its_start_and_not_its_end_and_gaps_are_silence() {
        let labels: Labels = "0.01 0.02 s\n0.03 0.04 z\n".parse().unwrap();
        let at = |time_us| labels.at(time_us).name();
        assert_eq!(
            [at(0), at(9_999), at(10_000), at(19_999)],
            ["sil", "sil", "s", "s"]
        );
        assert_eq!(
            [at(20_000), at(30_000), at(40_000), at(u64::MAX)],
            ["sil", "z", "sil", "sil"]
        );
    }

    #[test]
    fn diphthongs_glide_in_their_last_two_fifths() {
        let labels: Labels = "ay:0.1 ow:0.2 aa:0.3".parse().unwrap();
        let spoken: Vec<_> = labels
            .segments()
            .iter()
            .map(|s| (s.phone.name(), s.start_us / 1000, s.end_us / 1000))
            .collect();
        let expected = [
            ("ay", 0, 60),
            ("ih", 60, 100),
            ("ow", 100, 160),
            ("uh", 160, 200),
            ("aa", 200, 300),
        ];
        assert_eq!(spoken, expected);
    }

    #[test]
    fn bilabials_that_touch_are_one_closure() {
        let labels: Labels = "m:0.1 p:0.2 aa:0.3 b:0.4 pau:0.5".parse().unwrap();
        assert_eq!(labels.closures(), [0..200_000, 300_000..400_000]);
        let apart: Labels = "0.1 0.2 b\n0.21 0.3 b".parse().unwrap();
        assert_eq!(apart.closures().len(), 2);
    }
}
