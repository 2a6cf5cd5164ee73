use std::io::{self, Write};

use crate::{ARKIT, Frame};

/// A flat table: a header, then one row per frame.
///
/// Columns: `time` (seconds), `viseme`, the 52 names of [`ARKIT`] (0 to 1), `headPitch`, `headYaw`,
/// `headRoll` (radians), `headX`, `headY`, `headZ` (metres).
#[derive(Debug)]
pub struct CsvWriter<W> {
    out: W,
}

impl<W: Write> CsvWriter<W> {
    /// A writer onto `out`; the header is written at once.
    ///
    /// # Errors
    ///
    /// What `out` reports.
    pub fn new(mut out: W) -> io::Result<Self> {
        writeln!(
            out,
            "time,viseme,{},headPitch,headYaw,headRoll,headX,headY,headZ",
            ARKIT.join(",")
        )?;
        Ok(Self { out })
    }

    /// Writes one row.
    ///
    /// # Errors
    ///
    /// What `out` reports.
    pub fn write(&mut self, frame: &Frame) -> io::Result<()> {
        write!(
            self.out,
            "{:.6},{}",
            frame.time_us as f64 * 1e-6,
            frame.viseme
        )?;
        for weight in &frame.blendshapes {
            write!(self.out, ",{weight:.5}")?;
        }
        for value in frame.head.rotation.iter().chain(&frame.head.translation) {
            write!(self.out, ",{value:.6}")?;
        }
        writeln!(self.out)
    }

    /// Flushes and gives `out` back.
    ///
    /// # Errors
    ///
    /// What `out` reports.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
