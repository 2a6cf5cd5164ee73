//! `visavis serve`: production.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::Config;
use crate::run::{block_on, new_secret, open_store, stop_signal, token_secret};
use crate::server::{Parts, Server};
use crate::telemetry;

/// Run a server from a configuration file
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The smallest file has one line:\n\n  admin_token = \"…\"    # openssl rand -hex 24\n\n\
    Every key is also an environment variable: VISAVIS_SESSIONS__IDLE_TIMEOUT_S=120.\n\
    All keys: docs/guide/serve.md"
)]
pub(crate) struct Args {
    /// The TOML file
    #[arg(long, value_name = "FILE", env = "VISAVIS_CONFIG")]
    config: PathBuf,
    /// Check the file and the environment, then stop
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let config = match Config::load(&args.config) {
        Ok(config) if args.check => {
            println!(
                "{}: good; would listen on {}",
                args.config.display(),
                config.listen
            );
            return ExitCode::SUCCESS;
        }
        Ok(config) => config,
        Err(problem) => {
            eprintln!("visavis: {problem}");
            return ExitCode::FAILURE;
        }
    };
    block_on(config.engine.workers, serve(config))
}

async fn serve(config: Config) -> Result<(), String> {
    telemetry::init(&config.log)?;
    let store = open_store(&config.data_dir).await?;
    let token_secret = match config.token_secret {
        Some(secret) => secret,
        None => token_secret(&config.data_dir)?,
    };
    let parts = Parts {
        listen: config.listen,
        public_url: config.public_url,
        store,
        // The configuration was checked: it has one.
        admin_token: config.admin_token.unwrap_or_else(new_secret),
        token_secret,
        sessions: config.sessions,
        credits: config.credits,
        fault_keys: config.faults.api_keys,
        signaling: config.signaling.options(),
    };
    let server = Server::bind(parts).await.map_err(|error| {
        format!(
            "cannot listen on {}: {error}; change `listen`, or end what listens there",
            config.listen
        )
    })?;
    let listen = server.local_addr().map_err(|error| error.to_string())?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %listen, "ready");
    server.run(stop_signal()).await;
    tracing::info!("stopped");
    Ok(())
}
