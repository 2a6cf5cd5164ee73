use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use visavis_client::avatar::{Animation, BLENDSHAPE_NAMES, Frame};

use super::super::Failure;

/// Where the frames go.
pub(super) enum Frames {
    Nowhere,
    Stdout(BufWriter<io::Stdout>),
    File(BufWriter<File>),
}

impl Frames {
    /// Standard output takes the frames when nothing else does, unless a person or the summary is there.
    pub(super) fn open(path: Option<&Path>, summary_on_stdout: bool) -> Result<Self, Failure> {
        match path {
            Some(path) if path.as_os_str() == "-" => Ok(Self::stdout()),
            Some(path) => File::create(path)
                .map(|file| Self::File(BufWriter::new(file)))
                .map_err(|error| Failure::io(&path.to_string_lossy(), &error)),
            None if summary_on_stdout || io::stdout().is_terminal() => Ok(Self::Nowhere),
            None => Ok(Self::stdout()),
        }
    }

    fn stdout() -> Self {
        Self::Stdout(BufWriter::new(io::stdout()))
    }

    pub(super) const fn on_stdout(&self) -> bool {
        matches!(self, Self::Stdout(_))
    }

    /// Writes each frame of a message as one JSON object and one line.
    pub(super) fn write(&mut self, animation: &Animation) -> Result<(), Failure> {
        let out: &mut dyn Write = match self {
            Self::Nowhere => return Ok(()),
            Self::Stdout(out) => out,
            Self::File(out) => out,
        };
        for frame in &animation.frames {
            write_frame(out, frame)?;
        }
        // Who reads along sees each message as it comes.
        out.flush()?;
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Stdout(out) => Ok(out.flush()?),
            Self::File(out) => Ok(out.flush()?),
        }
    }
}

/// One line, members in the order of `visavis animate --format jsonl`; six places are more than a face shows.
fn write_frame(out: &mut dyn Write, frame: &Frame) -> io::Result<()> {
    write!(
        out,
        r#"{{"time":{:.6},"blendshapes":{{"#,
        frame.time.as_secs_f64()
    )?;
    for (n, (name, weight)) in BLENDSHAPE_NAMES.iter().zip(frame.blendshapes).enumerate() {
        let comma = if n == 0 { "" } else { "," };
        write!(out, r#"{comma}"{name}":{weight:.6}"#)?;
    }
    let [pitch, yaw, roll] = frame.head_rotation;
    let [x, y, z] = frame.head_translation;
    write!(
        out,
        r#"}},"head":{{"pitch":{pitch:.6},"yaw":{yaw:.6},"roll":{roll:.6},"x":{x:.6},"y":{y:.6},"z":{z:.6}}}"#
    )?;
    let ([left_pitch, left_yaw], [right_pitch, right_yaw]) = (frame.left_eye, frame.right_eye);
    write!(
        out,
        r#","eyes":{{"left":{{"pitch":{left_pitch:.6},"yaw":{left_yaw:.6}}}"#
    )?;
    writeln!(
        out,
        r#","right":{{"pitch":{right_pitch:.6},"yaw":{right_yaw:.6}}}}}}}"#
    )
}
