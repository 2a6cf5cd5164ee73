use serde_json::{Value, json};

use super::super::Failure;
use super::super::admin::Admin;
use super::super::out::cell;
use super::Api;

/// Show the settings of an app, or change some of them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis signaling settings dev-app
  visavis signaling settings dev-app --no-token off --token-expiry kick
  visavis signaling settings dev-app --block mallory --unblock eve")]
pub(super) struct Args {
    /// The app
    #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
    app: String,
    /// Whether accounts may log in without a token
    #[arg(long, value_name = "on|off", value_parser = switch)]
    no_token: Option<bool>,
    /// What the end of a token does to a login that is alive
    #[arg(long, value_parser = ["keep", "kick"])]
    token_expiry: Option<String>,
    /// Whether logins are possible at all
    #[arg(long, value_name = "on|off", value_parser = switch)]
    logins: Option<bool>,
    /// Refuse this account from now on; can be given several times
    #[arg(long, value_name = "ACCOUNT")]
    block: Vec<String>,
    /// Do not refuse this account any more; can be given several times
    #[arg(long, value_name = "ACCOUNT")]
    unblock: Vec<String>,
}

pub(super) async fn run(admin: &Admin, args: Args) -> Result<(), Failure> {
    let api = Api::of(admin, &args.app)?;
    let before = api.get(&["settings"]).await?;
    let wanted = args.apply(before.clone());
    let settings = match wanted == before {
        true => before,
        false => api.put(&["settings"], &wanted).await?,
    };
    if admin.is_json() {
        return admin.done(&settings, "");
    }
    let blocked = settings["blockedAccounts"].as_array().into_iter().flatten();
    let blocked: Vec<_> = blocked.filter_map(Value::as_str).collect();
    let shown = json!({
        "noTokenAllowed": settings["noTokenAllowed"],
        "tokenExpiry": settings["tokenExpiry"],
        "logins": if settings["disabled"] == true { "refused" } else { "possible" },
        "blocked": blocked.join(" "),
        "webhook": cell(&settings["webhook"], "url"),
    });
    let members = [
        ("logins", "logins"),
        ("without a token", "noTokenAllowed"),
        ("token expiry", "tokenExpiry"),
        ("blocked", "blocked"),
        ("webhook", "webhook"),
    ];
    admin.show(&shown, &members)
}

impl Args {
    /// The settings as they are to be.
    fn apply(&self, mut settings: Value) -> Value {
        if let Some(allowed) = self.no_token {
            settings["noTokenAllowed"] = allowed.into();
        }
        if let Some(expiry) = &self.token_expiry {
            settings["tokenExpiry"] = expiry.as_str().into();
        }
        if let Some(possible) = self.logins {
            settings["disabled"] = (!possible).into();
        }
        if let Some(blocked) = settings["blockedAccounts"].as_array_mut() {
            blocked.retain(|account| !self.unblock.iter().any(|other| account == other));
            for account in &self.block {
                if !blocked.iter().any(|other| other == account) {
                    blocked.push(account.as_str().into());
                }
            }
        }
        settings
    }
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("use on or off".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_changes() {
        let settings = json!({
            "noTokenAllowed": false,
            "tokenExpiry": "keep",
            "disabled": false,
            "blockedAccounts": ["eve", "mallory"],
            "webhook": null,
        });
        let args = |block: &[&str], unblock: &[&str]| Args {
            app: "shop".into(),
            no_token: None,
            token_expiry: None,
            logins: None,
            block: block.iter().map(ToString::to_string).collect(),
            unblock: unblock.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(args(&[], &[]).apply(settings.clone()), settings);
        assert_eq!(
            args(&["mallory", "oscar"], &["eve"]).apply(settings.clone())["blockedAccounts"],
            json!(["mallory", "oscar"])
        );
        let changed = Args {
            logins: Some(false),
            no_token: Some(true),
            ..args(&[], &[])
        };
        let changed = changed.apply(settings);
        assert_eq!(
            (&changed["disabled"], &changed["noTokenAllowed"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(switch("on"), Ok(true));
        assert!(switch("yes").is_err());
    }
}
