//! Writes what the network is trained on: `cargo run --release --example features < paths > features`.
//!
//! Reads paths of WAV files from standard input, one per line, of any supported rate. Per file it writes the
//! number of rows as a u32, then per 10 ms begun 42 numbers as f32, all little endian: the powers in 40 mel bands
//! and their mean in decibels, and voicing from 0 to 1. A row is centred on its multiple of 10 ms.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write, stdin, stdout};

use visavis_animate::{probe, wav};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(stdout().lock());
    for path in stdin().lines() {
        let path = path?;
        let file = File::open(&path).map_err(|error| format!("{path}: {error}"))?;
        let (rate, samples) =
            wav::read(BufReader::new(file)).map_err(|error| format!("{path}: {error}"))?;
        let rows = probe::features(rate, &samples).map_err(|error| format!("{path}: {error}"))?;
        out.write_all(&(rows.len() as u32).to_le_bytes())?;
        for value in rows.iter().flatten() {
            out.write_all(&value.to_le_bytes())?;
        }
    }
    out.flush()?;
    Ok(())
}
