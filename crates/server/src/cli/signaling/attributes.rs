use serde_json::json;

use super::super::Failure;
use super::super::admin::Admin;
use super::{Api, To};

/// Read and write the attributes of an account or a channel
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  visavis signaling attributes dev-app --channel room
  visavis signaling attributes dev-app --channel room --set topic tea
  visavis signaling attributes dev-app --account alice --set mood happy")]
pub(super) struct Args {
    /// The app
    app: String,
    #[command(flatten)]
    of: To,
    /// Set one
    #[arg(long, num_args = 2, value_names = ["NAME", "VALUE"])]
    set: Option<Vec<String>>,
    /// Delete one of a channel
    #[arg(long, value_name = "NAME", conflicts_with_all = ["set", "account"])]
    delete: Option<String>,
    /// Delete all of a channel
    #[arg(long, conflicts_with_all = ["set", "delete", "account"])]
    clear: bool,
}

pub(super) async fn run(admin: &Admin, args: Args) -> Result<(), Failure> {
    let api = Api::of(admin, &args.app)?;
    let all = args.of.path("attributes");
    let one = |name| [all.as_slice(), &[name]].concat();
    if let Some([name, value]) = args.set.as_deref() {
        let answer = api.put(&one(name), &json!({ "value": value })).await?;
        return admin.done(&answer, "Set.");
    }
    if let Some(name) = &args.delete {
        let answer = api.delete(&one(name)).await?;
        return admin.done(&answer, "Deleted.");
    }
    if args.clear {
        let answer = api.delete(&all).await?;
        return admin.done(&answer, "Deleted.");
    }
    let answer = api.get(&all).await?;
    if admin.is_json() {
        return admin.done(&answer, "");
    }
    let attributes = answer["attributes"].as_object().into_iter().flatten();
    let rows = attributes.map(|(name, value)| json!({ "name": name, "value": value }));
    let columns = [("NAME", "name"), ("VALUE", "value")];
    admin.list(rows.collect(), &columns, "There are no attributes.")
}
