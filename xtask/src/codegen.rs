//! `cargo xtask codegen`: writes the files that are generated from others.

mod error_pages;
mod protobuf;

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::root;

/// Contents by path below the repository root.
type Files = BTreeMap<PathBuf, String>;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => write(),
        [check] if check == "--check" => match stale()?.as_slice() {
            [] => Ok(()),
            files => Err(format!(
                "stale, run cargo xtask codegen: {}",
                files.join(", ")
            )),
        },
        _ => Err("usage: cargo xtask codegen [--check]".to_owned()),
    }
}

fn write() -> Result<(), String> {
    for (path, text) in generate()? {
        let target = root().join(&path);
        if fs::read_to_string(&target).is_ok_and(|old| old == text) {
            continue;
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(&target, text).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// The generated files that differ from what would be generated now.
fn stale() -> Result<Vec<String>, String> {
    let differs = |(path, text): &(PathBuf, String)| {
        fs::read_to_string(root().join(path)).map_or(true, |old| old != *text)
    };
    let files = generate()?.into_iter().filter(differs);
    Ok(files.map(|(path, _)| path.display().to_string()).collect())
}

fn generate() -> Result<Files, String> {
    let mut files = error_pages::generate();
    files.extend(protobuf::generate()?);
    Ok(files)
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_current() {
        let stale = super::stale().unwrap();
        assert!(stale.is_empty(), "run cargo xtask codegen: {stale:?}");
    }
}
