//! What no compiler checks: how long files are, and what they must not mention.

use std::{fs, path::Path};

use crate::sh;

/// Lines; a longer file has a second noun in it that deserves its own.
const FILE_LINES_MAX: usize = 400;

/// Longer files, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[(
    "crates/wire/src/proto/driveningress_v2.rs",
    "generated from proto/driveningress.proto",
)];

/// Folders of the machine that a file was written on. Split, so that this file may be read by its own rule.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

/// One line for everything untidy in the files that git tracks.
pub(crate) fn problems(root: &Path) -> Result<Vec<String>, String> {
    let listed = sh::command("git", &["ls-files", "-z"])
        .current_dir(root)
        .output();
    let listed = listed.map_err(|error| format!("cannot run git: {error}"))?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut problems = Vec::new();
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        // A file that is not text has neither lines nor words.
        if let Ok(text) = fs::read_to_string(root.join(name)) {
            problems.extend(length(name, &text));
            problems.extend(mentions(name, &text));
        }
    }
    Ok(problems)
}

fn length(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let counted = name.starts_with("crates/") && name.contains("/src/") && name.ends_with(".rs");
    let excused = LONG_FILES.iter().any(|(long, _)| *long == name);
    match (counted && lines > FILE_LINES_MAX, excused) {
        (true, false) => Some(format!("{name}: {lines} lines, at most {FILE_LINES_MAX}")),
        (false, true) => Some(format!(
            "{name}: {lines} lines; take it off the list of long files"
        )),
        _ => None,
    }
}

fn mentions(name: &str, text: &str) -> Option<String> {
    let (number, line) = text
        .lines()
        .enumerate()
        .find(|(_, line)| MACHINE_PATHS.iter().any(|path| line.contains(path)))?;
    Some(format!(
        "{name}:{}: names a folder of one machine: {}",
        number + 1,
        line.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let problems = problems(&crate::root()).expect("git lists the tree");
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    #[test]
    fn a_long_file_is_a_problem_only_in_a_crate() {
        let text = "x\n".repeat(FILE_LINES_MAX + 1);
        assert!(length("crates/wire/src/lib.rs", &text).is_some());
        assert!(length("docs/guide.md", &text).is_none());
        assert!(length("crates/wire/src/lib.rs", "x\n").is_none());
    }

    #[test]
    fn a_machine_path_is_a_problem_anywhere() {
        let text = format!("see {}somewhere", MACHINE_PATHS[0]);
        assert!(mentions("README.md", &text).is_some());
        assert!(mentions("README.md", "see target/release").is_none());
    }
}
