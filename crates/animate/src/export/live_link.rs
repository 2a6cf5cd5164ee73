use std::io::{self, Write};

use super::Fixed;
use crate::arkit::{JAW_LEFT, JAW_RIGHT, MOUTH_LEFT, MOUTH_RIGHT};
use crate::{ARKIT, Fps, Frame};

/// Weights and rotations in a row: what `BlendShapeCount` says.
const COUNT: usize = 52 + ROTATIONS.len();
const ROTATIONS: [&str; 9] = [
    "HeadYaw",
    "HeadPitch",
    "HeadRoll",
    "LeftEyeYaw",
    "LeftEyePitch",
    "LeftEyeRoll",
    "RightEyeYaw",
    "RightEyePitch",
    "RightEyeRoll",
];

/// The table that Epic's Live Link Face app exports, read by its importers for Unreal, Blender, Maya and Unity.
///
/// Columns: `Timecode` (`HH:MM:SS:FF.mmm`, the part after the point in thousandths of a frame),
/// `BlendShapeCount` (61), the 52 names capitalised, with `JawRight` before `JawLeft` and
/// `MouthRight` before `MouthLeft` as in the app, then nine rotations in radians.
#[derive(Debug)]
pub struct ArkitCsvWriter<W> {
    out: W,
    fps: Fps,
}

impl<W: Write> ArkitCsvWriter<W> {
    /// A writer onto `out` for frames at `fps`; the header is written at once.
    ///
    /// # Errors
    ///
    /// What `out` reports.
    pub fn new(mut out: W, fps: Fps) -> io::Result<Self> {
        write!(out, "Timecode,BlendShapeCount")?;
        for channel in columns() {
            let (first, rest) = ARKIT[channel].split_at(1);
            write!(out, ",{}{rest}", first.to_ascii_uppercase())?;
        }
        writeln!(out, ",{}", ROTATIONS.join(","))?;
        Ok(Self { out, fps })
    }

    /// Writes one row.
    ///
    /// # Errors
    ///
    /// What `out` reports.
    pub fn write(&mut self, frame: &Frame) -> io::Result<()> {
        let hertz = u64::from(self.fps.hertz());
        let (seconds, rest) = (frame.index / hertz, frame.index % hertz);
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        write!(
            self.out,
            "{hours:02}:{minutes:02}:{:02}:{rest:02}.000,{COUNT}",
            seconds % 60
        )?;
        for channel in columns() {
            write!(self.out, ",{}", Fixed::<8>(frame.blendshapes[channel]))?;
        }
        let [pitch, yaw, roll] = frame.head.rotation;
        let ([left_pitch, left_yaw], [right_pitch, right_yaw]) = (frame.left_eye, frame.right_eye);
        for value in [
            yaw,
            pitch,
            roll,
            left_yaw,
            left_pitch,
            0.0,
            right_yaw,
            right_pitch,
            0.0,
        ] {
            write!(self.out, ",{}", Fixed::<8>(value))?;
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

/// The channels in the order of the app, which puts right before left for jaw and mouth.
fn columns() -> impl Iterator<Item = usize> {
    (0..ARKIT.len()).map(|channel| match channel {
        JAW_LEFT => JAW_RIGHT,
        JAW_RIGHT => JAW_LEFT,
        MOUTH_LEFT => MOUTH_RIGHT,
        MOUTH_RIGHT => MOUTH_LEFT,
        same => same,
    })
}
