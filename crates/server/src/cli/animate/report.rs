//! One page to watch and hear what was made of a sound; everything it needs is in it.

mod sound;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use visavis_animate::{Frame, Insight, Phone, Viseme};

use super::{Every, Failure, Made, Show};

const PAGE: &str = include_str!("../../../../../web/report/page.html");
const STYLE: &str = include_str!("../../../../../web/report/style.css");
/// In the order of their imports, which are taken out: the page has one script.
const SCRIPTS: [&str; 5] = [
    visavis_rig::SCRIPT,
    include_str!("../../../../../web/report/data.js"),
    include_str!("../../../../../web/report/tracks.js"),
    include_str!("../../../../../web/report/timeline.js"),
    include_str!("../../../../../web/report/main.js"),
];

/// Longest sound of a page: beyond it browsers get slow, and the file passes 100 MB.
const SECONDS_MAX: u32 = 1200;

/// Units a radian and units a metre in the packed pose of the head.
const RADIAN: f32 = 10_000.0;
const METRE: f32 = 100_000.0;

/// The page as UTF-8.
pub(super) fn page(show: &Show<'_>, _: Every) -> Result<Made, Failure> {
    let cut = show
        .samples
        .len()
        .min(SECONDS_MAX as usize * show.rate as usize);
    let warning = (cut < show.samples.len()).then(|| {
        format!(
            "the page ends after {} minutes; cut the file to see the rest",
            SECONDS_MAX / 60
        )
    });
    let samples = &show.samples[..cut];
    let (rate, wav) = sound::wav(samples, show.rate);
    let face: Value = serde_json::from_str(visavis_rig::FACE)
        .map_err(|error| Failure::text(format!("the definition of the face: {error}")))?;
    let html = fill(&[
        ("title", &escape(&show.title)),
        ("style", STYLE),
        ("script", &script()),
        ("data", &inert(&data(show, samples.len(), rate))),
        ("face", &inert(&face)),
        ("audio", &STANDARD.encode(wav)),
    ]);
    let what = format!(
        "a page with sound, {:.1} MB; open it in a browser",
        html.len() as f64 / 1e6
    );
    Ok(Made {
        bytes: html.into_bytes(),
        what,
        warning,
    })
}

/// What the page's script reads; arrays of numbers are base64, little-endian.
fn data(show: &Show<'_>, samples: usize, rate: u32) -> Value {
    let seconds = samples as f64 / f64::from(show.rate);
    let within = |time_us: u64| time_us as f64 <= seconds * 1e6;
    let frames: Vec<&Frame> = show
        .heard
        .frames
        .iter()
        .filter(|it| within(it.time_us))
        .collect();
    let insights: Vec<_> = show
        .heard
        .insights
        .iter()
        .filter(|it| within(it.time_us))
        .collect();
    let loudest = show
        .samples
        .iter()
        .map(|sample| sample.unsigned_abs())
        .max();
    let gain = 32_768.0 / f64::from(loudest.unwrap_or(0).max(1000));
    let per_step = |value: &dyn Fn(&Insight) -> u8| -> String {
        STANDARD.encode(
            insights
                .iter()
                .map(|insight| value(insight))
                .collect::<Vec<u8>>(),
        )
    };
    let truth = show.labels.as_ref().map(|labels| {
        let segments = labels.segments().iter();
        segments
            .map(|it| json!([it.phone as usize, it.start_us, it.end_us]))
            .collect::<Vec<_>>()
    });
    json!({
        "look": show.look,
        "facts": [
            format!("{seconds:.2} s"),
            format!("{} Hz", show.rate),
            show.look,
            format!("lookahead {} ms", show.options.lookahead.millis()),
            format!("seed {}", show.options.seed),
        ],
        "seconds": seconds,
        "rate": rate,
        "gain": gain,
        "fps": 60,
        "frames": frames.len(),
        "weights": STANDARD.encode(frames.iter().flat_map(|it| it.blendshapes.map(unit)).collect::<Vec<u8>>()),
        "head": STANDARD.encode(frames.iter().flat_map(|it| pose(it)).collect::<Vec<u8>>()),
        "step_ms": 10,
        "steps": insights.len(),
        "phone_names": Phone::ALL.map(Phone::name).to_vec(),
        "phone_visemes": Phone::ALL.map(|phone| phone.viseme() as usize).to_vec(),
        "viseme_names": Viseme::ALL.map(Viseme::name),
        "phones": STANDARD.encode(insights.iter().flat_map(|it| it.phones.map(unit)).collect::<Vec<u8>>()),
        "visemes": per_step(&|it| it.viseme as u8),
        "closed": per_step(&|it| u8::from(it.closed)),
        "loudness": per_step(&|it| (it.loudness_db.round() as i8).cast_unsigned()),
        "presence": per_step(&|it| unit(it.presence)),
        "voicing": per_step(&|it| unit(it.voicing)),
        "pitch": per_step(&|it| (it.pitch_semitones * 4.0).round() as u8),
        "truth": truth,
        "score": show.score,
    })
}

/// 0 to 1 as a byte; casts saturate.
fn unit(weight: f32) -> u8 {
    (weight * 255.0).round() as u8
}

fn pose(frame: &Frame) -> Vec<u8> {
    let rotation = frame.head.rotation.map(|radians| radians * RADIAN);
    let translation = frame.head.translation.map(|metres| metres * METRE);
    let both = rotation.into_iter().chain(translation);
    both.flat_map(|value| (value.round() as i16).to_le_bytes())
        .collect()
}

/// All modules as one: who imports what no longer matters, for everything is there.
fn script() -> String {
    let modules = SCRIPTS.map(|script| {
        let lines = script.lines().filter(|line| !line.starts_with("import "));
        lines
            .map(|line| line.strip_prefix("export ").unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n")
    });
    modules.concat()
}

/// JSON that no HTML parser takes for an end of the script around it.
fn inert(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// Puts the parts where the page names them; what a part contains is not looked at again.
fn fill(parts: &[(&str, &str)]) -> String {
    let mut pieces = PAGE.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        let part = parts.iter().find(|(part, _)| *part == name);
        page += part.map_or("", |(_, text)| text);
        page += rest;
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_the_page_is_filled_and_nothing_is_left_to_import() {
        let names = ["title", "style", "script", "data", "face", "audio"];
        assert_eq!(
            PAGE.matches("{{").count(),
            names.len() + 1,
            "the title stands twice"
        );
        for name in names {
            assert!(PAGE.contains(&format!("{{{{{name}}}}}")), "{name}");
        }
        let page = fill(&names.map(|name| (name, "{{data}}")));
        assert_eq!(page.matches("{{data}}").count(), names.len() + 1);
        for line in script().lines() {
            assert!(
                !line.starts_with("import") && !line.starts_with("export"),
                "{line}"
            );
        }
    }

    #[test]
    fn no_two_modules_declare_the_same_name() {
        let mut seen = std::collections::BTreeSet::new();
        for line in script().lines() {
            let words = ["function ", "const ", "let "];
            let rest = words.iter().find_map(|word| line.strip_prefix(word));
            let name = rest.map(|rest| rest.split([' ', '(', ';']).next());
            if let Some(Some(name)) = name {
                assert!(seen.insert(name.to_owned()), "{name}");
            }
        }
        assert!(seen.contains("createRig") && seen.contains("readPage"));
    }

    #[test]
    fn no_text_ends_the_script_around_it() {
        let hostile = "</script><script>alert(1)</script>";
        let text = inert(&json!({ "title": hostile }));
        assert!(!text.contains('<'));
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["title"], hostile);
        assert_eq!(escape("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
