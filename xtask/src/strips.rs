//! `cargo xtask strips`: contact sheets and reports of fixed sentences, to judge the face by eye.

use std::fs;

use crate::{interop, sh};

/// What is said, and by whom. Between them: every mouth shape, every closure, and a pause.
const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "boats",
        "vera",
        "My brother Bob may prefer five very big purple boats.",
    ),
    (
        "whisper",
        "otto",
        "She saw you whisper, softly; then both of us chose to stay.",
    ),
    (
        "moon",
        "vera",
        "Who knew the blue moon would grow so huge over our old wharf?",
    ),
    (
        "pause",
        "otto",
        "Thank you. Have we met before? Please, leave a message.",
    ),
];

/// Where the files go, under the repository's root.
const FOLDER: &str = "target/strips";

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if let Some(extra) = arguments.first() {
        return Err(format!("unexpected argument '{extra}'; cargo xtask --help"));
    }
    if !sh::has("espeak-ng") {
        return Err("there is no espeak-ng; on Debian: apt-get install espeak-ng".into());
    }
    sh::release(&["visavis"])?;
    let folder = crate::root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    for (name, character, sentence) in SENTENCES {
        let file = |ending: &str| folder.join(format!("{name}.{ending}"));
        let [sound, sheet, page] = ["wav", "png", "html"].map(file);
        sh::run(sh::command("espeak-ng", &["-w"]).arg(&sound).arg(sentence))?;
        let mut animate = sh::command(interop::binary(), &["animate", "--character", character]);
        animate.arg(&sound).arg("--strip").arg(&sheet);
        sh::run(animate.arg("--report").arg(&page))?;
    }
    println!("\nSheets and pages are in {FOLDER}.");
    Ok(())
}
