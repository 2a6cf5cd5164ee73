//! Who speaks.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{Failure, install, options::chosen};

/// A voice of a synthesizer that tells when it speaks which phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Flite(&'static str),
    Festival {
        name: &'static str,
        function: &'static str,
        package: &'static str,
    },
}

/// Never trained on, never looked at to choose anything.
const HELD_OUT: [&str; 2] = ["rms", "slt-hts"];

const ALL: [Voice; 7] = [
    Voice::Flite("rms"),
    Voice::Festival {
        name: "slt-hts",
        function: "voice_cmu_us_slt_arctic_hts",
        package: "festvox-us-slt-hts",
    },
    Voice::Flite("awb"),
    Voice::Flite("slt"),
    Voice::Flite("kal16"),
    Voice::Festival {
        name: "kal",
        function: "voice_kal_diphone",
        package: "festvox-kallpc16k",
    },
    Voice::Festival {
        name: "ked",
        function: "voice_ked_diphone",
        package: "festvox-kdlpc16k",
    },
];

impl Voice {
    /// The voices called `names`; those that are held out where none are.
    pub(super) fn chosen(names: &[String]) -> Result<Vec<Self>, Failure> {
        let held_out = HELD_OUT.map(str::to_owned);
        let names = if names.is_empty() { &held_out } else { names };
        let wanted = chosen(names, &ALL.map(Self::name))?;
        let is_wanted = |voice: &Self| wanted.contains(&voice.name());
        Ok(ALL.into_iter().filter(is_wanted).collect())
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Flite(name) | Self::Festival { name, .. } => name,
        }
    }

    /// Speaks every sentence as `NNN.wav` with labels `NNN.lab` in `folder`; phones last `stretch` times as long.
    pub(super) fn speak(
        self,
        sentences: &[&str],
        stretch: f64,
        folder: &Path,
    ) -> Result<(), Failure> {
        match self {
            Self::Flite(name) => flite(name, sentences, stretch, folder),
            Self::Festival {
                function, package, ..
            } => festival(function, package, sentences, stretch, folder),
        }
    }
}

fn flite(name: &str, sentences: &[&str], stretch: f64, folder: &Path) -> Result<(), Failure> {
    let program = install::present("flite", "flite")?;
    for (n, sentence) in sentences.iter().enumerate() {
        let output = Command::new(&program)
            .args(["-voice", name, "-psdur", "-t", sentence])
            .args(["--setf", &format!("duration_stretch={stretch}"), "-o"])
            .arg(folder.join(format!("{n:03}.wav")))
            .output()?;
        if !output.status.success() {
            return Err(format!("flite -voice {name} failed: {}", output.status).into());
        }
        fs::write(folder.join(format!("{n:03}.lab")), output.stdout)?;
    }
    Ok(())
}

fn festival(
    function: &str,
    package: &str,
    sentences: &[&str],
    stretch: f64,
    folder: &Path,
) -> Result<(), Failure> {
    let packages = format!("festival {package}");
    let program = install::present("festival", &packages)?;
    // HTS voices have a rate of their own and ignore the stretch of the others.
    let slower = format!(
        "(Parameter.set 'Duration_Stretch {stretch})\n\
         (if (boundp 'hts_engine_params)\n\
         \x20   (set! hts_engine_params (append hts_engine_params '((\"-r\" {})))))\n",
        1.0 / stretch
    );
    let mut script = format!("({function})\n{slower}");
    for (n, sentence) in sentences.iter().enumerate() {
        let sentence = sentence.replace(['\\', '"'], "");
        script += &format!(
            "(set! u (Utterance Text \"{sentence}\"))(utt.synth u)\
             (utt.save.wave u \"{n:03}.wav\" 'riff)(utt.save.segs u \"{n:03}.lab\")\n"
        );
    }
    fs::write(folder.join("speak.scm"), script)?;
    let output = Command::new(program)
        .args(["-b", "speak.scm"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    let last = folder.join(format!("{:03}.lab", sentences.len().saturating_sub(1)));
    if output.status.success() && last.exists() {
        return Ok(());
    }
    Err(format!(
        "festival has no {function}; 'apt-get install {packages}' brings it: {}",
        String::from_utf8_lossy(&output.stderr)
            .lines()
            .next()
            .unwrap_or("it said nothing")
    )
    .into())
}
