use std::f32::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use serde_json::Value;

const RATE: u32 = 16_000;

/// A folder with `ma.wav` in it: silence, lips shut on a hum, an open vowel, silence; and its phones.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.path("ma.wav"), wav(&ma())).unwrap();
        let labels = "0 0.4 sil\n0.4 0.55 m\n0.55 1.1 aa\n1.1 1.4 sil\n";
        fs::write(folder.path("ma.labels"), labels).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn animate(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_visavis"))
            .current_dir(self.0.path())
            .arg("animate")
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Standard output and error of a run that must succeed.
    fn succeed(&self, arguments: &[&str]) -> (String, String) {
        let output = self.animate(arguments);
        let [stdout, stderr] =
            [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        assert!(output.status.success(), "{stderr}");
        (stdout, stderr)
    }

    fn picture(&self, name: &str) -> tiny_skia::Pixmap {
        tiny_skia::Pixmap::load_png(self.path(name)).unwrap()
    }
}

#[test]
fn a_report_is_one_page_that_needs_nothing_else() {
    let folder = Folder::new();
    let (stdout, stderr) =
        folder.succeed(&["ma.wav", "--report", "out.html", "--character", "otto"]);
    assert_eq!(stdout, "");
    assert!(
        stderr.starts_with("out.html: a page with sound, "),
        "{stderr}"
    );
    assert!(stderr.contains("1.40 s of speech as otto, in "), "{stderr}");

    let page = fs::read_to_string(folder.path("out.html")).unwrap();
    for outside in [
        "http:", "https:", " src=", "<link", "url(", "import(", "import {", "fetch(", "@import",
        "{{",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    for tag in ["html", "head", "title", "style", "body", "main", "header"] {
        assert_eq!(
            page.matches(&format!("<{tag}")).count(),
            page.matches(&format!("</{tag}>")).count() + usize::from(tag == "head"),
            "{tag}"
        );
    }
    let data: Value = serde_json::from_str(inside(&page, "data")).unwrap();
    let face: Value = serde_json::from_str(inside(&page, "definition")).unwrap();
    assert_eq!(data["look"], "otto");
    assert!(face["looks"]["otto"].is_object());
    assert_eq!(data["truth"], Value::Null);

    let length = |name: &str| decoded(data[name].as_str().unwrap()).len();
    let (frames, steps) = (
        data["frames"].as_u64().unwrap() as usize,
        data["steps"].as_u64().unwrap() as usize,
    );
    assert_eq!(frames, 84, "1.4 s at 60 a second");
    assert!((140..=141).contains(&steps), "{steps}");
    assert_eq!(
        (length("weights"), length("head")),
        (frames * 52, frames * 12)
    );
    assert_eq!(length("phones"), steps * 44);
    for name in [
        "visemes", "closed", "loudness", "presence", "voicing", "pitch",
    ] {
        assert_eq!(length(name), steps, "{name}");
    }
    let jaw = face["channels"]
        .as_array()
        .unwrap()
        .iter()
        .position(|it| it == "jawOpen")
        .unwrap();
    let weights = decoded(data["weights"].as_str().unwrap());
    let jaw_at = |seconds: f64| weights[(seconds * 60.0) as usize * 52 + jaw];
    assert!(
        jaw_at(0.85) > 40 && jaw_at(0.1) < 20,
        "{} {}",
        jaw_at(0.85),
        jaw_at(0.1)
    );

    let sound = decoded(inside(&page, "audio"));
    let (rate, samples) = visavis_animate::wav::read(&sound[..]).unwrap();
    assert_eq!((rate, samples), (RATE, ma()));
}

#[test]
fn a_sheet_shows_other_mouths_for_other_sounds() {
    let folder = Folder::new();
    let (stdout, stderr) =
        folder.succeed(&["ma.wav", "--strip", "out.png", "--strip-every", "100"]);
    assert_eq!(stdout, "");
    assert!(
        stderr.starts_with("out.png: 14 faces, ") || stderr.starts_with("out.png: 15 faces, "),
        "{stderr}"
    );
    let sheet = folder.picture("out.png");
    // The middle of the mouth, in the cells of 0.1 s and of 0.8 s.
    let mouth = |cell: u32| {
        let (left, top) = (12 + cell * 168, 44);
        let rows = (top + 100..top + 150).flat_map(|y| (left + 70..left + 95).map(move |x| (x, y)));
        rows.map(|(x, y)| u64::from(sheet.pixel(x, y).unwrap().red()))
            .sum::<u64>()
    };
    assert!(
        mouth(8) + 20_000 < mouth(1),
        "an open mouth is dark inside: {} {}",
        mouth(8),
        mouth(1)
    );

    folder.succeed(&["ma.wav", "--strip", "phones.png"]);
    folder.succeed(&["ma.wav", "--strip", "otto.png", "--character", "otto"]);
    assert!(folder.picture("phones.png").height() < sheet.height());
    assert_ne!(
        folder.picture("phones.png").data(),
        folder.picture("otto.png").data()
    );
}

#[test]
fn known_phones_are_compared_and_shown() {
    let folder = Folder::new();
    let (stdout, stderr) = folder.succeed(&[
        "ma.wav",
        "--compare",
        "ma.labels",
        "--report",
        "out.html",
        "--strip",
        "out.png",
    ]);
    assert!(stdout.contains("closures hit"), "{stdout}");
    assert!(stdout.contains("gap in closures"), "{stdout}");
    assert!(
        stderr.contains("out.html: ") && stderr.contains("out.png: "),
        "{stderr}"
    );
    let page = fs::read_to_string(folder.path("out.html")).unwrap();
    let data: Value = serde_json::from_str(inside(&page, "data")).unwrap();
    let names = data["phone_names"].as_array().unwrap();
    let truth = data["truth"].as_array().unwrap();
    let spoken: Vec<&str> = truth
        .iter()
        .map(|it| names[it[0].as_u64().unwrap() as usize].as_str().unwrap())
        .collect();
    assert_eq!(spoken, ["sil", "m", "aa", "sil"]);
    assert_eq!(data["score"], stdout);
}

#[test]
fn rows_come_too_when_they_are_asked_for() {
    let folder = Folder::new();
    let (plain, _) = folder.succeed(&["ma.wav"]);
    let (beside, stderr) =
        folder.succeed(&["ma.wav", "--format", "jsonl", "--compare", "ma.labels"]);
    assert_eq!(plain, beside);
    assert_eq!(plain.lines().count(), 35);
    assert!(stderr.contains("closures hit"), "{stderr}");
    let (stdout, _) = folder.succeed(&["ma.wav", "-o", "rows.jsonl", "--strip", "out.png"]);
    assert_eq!(stdout, "");
    assert_eq!(
        fs::read_to_string(folder.path("rows.jsonl")).unwrap(),
        plain
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = Folder::new();
    fs::write(folder.path("empty.wav"), wav(&[])).unwrap();
    fs::write(folder.path("bad.labels"), "0 1 nonsense\n").unwrap();
    fs::write(folder.path("text.wav"), "hello").unwrap();
    for (arguments, words) in [
        (
            &["ma.wav", "--report", "no/such/folder.html"][..],
            "no/such/folder.html: No such file",
        ),
        (&["no.wav", "--strip", "out.png"], "no.wav: No such file"),
        (
            &["text.wav", "--strip", "out.png"],
            "text.wav: not a WAV file",
        ),
        (
            &["empty.wav", "--report", "out.html"],
            "empty.wav: there is no sound in it",
        ),
        (
            &["ma.wav", "--compare", "no.labels"],
            "no.labels: No such file",
        ),
        (&["ma.wav", "--compare", "bad.labels"], "bad.labels: "),
        (
            &["ma.wav", "--strip", "out.png", "--strip-every", "5"],
            "use phones, or milliseconds from 10 to 10000",
        ),
        (&["ma.wav", "--strip-every", "40"], "--strip <PNG>"),
        (
            &["ma.wav", "--character", "nobody", "--strip", "out.png"],
            "vera, otto",
        ),
    ] {
        let output = folder.animate(arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
        assert!(!Path::new("out.png").exists());
    }
}

/// A hum with nothing above it, then a vowel with the formants of "ah".
fn ma() -> Vec<i16> {
    let sound = |seconds: f32| {
        let vowel = (0.55..1.1).contains(&seconds);
        let hum = (0.4..0.55).contains(&seconds);
        let harmonic = |n: u32| {
            let hertz = 120.0 * n as f32;
            let formants = [(730.0, 1.0), (1090.0, 0.7), (2440.0, 0.2)];
            let open: f32 = formants
                .iter()
                .map(|(at, gain)| gain / (1.0 + ((hertz - at) / 90.0_f32).powi(2)))
                .sum();
            let gain = if vowel {
                open
            } else {
                0.5 / (n * n * n) as f32
            };
            gain * (TAU * hertz * seconds).sin()
        };
        if vowel || hum {
            (1..30).map(harmonic).sum()
        } else {
            0.0
        }
    };
    (0..RATE * 14 / 10)
        .map(|n| (6000.0 * sound(n as f32 / RATE as f32)) as i16)
        .collect()
}

fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes = 2 * samples.len() as u32;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend([RATE.to_le_bytes(), (2 * RATE).to_le_bytes()].concat());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(bytes.to_le_bytes());
    wav.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

/// What stands in the script with this id.
fn inside<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    rest.split_once("</script>").unwrap().0
}

fn decoded(base64: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD
        .decode(base64)
        .unwrap()
}
