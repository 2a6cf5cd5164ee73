mod compare;
mod listen;
mod report;
mod rows;
mod strip;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use visavis_animate::score::Labels;
use visavis_animate::{Character, Fps, Lookahead, Options};

use super::out::printable;
use super::progress::Progress;
use super::{Failure, out, speech};
use listen::Heard;
use rows::Format;
use strip::Every;

/// When a run takes longer than this, it shows how far it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// Turn speech into facial animation, offline
///
/// Reads a WAV file of any rate and writes one row per frame. The same file, options and seed give the same rows,
/// everywhere. With --report, --strip or --compare it shows what was made instead, and writes rows only if you
/// ask for them with --format or -o.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis animate hello.wav | head -1
  visavis animate hello.wav --format arkit-csv --fps 60 -o hello.csv
  espeak-ng --stdout 'Hello there' | visavis animate - --character otto
  visavis animate hello.wav --report hello.html
  visavis animate hello.wav --strip hello.png --strip-every 40
  visavis animate hello.wav --compare hello.labels --report hello.html

A report is one page that plays the sound with a face that speaks; open it in any browser, it needs no network.
LABELS are known phones: lines of `START END PHONE` in seconds, festival's segments, or flite's `PHONE:END`, as
`flite -voice slt -psdur -t 'Hello there' -o hello.wav > hello.labels` writes them.")]
pub(crate) struct Args {
    /// A WAV file, or - for standard input
    file: PathBuf,
    /// What to write [default: jsonl]
    #[arg(long, value_enum, help_heading = "Rows")]
    format: Option<Format>,
    /// Frames a second: 25, 30, 50, 60 or 100
    #[arg(long, default_value = "25", value_parser = rows::fps, help_heading = "Rows")]
    fps: Fps,
    /// Where to write; - or nothing is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Rows")]
    out: Option<PathBuf>,
    /// How far the engine hears ahead, in milliseconds: 20, 40 or 80
    #[arg(long, value_name = "MS", default_value = "40", value_parser = lookahead)]
    lookahead: Lookahead,
    /// Decides blinks, gaze and head motion
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Whose manner and looks the face has: vera (lively) or otto (calm)
    #[arg(long, default_value = "vera", value_parser = ["vera", "otto"])]
    character: String,
    /// Write a page to watch and hear: the face, the sound, phones, visemes and curves
    #[arg(long, value_name = "HTML", help_heading = "To look at")]
    report: Option<PathBuf>,
    /// Write a contact sheet: the face at many moments, each with its phone
    #[arg(long, value_name = "PNG", help_heading = "To look at")]
    strip: Option<PathBuf>,
    /// Moments of the contact sheet: `phones` is the middle of each recognised one, a number is every so many milliseconds
    #[arg(
        long,
        value_name = "phones|MS",
        default_value = "phones",
        requires = "strip",
        help_heading = "To look at"
    )]
    strip_every: Every,
    /// Print how well the mouth agrees with the phones in this file
    #[arg(long, value_name = "LABELS", help_heading = "To look at")]
    compare: Option<PathBuf>,
}

/// What pictures and pages are made of.
struct Show<'a> {
    title: String,
    /// `vera` or `otto`.
    look: &'a str,
    options: Options,
    rate: u32,
    samples: &'a [i16],
    heard: Heard,
    labels: Option<Labels>,
    /// The table of `--compare`.
    score: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let begun = Instant::now();
    let labels = args.compare.as_deref().map(compare::read).transpose()?;
    let (rate, samples) = speech::read(&args.file)?;
    let options = Options {
        fps: args.fps,
        lookahead: args.lookahead,
        seed: args.seed,
        character: Character::named(&args.character).unwrap_or_default(),
        ..Options::default()
    };
    let shows = args.report.is_some() || args.strip.is_some() || args.compare.is_some();
    let writes = !shows || args.format.is_some() || args.out.is_some();
    if writes {
        let format = args.format.unwrap_or(Format::Jsonl);
        rows::write(args.out.as_deref(), format, &options, rate, &samples)?;
    }
    if !shows {
        return Ok(());
    }
    if samples.is_empty() {
        let name = printable(&args.file.to_string_lossy());
        return Err(Failure::text(format!("{name}: there is no sound in it")));
    }

    let mut wait = Wait::new(rate, samples.len());
    let mut hear = |fps| {
        let options = Options { fps, ..options };
        listen::listen(&samples, rate, &options, &mut wait).map_err(|error| unsupported(&error))
    };
    let heard = hear(Fps::F60)?;
    let score = match &labels {
        Some(labels) => Some(compare::table(
            labels,
            &heard.insights,
            &hear(Fps::F100)?.frames,
        )),
        None => None,
    };
    wait.clear();
    if let Some(score) = &score {
        // Rows on standard output are for a program: it reads nothing else there.
        let rows_on_stdout = writes && args.out.as_deref().is_none_or(|out| out == Path::new("-"));
        if rows_on_stdout {
            note(score);
        } else {
            out::print(score)?;
        }
    }
    let show = Show {
        title: title(&args.file),
        look: &args.character,
        options,
        rate,
        samples: &samples,
        heard,
        labels,
        score,
    };
    for (path, make) in [
        (
            &args.report,
            report::page as fn(&Show<'_>, Every) -> Result<Made, Failure>,
        ),
        (&args.strip, strip::sheet),
    ] {
        if let Some(path) = path {
            let made = make(&show, args.strip_every)?;
            let name = path.to_string_lossy();
            fs::write(path, &made.bytes).map_err(|error| Failure::io(&name, &error))?;
            made.warning
                .iter()
                .for_each(|warning| note(&format!("warning: {warning}\n")));
            note(&format!("{}: {}\n", printable(&name), made.what));
        }
    }
    note(&format!(
        "{:.2} s of speech as {}, in {:.1} s\n",
        show.seconds(),
        args.character,
        begun.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// A file for a person.
struct Made {
    bytes: Vec<u8>,
    /// What is in it, in a few words.
    what: String,
    /// What is not in it, and why.
    warning: Option<String>,
}

impl Show<'_> {
    fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }
}

/// A progress bar, once somebody has waited long enough.
pub(super) struct Wait {
    begun: Instant,
    rate: u32,
    total: Duration,
    bar: Option<Progress>,
}

impl Wait {
    fn new(rate: u32, samples: usize) -> Self {
        Self {
            begun: Instant::now(),
            rate,
            total: Duration::from_secs_f64(samples as f64 / f64::from(rate)),
            bar: None,
        }
    }

    /// So many samples are done; `rest` is what else there is to say.
    fn show(&mut self, samples: usize, rest: &str) {
        if self.begun.elapsed() > PATIENCE {
            let bar = self.bar.get_or_insert_with(|| Progress::new(self.total));
            let at = Duration::from_secs_f64(samples as f64 / f64::from(self.rate));
            bar.show(at, rest);
        }
    }

    fn clear(&self) {
        self.bar.iter().for_each(Progress::clear);
    }
}

fn unsupported(error: &visavis_animate::UnsupportedRate) -> Failure {
    let ways = "convert it first, for example with `ffmpeg -i IN -ar 48000 OUT.wav`";
    Failure::text(format!("{error} Hz; {ways}"))
}

/// The file's name without its folders.
fn title(file: &Path) -> String {
    match file.file_name() {
        Some(name) if name != "-" => printable(&name.to_string_lossy()).to_string(),
        _ => "standard input".into(),
    }
}

/// Says something on standard error; nobody listening is no failure.
fn note(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

fn lookahead(text: &str) -> Result<Lookahead, String> {
    match text {
        "20" => Ok(Lookahead::Ms20),
        "40" => Ok(Lookahead::Ms40),
        "80" => Ok(Lookahead::Ms80),
        _ => Err("use 20, 40 or 80".into()),
    }
}
