use super::Closures;
use crate::Viseme;

/// Every figure of a [`Score`](super::Score). Shares are 0 to 1, and `None` where there is nothing to share.
///
/// `Display` prints it as a table, [`json`](Self::json) for programs.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Frames that were compared, one per 10 ms.
    pub frames: u64,
    /// Their audio in seconds.
    pub seconds: f64,
    /// Share of frames with the right viseme of 15.
    pub accuracy: Option<f64>,
    /// The same over the frames whose truth is not silence.
    pub accuracy_spoken: Option<f64>,
    /// Mean of [`ClassFigures::f1`] over the visemes that occur in the truth.
    pub macro_f1: Option<f64>,
    /// Share of frames with the right one of the seven [`Coarse`](super::Coarse) classes.
    pub coarse_accuracy: Option<f64>,
    /// Lips that must meet.
    pub closures: Closures,
    /// Each viseme alone, in the order of [`Viseme::ALL`].
    pub visemes: [ClassFigures; Viseme::COUNT],
    /// Frames by true viseme (row) and recognised one (column), in the order of [`Viseme::ALL`].
    pub confusion: [[u64; Viseme::COUNT]; Viseme::COUNT],
    /// Frames of m, n and ng (row) that were recognised as m, n, ng and anything else (column);
    /// `None` from a recogniser of visemes.
    pub nasals: Option<[[u64; 4]; 3]>,
}

/// One viseme alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassFigures {
    /// The viseme.
    pub viseme: Viseme,
    /// Frames whose truth it is.
    pub truth: u64,
    /// Frames that it was recognised in.
    pub heard: u64,
    /// Share of `truth` that was recognised.
    pub recall: Option<f64>,
    /// Share of `heard` that was right.
    pub precision: Option<f64>,
    /// Harmonic mean of the two; `None` where `truth` is zero.
    pub f1: Option<f64>,
}

/// `part` of `whole`; `None` of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
