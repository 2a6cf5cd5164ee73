use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use visavis_animate::export::{ArkitCsvWriter, CsvWriter, JsonlWriter};
use visavis_animate::{Animator, Character, Fps, Frame, Lookahead, Options};

use super::progress::Progress;
use super::{Failure, speech};

/// When a run takes longer than this, it shows how far it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// Turn speech into facial animation, offline
///
/// Reads a WAV file of any rate and writes one row per frame. The same file, options and seed give the same rows,
/// everywhere.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis animate hello.wav | head -1
  visavis animate hello.wav --format arkit-csv --fps 60 -o hello.csv
  espeak-ng --stdout 'Hello there' | visavis animate - --character otto")]
pub(crate) struct Args {
    /// A WAV file, or - for standard input
    file: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Frames a second: 25, 30, 50, 60 or 100
    #[arg(long, default_value = "25", value_parser = fps)]
    fps: Fps,
    /// How far the engine hears ahead, in milliseconds: 20, 40 or 80
    #[arg(long, value_name = "MS", default_value = "40", value_parser = lookahead)]
    lookahead: Lookahead,
    /// Decides blinks, gaze and head motion
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Whose manner the face has: vera (lively) or otto (calm)
    #[arg(long, default_value = "vera", value_parser = character)]
    character: Character,
    /// Where to write; - or nothing is standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One JSON object a frame: time, viseme, 52 blendshapes, head
    Jsonl,
    /// A table with plain headings
    Csv,
    /// The table that Live Link Face exports
    ArkitCsv,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (rate, samples) = speech::read(&args.file)?;
    let options = Options {
        fps: args.fps,
        lookahead: args.lookahead,
        seed: args.seed,
        character: args.character,
        ..Options::default()
    };
    let mut animator = Animator::new(rate, &options).map_err(|error| {
        let ways = "convert it first, for example with `ffmpeg -i IN -ar 48000 OUT.wav`";
        Failure::text(format!("{error} Hz; {ways}"))
    })?;
    let name = args.out.as_deref().filter(|path| path.as_os_str() != "-");
    let out: Box<dyn Write> = match name {
        Some(path) => Box::new(BufWriter::new(
            File::create(path).map_err(|error| Failure::io(&path.to_string_lossy(), &error))?,
        )),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let mut writer = Writer::new(args.format, args.fps, out)?;
    let total = Duration::from_secs_f64(samples.len() as f64 / f64::from(rate));
    let begun = Instant::now();
    let mut progress = None;
    let mut frames = vec![];
    let mut written = 0;
    for (second, chunk) in (1..).zip(samples.chunks(rate as usize)) {
        animator.push(chunk, &mut frames);
        written += frames.len();
        writer.write_all(&mut frames)?;
        if begun.elapsed() > PATIENCE {
            let progress = progress.get_or_insert_with(|| Progress::new(total));
            progress.show(Duration::from_secs(second), &format!("{written} frames"));
        }
    }
    animator.finish(&mut frames);
    writer.write_all(&mut frames)?;
    writer.finish()?;
    progress.iter().for_each(Progress::clear);
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

fn fps(text: &str) -> Result<Fps, String> {
    let hertz: u32 = text.parse().map_err(|_| "use 25, 30, 50, 60 or 100")?;
    Fps::try_from(hertz).map_err(|error| error.to_string())
}

fn lookahead(text: &str) -> Result<Lookahead, String> {
    match text {
        "20" => Ok(Lookahead::Ms20),
        "40" => Ok(Lookahead::Ms40),
        "80" => Ok(Lookahead::Ms80),
        _ => Err("use 20, 40 or 80".into()),
    }
}

fn character(text: &str) -> Result<Character, String> {
    Character::named(text).ok_or_else(|| "use vera or otto".into())
}
