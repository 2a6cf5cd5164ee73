use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use visavis_client::avatar::Client;
use visavis_wire::Secret;
use visavis_wire::signaling::{check_account, token};

use super::Failure;
use super::admin::Admin;
use super::out::{print, print_json};
use super::signaling::certificate;

/// Tokens: what a client opens an avatar session with, or logs in to signaling with
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis tokens create
  visavis tokens create --api-key vv_… --ttl 10m
  TOKEN=$(visavis tokens create --ttl 1h)
  visavis tokens signaling --account alice
  visavis tokens signaling --app-id shop --account alice --certificate … --ttl 10m")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Get a session token and print it
    Create {
        /// The server's root
        #[arg(
            long,
            value_name = "URL",
            env = "VISAVIS_SERVER",
            default_value = "http://127.0.0.1:7400"
        )]
        server: String,
        /// The API key of the app
        #[arg(
            long,
            value_name = "KEY",
            env = "VISAVIS_API_KEY",
            default_value = "dev-key",
            hide_env_values = true
        )]
        api_key: String,
        /// How long it is to live, such as 90s, 10m or 1h; at most just under 24h
        #[arg(long, default_value = "1h", value_parser = ttl)]
        ttl: Duration,
        /// Print token and expiry as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a signaling token and print it
    Signaling(SignalingArgs),
}

#[derive(Debug, clap::Args)]
struct SignalingArgs {
    #[command(flatten)]
    admin: Admin,
    /// The app
    #[arg(
        long,
        value_name = "APP",
        env = "VISAVIS_APP_ID",
        default_value = "dev-app"
    )]
    app_id: String,
    /// Who logs in with it
    #[arg(long, value_name = "ACCOUNT")]
    account: String,
    /// The app's certificate; the server is asked for it when this is left out
    #[arg(
        long,
        value_name = "CERTIFICATE",
        env = "VISAVIS_APP_CERTIFICATE",
        hide_env_values = true
    )]
    certificate: Option<String>,
    /// How long it is to live, such as 90s, 10m or 24h
    #[arg(long, default_value = "24h", value_parser = ttl)]
    ttl: Duration,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    match args.verb {
        Verb::Create {
            server,
            api_key,
            ttl,
            json,
        } => create(&server, api_key, ttl, json).await,
        Verb::Signaling(args) => signaling(args).await,
    }
}

async fn create(server: &str, api_key: String, ttl: Duration, json: bool) -> Result<(), Failure> {
    // The token call names the key alone; app and avatar come into play when a session opens.
    let client = Client::builder()
        .server(server)
        .api_key(api_key)
        .app_id("-")
        .avatar_id("-")
        .token_ttl(ttl)
        .build()?;
    let token = client.session_token().await?;
    if json {
        return print_json(&json!({
            "sessionToken": token.token.expose(),
            "expireAt": token.expires_at.as_secs(),
        }));
    }
    print(&format!("{}\n", token.token.expose()))
}

async fn signaling(args: SignalingArgs) -> Result<(), Failure> {
    let SignalingArgs {
        admin,
        app_id,
        account,
        certificate: given,
        ttl,
    } = args;
    if let Err(cause) = check_account(&account) {
        return Err(Failure::text(format!(
            "no login is possible with this account: {}",
            cause.wording()
        )));
    }
    let certificate = match given {
        Some(certificate) => certificate,
        None => certificate(&admin, &app_id).await?,
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let expires_s = now.saturating_add(ttl).as_secs();
    let token = token::sign(&app_id, &Secret::from(certificate), &account, expires_s);
    let answer = json!({ "token": token.expose(), "expireAt": expires_s });
    admin.done(&answer, token.expose())
}

/// Reads a duration such as 90s, 10m or 1h.
pub(super) fn ttl(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit_s = match &text[number.len()..] {
        "s" | "" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return Err("use s, m or h, as in 90s, 10m or 1h".into()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "begin with a whole number, as in 10m")?;
    number
        .checked_mul(unit_s)
        .map(Duration::from_secs)
        .ok_or_else(|| "that is too long".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_are_read_in_seconds_minutes_and_hours() {
        assert_eq!(ttl("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(ttl("600"), Ok(Duration::from_secs(600)));
        assert_eq!(ttl("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(ttl("1h"), Ok(Duration::from_secs(3600)));
        for text in ["", "h", "1d", "-1h", "1.5h", "99999999999999999999h"] {
            assert!(ttl(text).is_err(), "{text}");
        }
    }
}
