use serde_json::json;

use super::Failure;
use super::admin::Admin;

/// Credits: one is a connected second
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis credits balance
  visavis credits grant app_5f0c1d2e3a4b5c6d 3600 --note \"first hour\"
  visavis credits transactions app_5f0c1d2e3a4b5c6d")]
pub(crate) struct Args {
    #[command(flatten)]
    admin: Admin,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show what an app has left
    Balance {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
    },
    /// Give an app credits
    Grant {
        /// The app
        app: String,
        /// How many; more than zero
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        amount: i64,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// List an app's ledger, newest first
    Transactions {
        /// The app
        #[arg(env = "VISAVIS_APP_ID", default_value = "dev-app")]
        app: String,
    },
}

const MEMBERS: [(&str, &str); 4] = [
    ("app", "userId"),
    ("balance", "balance"),
    ("granted in all", "lifetimeEarned"),
    ("used in all", "lifetimeConsumed"),
];

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let admin = args.admin;
    let console = admin.console()?;
    match args.verb {
        Verb::Balance { app } => {
            let path = ["v2", "billing", "credits"];
            let balance = console.get(&path, &[("appId", &app)]).await?;
            admin.show(&balance, &MEMBERS)
        }
        Verb::Grant { app, amount, note } => {
            let body = json!({ "appId": app, "amount": amount.to_string(), "note": note });
            let path = ["v2", "billing", "credits", "grants"];
            admin.show(&console.post(&path, &body).await?, &MEMBERS)
        }
        Verb::Transactions { app } => {
            let path = ["v2", "billing", "credits", "transactions"];
            let rows = console
                .list(&path, &[("appId", &app)], "transactions")
                .await?;
            let columns = [
                ("TIME", "createdAt"),
                ("TYPE", "type"),
                ("AMOUNT", "amount"),
                ("BALANCE", "balanceAfter"),
                ("SESSION", "sessionId"),
                ("WHY", "reason"),
            ];
            admin.list(rows, &columns, "The ledger is empty.")
        }
    }
}
