use std::io::{self, Write};

use super::Fixed;
use crate::{ARKIT, Frame};

/// One JSON object per line and frame.
///
/// `{"time":seconds,"viseme":"PP","blendshapes":{"eyeBlinkLeft":0..1, 52 of them},
/// "head":{"pitch","yaw","roll" in radians,"x","y","z" in metres}}`.
#[derive(Debug)]
pub struct JsonlWriter<W> {
    out: W,
}

impl<W: Write> JsonlWriter<W> {
    /// A writer onto `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes one line.
    ///
    /// # Errors
    ///
    /// What `out` reports.
    pub fn write(&mut self, frame: &Frame) -> io::Result<()> {
        let out = &mut self.out;
        let seconds = frame.time_us as f64 * 1e-6;
        write!(
            out,
            r#"{{"time":{seconds:.6},"viseme":"{}","blendshapes":{{"#,
            frame.viseme
        )?;
        let weights = frame.blendshapes.map(Fixed::<5>);
        for (n, (name, weight)) in ARKIT.iter().zip(weights).enumerate() {
            let comma = if n == 0 { "" } else { "," };
            write!(out, r#"{comma}"{name}":{weight}"#)?;
        }
        let [pitch, yaw, roll] = frame.head.rotation.map(Fixed::<6>);
        let [x, y, z] = frame.head.translation.map(Fixed::<6>);
        writeln!(
            out,
            r#"}},"head":{{"pitch":{pitch},"yaw":{yaw},"roll":{roll},"x":{x},"y":{y},"z":{z}}}}}"#
        )
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
