//! What `visavis serve` is told: a TOML file, then environment variables over it.
//!
//! Every key is also a variable: `VISAVIS_` and the key in capitals, `__` between a table and its key
//! (`VISAVIS_SESSIONS__IDLE_TIMEOUT_S=120`).

mod signaling;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::Deserialize;
use visavis_wire::Secret;

pub(crate) use signaling::Signaling;

/// The keys and tables at the top. Other variables with the prefix belong to the command line and the SDKs.
const TOP: [&str; 11] = [
    "listen",
    "public_url",
    "data_dir",
    "admin_token",
    "token_secret",
    "log__",
    "sessions__",
    "credits__",
    "engine__",
    "faults__",
    "signaling__",
];

/// The configuration of one server.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// How clients reach this server, such as `https://avatars.example`; taken from `listen` when absent.
    pub(crate) public_url: Option<String>,
    /// Where the database lies.
    pub(crate) data_dir: PathBuf,
    /// Opens the console API.
    #[serde(deserialize_with = "secret")]
    pub(crate) admin_token: Option<Secret>,
    /// Signs session tokens; made at the first start and kept in `data_dir` when absent.
    #[serde(deserialize_with = "secret")]
    pub(crate) token_secret: Option<Secret>,
    pub(crate) log: Log,
    pub(crate) sessions: Sessions,
    pub(crate) credits: Credits,
    pub(crate) engine: Engine,
    pub(crate) faults: Faults,
    pub(crate) signaling: Signaling,
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// A level, or directives such as `info,visavis=debug`.
    pub(crate) filter: String,
    pub(crate) format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Json,
    Text,
}

/// Limits of avatar sessions.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sessions {
    /// Seconds until the first frame must be there.
    pub(crate) handshake_timeout_s: u64,
    /// Seconds a session may go without audio.
    pub(crate) idle_timeout_s: u64,
    /// Seconds a session may last.
    pub(crate) duration_max_s: u64,
    /// Seconds a request may be held.
    pub(crate) pause_max_s: u64,
    /// Sessions an app may have open, unless the app has its own limit.
    pub(crate) concurrency_max: u32,
    /// TCP connections in all.
    pub(crate) connections_max: usize,
}

/// Credits; one is one connected second.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Credits {
    /// Refuse sessions of apps without credits; the ledger is kept either way.
    pub(crate) enforced: bool,
    /// Credits a session sets aside at a time.
    pub(crate) block: u32,
}

/// The animation engine.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Engine {
    /// Threads that work off audio; 0 is one per core.
    pub(crate) workers: usize,
}

/// Failures on purpose; sessions of test apps can always have them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// Answer API keys such as `fault:creditsExhausted` with that failure.
    pub(crate) api_keys: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7400)),
            public_url: None,
            data_dir: PathBuf::from("visavis-data"),
            admin_token: None,
            token_secret: None,
            log: Log::default(),
            sessions: Sessions::default(),
            credits: Credits::default(),
            engine: Engine::default(),
            faults: Faults::default(),
            signaling: Signaling::default(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".into(),
            format: LogFormat::Json,
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            handshake_timeout_s: 10,
            idle_timeout_s: 60,
            duration_max_s: 3600,
            pause_max_s: 60,
            concurrency_max: 100,
            connections_max: 20_000,
        }
    }
}

impl Default for Credits {
    fn default() -> Self {
        Self {
            enforced: false,
            block: 60,
        }
    }
}

impl Config {
    /// Reads the file and the environment.
    pub(crate) fn load(file: &Path) -> Result<Self, String> {
        if !file.is_file() {
            return Err(format!(
                "{}: no such file. Write one with at least `admin_token = \"…\"`; docs/guide/serve.md lists the keys",
                file.display()
            ));
        }
        let is_key = |name: &str| {
            TOP.iter()
                .any(|top| name == *top || (top.ends_with("__") && name.starts_with(top)))
        };
        let environment = Env::prefixed("VISAVIS_")
            .filter(move |name| is_key(&name.as_str().to_ascii_lowercase()));
        let environment = environment.split("__");
        let figment = Figment::new()
            .merge(Toml::file_exact(file))
            .merge(environment);
        let config: Self = figment.extract().map_err(|error| explain(file, &error))?;
        config
            .check()
            .map_err(|problem| format!("{}: {problem}", file.display()))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log.filter) {
            return Err(format!(
                "key log.filter: `{}` is no filter: {error}",
                self.log.filter
            ));
        }
        let sessions = &self.sessions;
        let timings = [
            ("sessions.handshake_timeout_s", sessions.handshake_timeout_s),
            ("sessions.idle_timeout_s", sessions.idle_timeout_s),
            ("sessions.duration_max_s", sessions.duration_max_s),
            ("sessions.pause_max_s", sessions.pause_max_s),
            ("credits.block", self.credits.block.into()),
            ("sessions.connections_max", sessions.connections_max as u64),
        ];
        if let Some((key, _)) = timings.iter().find(|(_, value)| *value == 0) {
            return Err(format!("key {key}: 0 is not possible; use at least 1"));
        }
        if let Some((key, value)) = timings[..4].iter().find(|(_, value)| *value > 31_536_000) {
            return Err(format!(
                "key {key}: {value} is more than a year; the unit is seconds"
            ));
        }
        if let Some(url) = &self.public_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(format!(
                "key public_url: `{url}` must begin with https:// or http://"
            ));
        }
        self.signaling.check()?;
        match &self.admin_token {
            Some(token) if token.expose().len() < 16 => {
                Err("key admin_token: shorter than 16 characters; `openssl rand -hex 24` makes a good one".into())
            }
            None => Err("key admin_token: missing; `openssl rand -hex 24` makes a good one \
                         (or set VISAVIS_ADMIN_TOKEN)"
                .into()),
            Some(_) => Ok(()),
        }
    }
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    // A secret of digits alone arrives from the environment as a number.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Text {
        Text(String),
        Number(u64),
    }
    Ok(match Option::<Text>::deserialize(deserializer)? {
        Some(Text::Text(text)) => Some(Secret::from(text)),
        Some(Text::Number(number)) => Some(Secret::from(number.to_string())),
        None => None,
    })
}

/// Says where the wrong value stands, which key it is and what is wrong with it.
fn explain(file: &Path, error: &figment::Error) -> String {
    let place = match &error.metadata {
        Some(metadata) if metadata.name.contains("environment") => "environment variables".into(),
        _ => file.display().to_string(),
    };
    let mut key = error.path.join(".");
    if key == "admin_token" || key == "token_secret" {
        return format!("{place}: key {key}: must be a text");
    }
    if let figment::error::Kind::UnknownField(field, known) = &error.kind {
        if !key.ends_with(field.as_str()) {
            key = if key.is_empty() {
                field.clone()
            } else {
                format!("{key}.{field}")
            };
        }
        return format!(
            "{place}: key {key}: not known here; the keys are {}",
            known.join(", ")
        );
    }
    match key.is_empty() {
        true => format!("{place}: {}", error.kind),
        false => format!("{place}: key {key}: {}", error.kind),
    }
}
