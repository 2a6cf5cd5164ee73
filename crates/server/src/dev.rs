//! `visavis dev`: everything embedded, with credentials that are the same everywhere.

use std::fs;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use serde::Serialize;
use visavis_store::{NewApp, SignalingSettings, Store, StoreError};
use visavis_wire::Secret;

use crate::config::{Credits, Log, LogFormat, Sessions, Signaling};
use crate::run::{block_on, new_secret, open_store, stop_signal, token_secret};
use crate::server::{Parts, Server};
use crate::telemetry;

pub(crate) const APP: &str = "dev-app";
pub(crate) const KEY: &str = "dev-key";
const CERTIFICATE: &str = "dev-certificate";
pub(crate) const ADMIN_TOKEN: &str = "dev-admin";
const AVATAR: &str = "vera";
/// What the dev app has to spend: eleven days of connected time.
const CREDITS: i64 = 1_000_000;

/// Run everything on this machine, with dev credentials: the first thing to try
#[derive(Debug, clap::Args)]
#[command(after_help = "Then, in another terminal:\n\n  visavis speak hello.wav\n")]
pub(crate) struct Args {
    /// Where to listen; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7400", value_parser = address)]
    listen: SocketAddr,
    /// Keep apps, keys, avatars and credits here; without it nothing is kept
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Write the settings to this file as JSON once the server is ready
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
    /// What to log: a level, or directives such as `warn,visavis=debug`
    #[arg(
        long,
        value_name = "FILTER",
        default_value = "info",
        env = "VISAVIS_LOG"
    )]
    log: String,
    /// Log as JSON, one object a line
    #[arg(long)]
    log_json: bool,
}

/// What a program needs to reach the server.
#[derive(Serialize)]
struct Ready {
    http: String,
    console: String,
    ingress: String,
    signaling: String,
    app_id: &'static str,
    api_key: &'static str,
    app_certificate: &'static str,
    admin_token: &'static str,
    avatar_id: &'static str,
}

pub(crate) fn run(args: Args) -> ExitCode {
    let started = Instant::now();
    block_on(0, dev(args, started))
}

async fn dev(args: Args, started: Instant) -> Result<(), String> {
    if !args.listen.ip().is_loopback() {
        return Err(format!(
            "dev has well-known credentials and listens on loopback only, not on {}; use `visavis serve` there",
            args.listen
        ));
    }
    if let Some(path) = &args.ready_file {
        // One that a killed run left behind would be taken for this run's.
        let _ = fs::remove_file(path);
    }
    let format = if args.log_json {
        LogFormat::Json
    } else {
        LogFormat::Text
    };
    telemetry::init(&Log {
        filter: args.log,
        format,
    })?;
    let (store, token_secret) = match &args.data_dir {
        Some(dir) => (open_store(dir).await?, token_secret(dir)?),
        None => (
            Store::in_memory()
                .await
                .map_err(|error| error.to_string())?,
            new_secret(),
        ),
    };
    furnish(&store)
        .await
        .map_err(|error| format!("the dev app cannot be made: {error}"))?;
    let parts = Parts {
        listen: args.listen,
        public_url: None,
        store,
        admin_token: Secret::from(ADMIN_TOKEN),
        token_secret,
        sessions: Sessions::default(),
        credits: Credits {
            enforced: true,
            ..Credits::default()
        },
        fault_keys: true,
        signaling: Signaling::default().options(),
    };
    let server = Server::bind(parts).await.map_err(|error| {
        format!(
            "cannot listen on {}: {error}; is another one running? Try --listen 127.0.0.1:0",
            args.listen
        )
    })?;
    let address = server.local_addr().map_err(|error| error.to_string())?;
    let ready = Ready::at(address);
    if let Some(path) = &args.ready_file {
        write_ready(path, &ready)
            .map_err(|error| format!("{}: cannot be written: {error}", path.display()))?;
    }
    println!("{}", ready.banner(started, args.data_dir.as_deref()));
    server.run(stop_signal()).await;
    if let Some(path) = &args.ready_file {
        let _ = fs::remove_file(path);
    }
    Ok(())
}

async fn furnish(store: &Store) -> Result<(), StoreError> {
    store
        .ensure_app(
            APP,
            &NewApp {
                test: true,
                ..NewApp::named("Development")
            },
        )
        .await?;
    match store.add_key_with_value(APP, KEY, "dev").await {
        Ok(_) | Err(StoreError::Conflict(_)) => {}
        Err(error) => return Err(error),
    }
    let settings = store.signaling_settings(APP).await?;
    store
        .set_signaling_settings(
            APP,
            &SignalingSettings {
                certificate: CERTIFICATE.into(),
                no_token_allowed: true,
                ..settings
            },
        )
        .await?;
    if store.balance(APP).await?.lifetime_earned == 0 {
        store.grant(APP, CREDITS, "to try things out").await?;
    }
    Ok(())
}

/// Reads `127.0.0.1:7400` and `localhost:7400` alike.
fn address(text: &str) -> Result<SocketAddr, String> {
    let mut addresses = text
        .to_socket_addrs()
        .map_err(|_| "must be such as 127.0.0.1:7400".to_owned())?;
    addresses
        .next()
        .ok_or_else(|| "this name has no address".into())
}

/// Whoever waits for the file never sees half of it.
fn write_ready(path: &Path, ready: &Ready) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    fs::write(&name, serde_json::to_vec_pretty(ready)?)?;
    fs::rename(&name, path)
}

impl Ready {
    fn at(address: SocketAddr) -> Self {
        Self {
            http: format!("http://{address}"),
            console: format!("http://{address}/v1/console"),
            ingress: format!("ws://{address}/v2/driveningress"),
            signaling: format!("ws://{address}/signaling"),
            app_id: APP,
            api_key: KEY,
            app_certificate: CERTIFICATE,
            admin_token: ADMIN_TOKEN,
            avatar_id: AVATAR,
        }
    }

    fn banner(&self, started: Instant, data_dir: Option<&Path>) -> String {
        let Self {
            http,
            console,
            ingress,
            signaling,
            ..
        } = self;
        let kept = match data_dir {
            Some(dir) => format!("data in {}", dir.display()),
            None => "nothing is kept".into(),
        };
        let millis = started.elapsed().as_millis();
        format!(
            "visavis {version}  {http}  ready in {millis} ms, {kept}; Ctrl-C stops it

Python (avatarkit, spatius, spatialreal), unmodified:

  session = avatarkit.new_avatar_session(
      console_endpoint_url=\"{console}\",
      ingress_endpoint_url=\"{ingress}\",
      app_id=\"{APP}\", api_key=\"{KEY}\", avatar_id=\"{AVATAR}\",   # or \"otto\"
      expire_at=datetime.now(timezone.utc) + timedelta(hours=1),
      transport_frames=lambda frame, last: ...,
  )
  # with spatius, first: spatius.configure_telemetry(\"\")

Signaling (agora-signaling-sdk 1.4.0), unmodified:

  const sig = Signal(\"{APP}\");
  sig.setup_debugging(\"ap_url\", \"{signaling}\");
  const session = sig.login(\"alice\", \"_no_need_token\", 10, 300000);

Rust SDK and command line:

  export VISAVIS_SERVER={http} VISAVIS_ADMIN_TOKEN={ADMIN_TOKEN}
  export VISAVIS_API_KEY={KEY} VISAVIS_APP_ID={APP} VISAVIS_AVATAR_ID={AVATAR}
  visavis speak hello.wav
  visavis apps list

Any failure on purpose: avatar id \"fault:creditsExhausted@runtime+2s\", API key \"fault:appIDUnrecognized\",
signaling account, channel or peer \"fault:LOGIN_E_TOKENEXPIRED\"
",
            version = env!("CARGO_PKG_VERSION"),
        )
    }
}
