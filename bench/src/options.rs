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
