use std::{path::PathBuf, str::FromStr, time::Duration};

/// What the command line asks for.
pub(crate) struct Options {
    pub(crate) server: PathBuf,
    pub(crate) sessions: Vec<usize>,
    pub(crate) length: Option<Duration>,
    pub(crate) count: Option<usize>,
    pub(crate) server_core: usize,
    pub(crate) load_core: usize,
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
        };
        for pair in words.chunks(2) {
            let [name, value] = pair else {
                return Err(format!("{} needs a value", pair[0]));
            };
            match name.as_str() {
                "--server" => options.server = PathBuf::from(value),
                "--sessions" => {
                    options.sessions = value
                        .split(',')
                        .map(|n| number(name, n))
                        .collect::<Result<_, _>>()?
                }
                "--seconds" => {
                    options.length = Some(Duration::from_secs(number(name, value)?));
                }
                "--count" => options.count = Some(number(name, value)?),
                "--server-core" => options.server_core = number(name, value)?,
                "--load-core" => options.load_core = number(name, value)?,
                _ => return Err(format!("no option '{name}'; --help lists them")),
            }
        }
        Ok(options)
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{name} {value}: not a number"))
}
