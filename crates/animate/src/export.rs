//! Files that other programs read: one writer per format, one row per frame.
//!
//! Each writer is for any [`std::io::Write`]; wrap a file in a `BufWriter`.

mod csv;
mod jsonl;
mod live_link;

pub use csv::CsvWriter;
pub use jsonl::JsonlWriter;
pub use live_link::ArkitCsvWriter;
