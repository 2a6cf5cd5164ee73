//! Feeds every target noise for a while, on any toolchain: `cargo run -- --seconds 10`.
//!
//! `--target NAME` picks one, `--seed N` repeats a run, and a file as argument is fed once. Input that breaks a target
//! is kept under `artifacts/`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use visavis_fuzz::{TARGETS, Target};

const INPUT_BYTES_MAX: u64 = 1200;

fn main() {
    let mut seconds = 10;
    let mut seed = 1;
    let mut only = None;
    let mut file = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok());
        match argument.as_str() {
            "--seconds" => seconds = number().unwrap_or_else(|| usage()),
            "--seed" => seed = number().unwrap_or_else(|| usage()),
            "--target" => only = Some(arguments.next().unwrap_or_else(|| usage())),
            path if !path.starts_with('-') => file = Some(PathBuf::from(path)),
            _ => usage(),
        }
    }
    let targets: Vec<Target> = TARGETS
        .into_iter()
        .filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name))
        .collect();
    if targets.is_empty() {
        usage();
    }
    let share = Duration::from_millis(seconds * 1000 / targets.len() as u64);
    for target in targets {
        match &file {
            Some(path) => feed(target, &fs::read(path).expect("a readable file")),
            None => smoke(target, share, seed),
        }
    }
}

fn usage() -> ! {
    let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    eprintln!(
        "usage: smoke [--seconds N] [--seed N] [--target {}] [FILE]",
        names.join("|")
    );
    process::exit(2);
}

fn smoke(target: Target, time: Duration, seed: u64) {
    let (name, until) = (target.0, Instant::now() + time);
    let seeds = seeds(name);
    seeds.iter().for_each(|bytes| feed(target, bytes));
    let mut noise = Noise(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut runs = seeds.len();
    while Instant::now() < until {
        feed(target, &noise.input(&seeds));
        runs += 1;
    }
    println!("{name}: {runs} inputs");
}

/// What is kept in the repository, and what a fuzzer has found here.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["seeds", "corpus"]
        .iter()
        .filter_map(|folder| fs::read_dir(root.join(folder).join(name)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    files
        .iter()
        .filter_map(|path| fs::read(path).ok())
        .collect()
}

fn feed((name, run): Target, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| run(bytes))).is_ok() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("artifacts")
        .join(name);
    let path = folder.join("smoke");
    let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, bytes));
    match kept {
        Ok(()) => eprintln!(
            "{name} broke; run it again with --target {name} {}",
            path.display()
        ),
        Err(error) => eprintln!("{name} broke, and its input cannot be kept: {error}"),
    }
    process::exit(1);
}

/// Xorshift (Marsaglia, 2003).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Mere noise, or a seed with some of its bytes changed, removed or doubled.
    fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let seed = match seeds.len() as u64 {
            0 => None,
            _ if self.next().is_multiple_of(2) => None,
            count => seeds.get((self.next() % count) as usize),
        };
        let Some(seed) = seed else {
            let length = self.next() % INPUT_BYTES_MAX;
            return (0..length).map(|_| (self.next() >> 32) as u8).collect();
        };
        let mut bytes = seed.clone();
        for _ in 0..=self.next() % 8 {
            let at = (self.next() % (bytes.len() as u64 + 1)) as usize;
            let byte = (self.next() >> 32) as u8;
            match self.next() % 4 {
                0 => bytes.insert(at, byte),
                1 => bytes.truncate(at),
                2 => bytes.extend_from_within(at..),
                _ => {
                    if let Some(old) = bytes.get_mut(at) {
                        *old = byte;
                    }
                }
            }
            bytes.truncate(4 * INPUT_BYTES_MAX as usize);
        }
        bytes
    }
}
