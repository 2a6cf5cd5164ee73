//! Prints what the engine measures in 16 kHz WAV files, for `templates/fit.py`: per file the number of rows,
//! then a row of floats per 10 ms, all little endian.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write, stdout};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(stdout().lock());
    for path in std::env::args().skip(1) {
        let (rate, samples) = visavis_animate::wav::read(BufReader::new(File::open(&path)?))?;
        if rate != 16_000 {
            return Err(format!("{path}: {rate} Hz").into());
        }
        let rows = visavis_animate::probe::measurements(&samples);
        out.write_all(&(rows.len() as u32).to_le_bytes())?;
        for value in rows.iter().flatten() {
            out.write_all(&value.to_le_bytes())?;
        }
    }
    Ok(())
}
