//! Writes the frames of a WAV file as CSV: `cargo run --example frames -- speech.wav 100 > frames.csv`.

use std::fs::File;
use std::io::{BufReader, BufWriter, stdout};

use visavis_animate::export::CsvWriter;
use visavis_animate::{Animator, Fps, Options, wav};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: frames FILE.wav [FPS]")?;
    let fps = Fps::try_from(arguments.next().map_or(Ok(25), |fps| fps.parse())?)?;
    let (rate, samples) = wav::read(BufReader::new(File::open(path)?))?;

    let mut animator = Animator::new(
        rate,
        &Options {
            fps,
            ..Options::default()
        },
    )?;
    let mut frames = Vec::new();
    animator.push(&samples, &mut frames);
    animator.finish(&mut frames);

    let mut csv = CsvWriter::new(BufWriter::new(stdout().lock()))?;
    for frame in &frames {
        csv.write(frame)?;
    }
    csv.finish()?;
    Ok(())
}
