//! Files that other programs read: one writer per format, one row per frame.
//!
//! No number is written as a negative zero.
//!
//! Each writer is for any [`std::io::Write`]; wrap a file in a `BufWriter`.

mod csv;
mod fixed;
mod jsonl;
mod live_link;

pub use csv::CsvWriter;
pub use fixed::Fixed;
pub use jsonl::JsonlWriter;
pub use live_link::ArkitCsvWriter;
