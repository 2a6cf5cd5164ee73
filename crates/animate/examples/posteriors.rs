//! Writes what the network of the engine makes of speech: `cargo run --release --example posteriors < paths > posteriors`.
//!
//! Reads paths of WAV files from standard input, one per line, of any supported rate. Per file it writes the
//! number of rows as a u32, then per 10 ms begun 132 numbers as f32, all little endian: the weights of 44 phones
//! 20 ms earlier, 40 ms earlier and 80 ms earlier.

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
        let rows = probe::posteriors(rate, &samples).map_err(|error| format!("{path}: {error}"))?;
        out.write_all(&(rows.len() as u32).to_le_bytes())?;
        for value in rows.iter().flatten() {
            out.write_all(&value.to_le_bytes())?;
        }
    }
    out.flush()?;
    Ok(())
}
