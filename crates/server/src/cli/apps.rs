use serde_json::json;

use super::Failure;
use super::admin::Admin;
use super::out::printable;

/// Apps: the tenants of a server
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis apps create shop
  visavis apps create ci --test
  visavis apps list --json")]
pub(crate) struct Args {
    #[command(flatten)]
    admin: Admin,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create an app and print its id
    Create {
        /// For people to recognise it by
        name: String,
        /// Let it cause faults on purpose
        #[arg(long)]
        test: bool,
        /// Sessions at the same time, instead of the server's own limit
        #[arg(long, value_name = "N")]
        concurrency_max: Option<u32>,
    },
    /// List all apps
    List,
    /// Show one app
    Get {
        /// Its id
        app: String,
    },
    /// Delete an app with its keys and avatars
    Delete {
        /// Its id
        app: String,
    },
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let admin = args.admin;
    let console = admin.console()?;
    match args.verb {
        Verb::Create {
            name,
            test,
            concurrency_max,
        } => {
            let mut body = json!({ "name": name, "test": test });
            if let Some(max) = concurrency_max {
                body["concurrencyMax"] = max.into();
            }
            let app = console.post(&["v1", "apps"], &body).await?;
            admin.show(&app, &[("app", "appId")])
        }
        Verb::List => {
            let apps = console.list(&["v1", "apps"], &[], "apps").await?;
            let columns = [
                ("APP", "appId"),
                ("NAME", "name"),
                ("TEST", "test"),
                ("SESSIONS", "concurrencyMax"),
                ("KEYS", "apiKeys"),
                ("CREATED", "createdAt"),
            ];
            admin.list(
                apps,
                &columns,
                "There are no apps: create one with `visavis apps create NAME`.",
            )
        }
        Verb::Get { app } => {
            let app = console.get(&["v1", "apps", &app], &[]).await?;
            let members = [
                ("app", "appId"),
                ("name", "name"),
                ("test app", "test"),
                ("sessions", "concurrencyMax"),
                ("keys", "apiKeys"),
                ("created", "createdAt"),
            ];
            admin.show(&app, &members)
        }
        Verb::Delete { app } => {
            let answer = console.delete(&["v1", "apps", &app]).await?;
            admin.done(&answer, &format!("Deleted {}.", printable(&app)))
        }
    }
}
