//! One row a frame, for programs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use clap::ValueEnum;
use visavis_animate::export::{ArkitCsvWriter, CsvWriter, JsonlWriter};
use visavis_animate::{Animator, Fps, Frame, Options};

use super::{Failure, Wait, unsupported};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// One JSON object a frame: time, viseme, 52 blendshapes, head
    Jsonl,
    /// A table with plain headings
    Csv,
    /// The table that Live Link Face exports
    ArkitCsv,
}

/// Animates the samples and writes every frame; no path or `-` is standard output.
pub(super) fn write(
    path: Option<&Path>,
    format: Format,
    options: &Options,
    rate: u32,
    samples: &[i16],
) -> Result<(), Failure> {
    let mut animator = Animator::new(rate, options).map_err(|error| unsupported(&error))?;
    let out: Box<dyn Write> = match path.filter(|path| path.as_os_str() != "-") {
        Some(path) => Box::new(BufWriter::new(
            File::create(path).map_err(|error| Failure::io(&path.to_string_lossy(), &error))?,
        )),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let mut writer = Writer::new(format, options.fps, out)?;
    let mut wait = Wait::new(rate, samples.len());
    let mut frames = vec![];
    let mut written = 0;
    for (second, chunk) in (1..).zip(samples.chunks(rate as usize)) {
        animator.push(chunk, &mut frames);
        written += frames.len();
        writer.write_all(&mut frames)?;
        wait.show(second * rate as usize, &format!("{written} frames"));
    }
    animator.finish(&mut frames);
    writer.write_all(&mut frames)?;
    writer.finish()?;
    wait.clear();
    Ok(())
}

enum Writer {
    Jsonl(JsonlWriter<Box<dyn Write>>),
    Csv(CsvWriter<Box<dyn Write>>),
    ArkitCsv(ArkitCsvWriter<Box<dyn Write>>),
}

impl Writer {
    fn new(format: Format, fps: Fps, out: Box<dyn Write>) -> io::Result<Self> {
        Ok(match format {
            Format::Jsonl => Self::Jsonl(JsonlWriter::new(out)),
            Format::Csv => Self::Csv(CsvWriter::new(out)?),
            Format::ArkitCsv => Self::ArkitCsv(ArkitCsvWriter::new(out, fps)?),
        })
    }

    fn write_all(&mut self, frames: &mut Vec<Frame>) -> io::Result<()> {
        for frame in frames.drain(..) {
            match self {
                Self::Jsonl(writer) => writer.write(&frame)?,
                Self::Csv(writer) => writer.write(&frame)?,
                Self::ArkitCsv(writer) => writer.write(&frame)?,
            }
        }
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Jsonl(writer) => writer.finish(),
            Self::Csv(writer) => writer.finish(),
            Self::ArkitCsv(writer) => writer.finish(),
        }
        .map(drop)
    }
}

pub(super) fn fps(text: &str) -> Result<Fps, String> {
    let hertz: u32 = text.parse().map_err(|_| "use 25, 30, 50, 60 or 100")?;
    Fps::try_from(hertz).map_err(|error| error.to_string())
}
