use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;
use std::time::Duration;

use visavis_animate::export::Fixed;
use visavis_client::avatar::{Animation, BLENDSHAPE_NAMES};

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
            let head = [frame.head_rotation, frame.head_translation];
            let eyes = [frame.left_eye, frame.right_eye];
            write_frame(out, frame.time, frame.blendshapes, head, eyes)?;
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
fn write_frame(
    out: &mut dyn Write,
    time: Duration,
    blendshapes: [f32; BLENDSHAPE_NAMES.len()],
    head: [[f32; 3]; 2],
    eyes: [[f32; 2]; 2],
) -> io::Result<()> {
    write!(
        out,
        r#"{{"time":{:.6},"blendshapes":{{"#,
        time.as_secs_f64()
    )?;
    let weights = blendshapes.map(Fixed::<6>);
    for (n, (name, weight)) in BLENDSHAPE_NAMES.iter().zip(weights).enumerate() {
        let comma = if n == 0 { "" } else { "," };
        write!(out, r#"{comma}"{name}":{weight}"#)?;
    }
    let [[pitch, yaw, roll], [x, y, z]] = head.map(|values| values.map(Fixed::<6>));
    write!(
        out,
        r#"}},"head":{{"pitch":{pitch},"yaw":{yaw},"roll":{roll},"x":{x},"y":{y},"z":{z}}}"#
    )?;
    let [[left_pitch, left_yaw], [right_pitch, right_yaw]] =
        eyes.map(|values| values.map(Fixed::<6>));
    write!(
        out,
        r#","eyes":{{"left":{{"pitch":{left_pitch},"yaw":{left_yaw}}}"#
    )?;
    writeln!(
        out,
        r#","right":{{"pitch":{right_pitch},"yaw":{right_yaw}}}}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        let mut line = Vec::new();
        let weights = [-0.0; BLENDSHAPE_NAMES.len()];
        let (head, eyes) = ([[-0.0, -4e-7, -1e-9]; 2], [[-4e-7, -0.0]; 2]);
        write_frame(&mut line, Duration::ZERO, weights, head, eyes).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert!(!line.contains('-'), "{line}");
        assert!(
            line.ends_with(
                r#""head":{"pitch":0.000000,"yaw":0.000000,"roll":0.000000,"x":0.000000,"y":0.000000,"z":0.000000},"eyes":{"left":{"pitch":0.000000,"yaw":0.000000},"right":{"pitch":0.000000,"yaw":0.000000}}}
"#
            ),
            "{line}"
        );
    }
}
