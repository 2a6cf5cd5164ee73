//! Debian's PocketSphinx, decoding phones without words.
//!
//! It is no streaming recogniser here: it hears the whole utterance, normalises by it, and searches back.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use visavis_animate::score::{FRAME_US, Guess, Labels};

use crate::{
    Failure,
    animate::{audio, corpus::Utterance, system::Heard},
    install::{self, Cache},
};

const PACKAGES: &str = "pocketsphinx pocketsphinx-en-us";
const MODELS: &str = "/usr/share/pocketsphinx/model/en-us";

/// The settings of its documentation for phones, but a narrower beam: five times as fast, and no different to hear.
const SETTINGS: &[&str] = &["-lw", "2.0", "-beam", "1e-20", "-pbeam", "1e-10"];

pub(super) fn check() -> Result<(), Failure> {
    install::present("pocketsphinx_batch", PACKAGES)?;
    if !Path::new(MODELS).join("en-us-phone.lm.bin").exists() {
        return Err(format!("there is no {MODELS}; 'apt-get install {PACKAGES}' brings it").into());
    }
    Ok(())
}

/// What was decoded once is kept: it takes a third of the time that the sound does.
pub(super) fn hear(utterances: &[Utterance], cache: &Cache) -> Result<Vec<Heard>, Failure> {
    let folder = cache.folder.join("animate/pocketsphinx");
    fs::create_dir_all(&folder)?;
    let answers: Vec<PathBuf> = utterances
        .iter()
        .map(|utterance| folder.join(format!("{:016x}.seg", digest(&utterance.samples))))
        .collect();
    let missing: Vec<usize> = (0..answers.len())
        .filter(|n| !answers[*n].exists())
        .collect();
    if !missing.is_empty() {
        for (n, segments) in missing.iter().zip(decode(utterances, &missing, &folder)?) {
            fs::write(&answers[*n], segments)?;
        }
    }
    answers
        .iter()
        .map(|file| phones(&fs::read_to_string(file)?))
        .collect()
}

/// One line of its answer per utterance.
fn decode(
    utterances: &[Utterance],
    wanted: &[usize],
    folder: &Path,
) -> Result<Vec<String>, Failure> {
    let name = |n: &usize| format!("sound-{n:03}");
    for n in wanted {
        let wav = folder.join(name(n)).with_extension("wav");
        fs::write(wav, audio::wav_bytes(&utterances[*n].samples))?;
    }
    let list: Vec<String> = wanted.iter().map(name).collect();
    fs::write(folder.join("list"), list.join("\n") + "\n")?;
    let models = Path::new(MODELS);
    let output = Command::new(install::present("pocketsphinx_batch", PACKAGES)?)
        .arg("-hmm")
        .arg(models.join("en-us"))
        .arg("-allphone")
        .arg(models.join("en-us-phone.lm.bin"))
        .args(SETTINGS)
        // Silence that is cut out would move all that follows.
        .args(["-remove_silence", "no", "-adcin", "yes", "-adchdr", "44"])
        .args([
            "-cepdir", ".", "-cepext", ".wav", "-ctl", "list", "-hypseg", "answers",
        ])
        .args(["-logfn", "log"])
        .current_dir(folder)
        .output()?;
    let answers = fs::read_to_string(folder.join("answers")).unwrap_or_default();
    let lines: Vec<String> = answers.lines().map(str::to_owned).collect();
    if !output.status.success() || lines.len() != wanted.len() {
        let log = folder.join("log");
        return Err(format!("pocketsphinx_batch failed; see {}", log.display()).into());
    }
    for n in wanted {
        fs::remove_file(folder.join(name(n)).with_extension("wav"))?;
    }
    Ok(lines)
}

/// Reads `NAME S n T n A n L n`, then `START n n PHONE` for each phone, then the end, in frames of 10 ms.
fn phones(line: &str) -> Result<Heard, Failure> {
    let words: Vec<&str> = line.split_whitespace().skip(9).collect();
    let (segments, end) = match words.len() % 4 {
        1 => words.split_at(words.len() - 1),
        _ => return Err(format!("pocketsphinx answered '{line}'").into()),
    };
    let segments = segments.chunks_exact(4);
    let ends = segments.clone().skip(1).map(|next| next[0]).chain([end[0]]);
    let mut text = String::new();
    for (segment, end) in segments.zip(ends) {
        // Noises and breaths are fillers such as +NSN+.
        let phone = if segment[3].starts_with('+') {
            "sil"
        } else {
            segment[3]
        };
        let seconds = |frame: &str| frame.parse::<f64>().map(|n| n * FRAME_US as f64 / 1e6);
        text += &format!("{} {} {phone}\n", seconds(segment[0])?, seconds(end)?);
    }
    let labels: Labels = text
        .parse()
        .map_err(|error| format!("pocketsphinx: {error}"))?;
    // Its diphthongs glide as those of the labels do.
    let changes = labels
        .segments()
        .iter()
        .map(|segment| (segment.start_us as i64, Guess::from(segment.phone)))
        .collect();
    Ok(Heard {
        changes,
        frames: Vec::new(),
    })
}

/// FNV-1a of the settings and the sound.
fn digest(samples: &[i16]) -> u64 {
    let settings = SETTINGS.iter().flat_map(|word| word.bytes());
    settings
        .chain(crate::speech::bytes(samples))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_answers_are_read() {
        let line = "p S 0 T -9 A -4 L -5 0 -213 0 SIL 2 -142 -67 OW 12 0 0 +NSN+ 14";
        let heard = phones(line).unwrap();
        let spoken: Vec<_> = heard
            .changes
            .iter()
            .filter_map(|(from_us, guess)| Some((from_us / 1000, guess.phone?.name())))
            .collect();
        assert_eq!(spoken, [(0, "sil"), (20, "ow"), (80, "uh"), (120, "sil")]);
        assert!(phones("p S 0 T").is_err() && phones("").is_err());
    }
}
