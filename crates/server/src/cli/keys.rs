use serde_json::json;

use super::Failure;
use super::admin::Admin;
use super::out::printable;

/// API keys: what a backend gets session tokens with
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis keys create app_5f0c1d2e3a4b5c6d --by alice
  visavis keys list app_5f0c1d2e3a4b5c6d
  visavis keys delete app_5f0c1d2e3a4b5c6d vv_5f0c1d2e")]
pub(crate) struct Args {
    #[command(flatten)]
    admin: Admin,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create a key and print it; it is never shown again
    Create {
        /// The app it belongs to
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
        /// Who asks for it
        #[arg(long, value_name = "NAME", default_value = "cli")]
        by: String,
    },
    /// List an app's keys by their prefixes
    List {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
    },
    /// Delete a key; tokens that it got stay good until they expire
    Delete {
        /// The app it belongs to
        app: String,
        /// The key, or its prefix
        key: String,
    },
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let admin = args.admin;
    let console = admin.console()?;
    match args.verb {
        Verb::Create { app, by } => {
            let body = json!({ "createdBy": by });
            let key = console
                .post(&["v1", "apps", &app, "api-keys"], &body)
                .await?;
            admin.show(
                &key,
                &[("key, shown only now", "apiKey"), ("prefix", "prefix")],
            )
        }
        Verb::List { app } => {
            let keys = console
                .list(&["v1", "apps", &app, "api-keys"], &[], "apiKeys")
                .await?;
            let columns = [
                ("PREFIX", "prefix"),
                ("BY", "createdBy"),
                ("CREATED", "createdAt"),
            ];
            let none = format!(
                "{0} has no keys: create one with `visavis keys create {0}`.",
                printable(&app)
            );
            admin.list(keys, &columns, &none)
        }
        Verb::Delete { app, key } => {
            let answer = console
                .delete(&["v1", "apps", &app, "api-keys", &key])
                .await?;
            admin.done(&answer, "Deleted.")
        }
    }
}
