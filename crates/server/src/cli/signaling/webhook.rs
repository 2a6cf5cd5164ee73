use serde_json::{Value, json};

use super::super::Failure;
use super::super::admin::Admin;
use super::super::out::cell;
use super::{Api, secret};

/// Webhooks: where an app hears of logins, channels and invitations
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis signaling webhook set dev-app https://shop.example/events
  visavis signaling webhook set dev-app https://shop.example/events --event signaling.login
  visavis signaling webhook secret dev-app
  visavis signaling webhook test dev-app")]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Say where events go
    Set {
        /// The app
        app: String,
        /// The receiver; http or https
        url: String,
        /// Only this kind of event; can be given several times
        #[arg(long = "event", value_name = "TYPE")]
        events: Vec<String>,
    },
    /// Send no more events
    Remove {
        /// The app
        app: String,
    },
    /// Show where events go and how many wait
    Get {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
    },
    /// Print the secret that events are signed with
    Secret {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
        /// Make a new one; events are signed with it from then on
        #[arg(long)]
        rotate: bool,
    },
    /// Send a test event and show what the receiver answers
    Test {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
    },
}

pub(super) async fn run(admin: &Admin, args: Args) -> Result<(), Failure> {
    match args.verb {
        Verb::Set { app, url, events } => {
            let mut webhook = json!({ "url": url });
            if !events.is_empty() {
                webhook["events"] = events.into();
            }
            let settings = put(&Api::of(admin, &app)?, webhook).await?;
            admin.done(
                &settings,
                "Set. Its secret: visavis signaling webhook secret",
            )
        }
        Verb::Remove { app } => {
            let settings = put(&Api::of(admin, &app)?, Value::Null).await?;
            admin.done(&settings, "Removed.")
        }
        Verb::Get { app } => get(admin, &Api::of(admin, &app)?).await,
        Verb::Secret { app, rotate } => {
            let api = Api::of(admin, &app)?;
            let answer = match rotate {
                true => {
                    let path = ["webhook", "secret", "rotate"];
                    api.post(&path, &json!({})).await?
                }
                false => api.get(&["webhook", "secret"]).await?,
            };
            secret(admin, &answer, "secret")
        }
        Verb::Test { app } => {
            let api = Api::of(admin, &app)?;
            let answer = api.post(&["webhook", "test"], &json!({})).await?;
            let members = [
                ("event", "id"),
                ("delivered", "delivered"),
                ("HTTP status", "status"),
                ("problem", "problem"),
                ("took ms", "tookMs"),
            ];
            admin.show(&answer, &members)?;
            match answer["delivered"] == true {
                true => Ok(()),
                false => Err(Failure::text("the receiver did not take the event")),
            }
        }
    }
}

async fn put(api: &Api, webhook: Value) -> Result<Value, Failure> {
    let mut settings = api.get(&["settings"]).await?;
    settings["webhook"] = webhook;
    api.put(&["settings"], &settings).await
}

async fn get(admin: &Admin, api: &Api) -> Result<(), Failure> {
    let settings = api.get(&["settings"]).await?;
    let backlog = api.get(&["webhook", "backlog"]).await?;
    let webhook = &settings["webhook"];
    let events = webhook["events"].as_array().into_iter().flatten();
    let events: Vec<_> = events.filter_map(Value::as_str).collect();
    if admin.is_json() {
        let all = json!({ "webhook": webhook, "backlog": backlog });
        return admin.done(&all, "");
    }
    let shown = json!({
        "url": cell(webhook, "url"),
        "events": events.join(" "),
        "waiting": backlog["waiting"],
        "dropped": backlog["dropped"],
    });
    let members = [
        ("url", "url"),
        ("events", "events"),
        ("waiting", "waiting"),
        ("dropped", "dropped"),
    ];
    admin.show(&shown, &members)
}
