//! What `dev` and `serve` have in common: the runtime, the secret, the signals.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use visavis_store::Store;
use visavis_wire::Secret;

use crate::shared::random_id;

/// Runs a server command on a runtime with this many engine workers, 0 for one per core.
pub(crate) fn block_on(
    workers: usize,
    command: impl Future<Output = Result<(), String>>,
) -> ExitCode {
    // Each session is a file; the soft limit is often 1,024.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(if workers == 0 { cores() } else { workers })
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(format!("the runtime could not start: {error}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("visavis: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Opens the database of a data directory, which is made when it is missing, and settles what a crash left open.
pub(crate) async fn open_store(data_dir: &Path) -> Result<Store, String> {
    let place = data_dir.display();
    make_private(data_dir)
        .map_err(|error| format!("{place}: the directory cannot be made: {error}"))?;
    let store = Store::open(data_dir.join("visavis.db"))
        .await
        .map_err(|error| describe(&error, &place.to_string()))?;
    let recovered = store
        .recover()
        .await
        .map_err(|error| describe(&error, &place.to_string()))?;
    if recovered.reservations > 0 {
        let (reservations, credits) = (recovered.reservations, recovered.refunded);
        tracing::warn!(
            reservations,
            credits,
            "credits that the last run left reserved were given back"
        );
    }
    Ok(store)
}

/// The secret that signs session tokens: kept in a file that only its owner may read.
pub(crate) fn token_secret(data_dir: &Path) -> Result<Secret, String> {
    let path = data_dir.join("token-secret");
    match fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => return Ok(Secret::from(text.trim())),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(format!("{}: cannot be read: {error}", path.display())),
    }
    let secret = new_secret();
    write_private(&path, secret.expose())
        .map_err(|error| format!("{}: cannot be written: {error}", path.display()))?;
    Ok(secret)
}

pub(crate) fn new_secret() -> Secret {
    Secret::from(format!("{}{}", random_id(), random_id()))
}

/// Done at the first Ctrl-C or SIGTERM; a second one ends the process at once.
pub(crate) async fn stop_signal() {
    signal().await;
    tracing::info!("shutting down; once more to stop at once");
    tokio::spawn(async {
        signal().await;
        std::process::exit(130);
    });
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

fn describe(error: &dyn std::error::Error, place: &str) -> String {
    match error.source() {
        Some(source) => format!("{place}: {error}: {source}"),
        None => format!("{place}: {error}"),
    }
}
