use std::{path::PathBuf, str::FromStr, time::Duration};

/// What the command line asks for.
pub(crate) struct Options {
    pub(crate) server: PathBuf,
    pub(crate) sessions: Vec<usize>,
    pub(crate) length: Option<Duration>,
    pub(crate) count: Option<usize>,
    pub(crate) server_core: usize,
    pub(crate) load_core: usize,
    pub(crate) peers: Vec<String>,
    pub(crate) parts: Vec<String>,
    pub(crate) systems: Vec<String>,
    pub(crate) conditions: Vec<String>,
    pub(crate) voices: Vec<String>,
    pub(crate) sentences: PathBuf,
    pub(crate) receivers: Vec<usize>,
    pub(crate) rounds: usize,
    pub(crate) window: usize,
    pub(crate) json: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            server: PathBuf::from("target/release/visavis"),
            sessions: vec![100, 200, 300, 400, 500, 600, 800],
            length: None,
            count: None,
            server_core: 0,
            load_core: 1,
            peers: Vec::new(),
            parts: Vec::new(),
            systems: Vec::new(),
            conditions: Vec::new(),
            voices: Vec::new(),
            sentences: PathBuf::from("bench/sentences/held-out.txt"),
            receivers: vec![1, 100, 1000],
            rounds: 5,
            window: 64,
            json: None,
        };
        for pair in words.chunks(2) {
            let [name, value] = pair else {
                return Err(format!("{} needs a value", pair[0]));
            };
            match name.as_str() {
                "--server" => options.server = PathBuf::from(value),
                "--sessions" => options.sessions = numbers(name, value)?,
                "--seconds" => {
                    options.length = Some(Duration::from_secs(number(name, value)?));
                }
                "--count" => options.count = Some(number(name, value)?),
                "--server-core" => options.server_core = number(name, value)?,
                "--load-core" => options.load_core = number(name, value)?,
                "--peers" => options.peers = words_of(value),
                "--parts" => options.parts = words_of(value),
                "--systems" => options.systems = words_of(value),
                "--conditions" => options.conditions = words_of(value),
                "--voices" => options.voices = words_of(value),
                "--sentences" => options.sentences = PathBuf::from(value),
                "--receivers" => options.receivers = numbers(name, value)?,
                "--rounds" => options.rounds = number(name, value)?,
                "--window" => options.window = number(name, value)?,
                "--json" => options.json = Some(PathBuf::from(value)),
                _ => return Err(format!("no option '{name}'; --help lists them")),
            }
        }
        Ok(options)
    }
}

/// Those of `all` that are wanted; all of them where nothing is said.
pub(crate) fn chosen<'a>(wanted: &[String], all: &[&'a str]) -> Result<Vec<&'a str>, String> {
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(&name.as_str())) {
        return Err(format!("no '{unknown}'; there are {}", all.join(", ")));
    }
    let is_wanted = |name: &&str| wanted.is_empty() || wanted.iter().any(|want| want == name);
    Ok(all.iter().copied().filter(is_wanted).collect())
}

fn words_of(value: &str) -> Vec<String> {
    value.split(',').map(str::to_owned).collect()
}

fn numbers<T: FromStr>(name: &str, value: &str) -> Result<Vec<T>, String> {
    value.split(',').map(|n| number(name, n)).collect()
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{name} {value}: not a number"))
}
