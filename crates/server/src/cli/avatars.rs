use serde_json::json;

use super::Failure;
use super::admin::Admin;
use super::out::printable;

/// Avatars: who can speak
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis avatars list
  visavis avatars create \"Front desk\" --character otto --app app_5f0c1d2e3a4b5c6d
  visavis avatars get vera --json")]
pub(crate) struct Args {
    #[command(flatten)]
    admin: Admin,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create an avatar and print its id
    Create {
        /// For people to recognise it by
        name: String,
        /// How it moves: `vera` (lively) or `otto` (calm)
        #[arg(long, default_value = "vera")]
        character: String,
        /// The app that owns it; without, every app may use it
        #[arg(long, value_name = "APP")]
        app: Option<String>,
        /// What it is like
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
        /// A picture of it
        #[arg(long, value_name = "URL", default_value = "")]
        cover_url: String,
        /// A note for yourself
        #[arg(long, value_name = "TEXT", default_value = "")]
        remark: String,
    },
    /// List avatars
    List {
        /// Only those that this app owns
        #[arg(long, value_name = "APP")]
        app: Option<String>,
    },
    /// Show one avatar
    Get {
        /// Its id
        avatar: String,
    },
    /// Delete an avatar; those that come with the server stay
    Delete {
        /// Its id
        avatar: String,
    },
}

const MEMBERS: [(&str, &str); 8] = [
    ("avatar", "id"),
    ("name", "name"),
    ("character", "character"),
    ("app", "appId"),
    ("built in", "builtIn"),
    ("description", "description"),
    ("remark", "remark"),
    ("created", "createdAt"),
];

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    const PATH: [&str; 3] = ["v2", "console", "avatars"];
    let admin = args.admin;
    let console = admin.console()?;
    match args.verb {
        Verb::Create {
            name,
            character,
            app,
            description,
            cover_url,
            remark,
        } => {
            let mut body = json!({
                "name": name,
                "character": character,
                "description": description,
                "coverUrl": cover_url,
                "remark": remark,
            });
            if let Some(app) = app {
                body["appId"] = app.into();
            }
            let avatar = console.post(&PATH, &body).await?;
            admin.show(&avatar, &MEMBERS)
        }
        Verb::List { app } => {
            let query = app.as_deref().map(|app| ("appId", app));
            let avatars = console.list(&PATH, query.as_slice(), "avatars").await?;
            let columns = [
                ("AVATAR", "id"),
                ("NAME", "name"),
                ("CHARACTER", "character"),
                ("APP", "appId"),
                ("BUILT IN", "builtIn"),
            ];
            admin.list(avatars, &columns, "There are no such avatars.")
        }
        Verb::Get { avatar } => {
            let avatar = console
                .get(&["v2", "console", "avatars", &avatar], &[])
                .await?;
            admin.show(&avatar, &MEMBERS)
        }
        Verb::Delete { avatar } => {
            let answer = console
                .delete(&["v2", "console", "avatars", &avatar])
                .await?;
            admin.done(&answer, &format!("Deleted {}.", printable(&avatar)))
        }
    }
}
