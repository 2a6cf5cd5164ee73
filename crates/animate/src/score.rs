//! How well mouth shapes that were recognised agree with phones that are known.
//!
//! [`Labels`] reads the known phones, a [`Guess`] per 10 ms is what a recogniser made of the sound,
//! [`Score`] adds up any number of files, and its [`Report`] has every figure, as a table and as JSON.
//! [`Curves`] looks at the face instead: how restless it is, and how near the lips come to each
//! other where they must meet. The definitions stand with the figures that they define.
//!
//! It knows no recogniser: what another program guessed is scored in the same way.
//!
//! ```
//! use visavis_animate::score::{Guess, Labels, Score};
//! use visavis_animate::Phone;
//!
//! let labels: Labels = "pau:0.02 m:0.05 aa:0.08".parse()?;
//! // Eight frames, the first of them at time zero; the m is heard one frame late.
//! let heard = [Phone::Sil, Phone::Sil, Phone::Sil, Phone::M, Phone::M, Phone::Aa, Phone::Aa, Phone::Aa];
//! let mut score = Score::default();
//! score.add(&labels, &heard.map(Guess::from));
//!
//! let report = score.report();
//! assert_eq!(report.accuracy, Some(7.0 / 8.0));
//! assert_eq!(report.closures.hit, 1);
//! assert_eq!(report.closures.onset_median_ms, Some(10.0));
//! # Ok::<(), visavis_animate::score::LabelsError>(())
//! ```

mod closures;
mod coarse;
mod curves;
mod guess;
mod json;
mod labels;
mod report;
mod table;
mod tally;

pub use closures::Closures;
pub use coarse::Coarse;
pub use curves::{Curves, CurvesReport};
pub use guess::Guess;
pub use labels::{Labels, LabelsError, LabelsErrorKind, Segment};
pub use report::{ClassFigures, Report};
pub use tally::Score;

/// Microseconds between frames that are scored: frame n is the instant n times this.
pub const FRAME_US: u64 = 10_000;
