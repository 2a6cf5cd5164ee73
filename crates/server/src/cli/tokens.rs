use std::time::Duration;

use serde_json::json;
use visavis_client::avatar::Client;

use super::Failure;
use super::out::{print, print_json};

/// Session tokens: what a client opens a session with
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis tokens create
  visavis tokens create --api-key vv_… --ttl 10m
  TOKEN=$(visavis tokens create --ttl 1h)")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Get a token and print it
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
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let Verb::Create {
        server,
        api_key,
        ttl,
        json,
    } = args.verb;
    // The token call names the key alone; app and avatar come into play when a session opens.
    let client = Client::builder()
        .server(&server)
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

fn ttl(text: &str) -> Result<Duration, String> {
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
