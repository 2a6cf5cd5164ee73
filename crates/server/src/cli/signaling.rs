mod attributes;
mod settings;
mod webhook;

use std::time::Duration;

use serde_json::{Value, json};
use visavis_client::console::Console;

use super::Failure;
use super::admin::Admin;
use super::out::{cell, print, printable};
use super::tokens::ttl;

/// Signaling: who is logged in and where, messages from `system`, settings and webhooks
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis signaling users dev-app
  visavis signaling members dev-app room --count
  visavis signaling kick dev-app alice --channel room
  visavis signaling send dev-app --to alice \"back in five minutes\"
  visavis signaling settings dev-app --token-expiry kick
  visavis signaling webhook set dev-app https://shop.example/events")]
pub(crate) struct Args {
    #[command(flatten)]
    admin: Admin,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the accounts that are logged in
    Users {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
        /// Only count them
        #[arg(long)]
        count: bool,
    },
    /// List the channels that have members
    Channels {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
    },
    /// List the members of a channel
    Members {
        /// The app
        app: String,
        /// The channel
        channel: String,
        /// Only count them
        #[arg(long)]
        count: bool,
    },
    /// End the login of an account, or remove it from a channel
    Kick {
        /// The app
        app: String,
        /// Whom
        account: String,
        /// From this channel only (601); its login goes on
        #[arg(long, value_name = "CHANNEL")]
        channel: Option<String>,
        /// For the server's log
        #[arg(long, value_name = "TEXT", conflicts_with = "channel")]
        reason: Option<String>,
    },
    /// End a channel: its members are removed with 600
    End {
        /// The app
        app: String,
        /// The channel
        channel: String,
    },
    /// Send a message as `system`
    Send {
        /// The app
        app: String,
        #[command(flatten)]
        to: To,
        /// The text
        message: String,
        /// How long it waits for an account that is offline, such as 10m or 24h
        #[arg(long, value_parser = ttl, conflicts_with = "channel")]
        ttl: Option<Duration>,
    },
    Attributes(attributes::Args),
    Settings(settings::Args),
    /// Print the certificate that an app's tokens are made with
    Certificate {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
        /// Make a new one; tokens made with the old one are refused from then on
        #[arg(long)]
        rotate: bool,
    },
    Webhook(webhook::Args),
}

/// An account or a channel.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct To {
    /// An account
    #[arg(long = "to", visible_alias = "account", value_name = "ACCOUNT")]
    account: Option<String>,
    /// A channel
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
}

/// The signaling API of one app.
struct Api {
    console: Console,
    app: String,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let admin = args.admin;
    let api = |app| -> Result<Api, Failure> {
        let console = admin.console()?;
        Ok(Api { console, app })
    };
    match args.verb {
        Verb::Users { app, count: false } => {
            let none = format!("Nobody is logged in to {}.", printable(&app));
            let users = api(app)?.names(&["accounts"], "accounts").await?;
            names(&admin, users, "ACCOUNT", &none)
        }
        Verb::Users { app, count: true } => {
            let answer = api(app)?.get(&["accounts", "count"]).await?;
            admin.done(&answer, &cell(&answer, "count"))
        }
        Verb::Channels { app } => {
            let none = format!("No channel of {} has members.", printable(&app));
            let channels = api(app)?.names(&["channels"], "channels").await?;
            names(&admin, channels, "CHANNEL", &none)
        }
        Verb::Members {
            app,
            channel,
            count: false,
        } => {
            let none = format!("Nobody is in {}.", printable(&channel));
            let path = ["channels", &channel, "users"];
            let users = api(app)?.names(&path, "users").await?;
            names(&admin, users, "ACCOUNT", &none)
        }
        Verb::Members {
            app,
            channel,
            count: true,
        } => {
            let answer = api(app)?.get(&["channels", &channel, "count"]).await?;
            admin.done(&answer, &cell(&answer, "count"))
        }
        Verb::Kick {
            app,
            account,
            channel: Some(channel),
            ..
        } => {
            let path = ["channels", &channel, "kick"];
            let answer = api(app)?
                .post(&path, &json!({ "account": account }))
                .await?;
            admin.done(&answer, "Removed.")
        }
        Verb::Kick {
            app,
            account,
            channel: None,
            reason,
        } => {
            let path = ["accounts", &account, "kick"];
            let answer = api(app)?.post(&path, &json!({ "reason": reason })).await?;
            admin.done(&answer, "Ended.")
        }
        Verb::End { app, channel } => {
            let answer = api(app)?.delete(&["channels", &channel]).await?;
            admin.done(&answer, "Ended.")
        }
        Verb::Send {
            app,
            to,
            message,
            ttl,
        } => {
            let mut body = json!({ "msg": message });
            if let Some(ttl) = ttl {
                body["ttl_s"] = ttl.as_secs().into();
            }
            let answer = api(app)?.post(&to.path("messages"), &body).await?;
            admin.done(&answer, "Sent.")
        }
        Verb::Attributes(args) => attributes::run(&admin, args).await,
        Verb::Settings(args) => settings::run(&admin, args).await,
        Verb::Certificate { app, rotate } => {
            let api = api(app)?;
            let answer = match rotate {
                true => api.post(&["certificate", "rotate"], &json!({})).await?,
                false => api.get(&["certificate"]).await?,
            };
            secret(&admin, &answer, "certificate")
        }
        Verb::Webhook(args) => webhook::run(&admin, args).await,
    }
}

/// The certificate of an app, for making tokens.
pub(super) async fn certificate(admin: &Admin, app: &str) -> Result<String, Failure> {
    let api = Api::of(admin, app)?;
    let answer = api.get(&["certificate"]).await?;
    match answer["certificate"].as_str() {
        Some(certificate) => Ok(certificate.to_owned()),
        None => Err(Failure::text("the server did not send a certificate")),
    }
}

impl Api {
    fn of(admin: &Admin, app: &str) -> Result<Self, Failure> {
        Ok(Self {
            console: admin.console()?,
            app: app.to_owned(),
        })
    }

    fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["v1", "signaling", "apps", &self.app], rest].concat()
    }

    async fn get(&self, path: &[&str]) -> Result<Value, Failure> {
        Ok(self.console.get(&self.path(path), &[]).await?)
    }

    async fn post(&self, path: &[&str], body: &Value) -> Result<Value, Failure> {
        Ok(self.console.post(&self.path(path), body).await?)
    }

    async fn put(&self, path: &[&str], body: &Value) -> Result<Value, Failure> {
        Ok(self.console.put(&self.path(path), body).await?)
    }

    async fn delete(&self, path: &[&str]) -> Result<Value, Failure> {
        Ok(self.console.delete(&self.path(path)).await?)
    }

    async fn names(&self, path: &[&str], member: &str) -> Result<Vec<String>, Failure> {
        Ok(self.console.names(&self.path(path), member).await?)
    }
}

impl To {
    fn path<'a>(&'a self, rest: &'a str) -> [&'a str; 3] {
        match (&self.account, &self.channel) {
            (Some(account), _) => ["accounts", account, rest],
            // The parser wants one of them.
            (None, channel) => ["channels", channel.as_deref().unwrap_or_default(), rest],
        }
    }
}

fn names(admin: &Admin, names: Vec<String>, heading: &str, none: &str) -> Result<(), Failure> {
    let rows = names.into_iter().map(|name| json!({ "name": name }));
    match admin.is_json() {
        true => admin.list(rows.map(|row| row["name"].clone()).collect(), &[], none),
        false => admin.list(rows.collect(), &[(heading, "name")], none),
    }
}

/// Prints a secret alone, so that a script can take it.
fn secret(admin: &Admin, answer: &Value, member: &str) -> Result<(), Failure> {
    match admin.is_json() {
        true => admin.done(answer, ""),
        false => print(&format!("{}\n", cell(answer, member))),
    }
}
