use std::fmt;

use super::Labels;

/// Why labels cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelsError {
    /// The line, from 1; 0 where it is about the whole text.
    pub line: usize,
    /// What is wrong with it.
    pub kind: LabelsErrorKind,
}

/// What is wrong with a line of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelsErrorKind {
    /// There is no label at all.
    Empty,
    /// The line has none of the three forms, or not the form of the lines before it.
    Form(String),
    /// This word should be a time in seconds.
    Time(String),
    /// This word is no phone.
    Phone(String),
    /// It ends before it begins, or begins before the line above it ends.
    Order(String),
}

impl fmt::Display for LabelsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        match &self.kind {
            LabelsErrorKind::Empty => write!(f, "no labels; {FORMS}"),
            LabelsErrorKind::Form(line) => write!(f, "'{line}' is no label; {FORMS}"),
            LabelsErrorKind::Time(word) => write!(
                f,
                "'{word}' is no time: seconds from 0 to {} are accepted",
                Labels::SECONDS_MAX
            ),
            LabelsErrorKind::Phone(word) => write!(
                f,
                "no phone '{word}'; accepted are ARPAbet (aa ae ah ao aw ax ay b ch d dh eh er ey f g \
                 hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh), x ts yr, \
                 pau sil sp # h# brth, dx nx hv ux ix axr ax-h el em en eng, \
                 and bcl dcl gcl pcl tcl kcl"
            ),
            LabelsErrorKind::Order(word) => write!(
                f,
                "'{word}' goes back in time; labels are in order and do not overlap"
            ),
        }
    }
}

impl std::error::Error for LabelsError {}

const FORMS: &str = "accepted are 'phone:END' between blanks (flite -psdur), a line '#' and lines \
                     'END 100 phone' (festival), or lines 'START END phone', times in seconds";
