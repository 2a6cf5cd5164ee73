use std::io::{self, Write};

use super::Fixed;
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
        for weight in frame.blendshapes.map(Fixed::<5>) {
            write!(self.out, ",{weight}")?;
        }
        let head = frame.head;
        for value in [head.rotation, head.translation].as_flattened() {
            write!(self.out, ",{}", Fixed::<6>(*value))?;
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
