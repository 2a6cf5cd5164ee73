//! Our own server, with limits that one sender and one channel cannot reach, and its tokens.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use visavis_wire::{Secret, signaling::token};

use crate::Failure;

/// What `visavis dev` furnishes.
const APP: &str = "dev-app";
const CERTIFICATE: &str = "dev-certificate";

/// The year 2100.
const EXPIRES_S: u64 = 4_102_444_800;

const SETTINGS: &str = r#"
data_dir = "data"
admin_token = "benchmark-admin-token"
log.filter = "warn"
sessions.connections_max = 30000

[signaling]
user_messages_per_s = 10000000
channel_messages_per_s = 10000000
user_calls_per_s = 10000000
connection_frames_per_s = 10000000
"#;

/// Makes the database with the app that the load logs in to, and the settings.
pub(crate) fn furnish(program: &Path, folder: &Path) -> Result<(), Failure> {
    fs::write(folder.join("visavis.toml"), SETTINGS)?;
    let ready = folder.join("ready.json");
    let mut server = Command::new(program)
        .args(["dev", "--listen", "127.0.0.1:0", "--data-dir", "data"])
        .args(["--ready-file", "ready.json"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let deadline = Instant::now() + Duration::from_secs(15);
    while !ready.exists() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
    let is_ready = ready.exists();
    let _ = Command::new("kill").arg(server.id().to_string()).status()?;
    server.wait()?;
    if is_ready {
        Ok(())
    } else {
        Err("'visavis dev' was not ready within 15 s".into())
    }
}

pub(crate) fn arguments<'a>(
    command: &'a mut Command,
    folder: &Path,
    port: &str,
) -> &'a mut Command {
    command
        .args(["serve", "--config"])
        .arg(folder.join("visavis.toml"))
        .env("VISAVIS_LISTEN", format!("127.0.0.1:{port}"))
}

/// The app and a token for this account.
pub(crate) fn sign(account: &str) -> (&'static str, String) {
    let token = token::sign(APP, &Secret::from(CERTIFICATE), account, EXPIRES_S);
    (APP, token.expose().to_owned())
}
