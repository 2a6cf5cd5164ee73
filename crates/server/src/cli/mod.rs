//! The commands that are clients: everything but `dev` and `serve`.

mod admin;
mod animate;
mod apps;
mod avatars;
mod credits;
mod explain;
mod failure;
mod keys;
mod out;
mod progress;
mod signaling;
mod speak;
mod speech;
mod tokens;

use std::process::ExitCode;

use failure::Failure;

/// The client commands, to be flattened among the others.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Speak(speak::Args),
    Animate(animate::Args),
    Apps(apps::Args),
    Keys(keys::Args),
    Avatars(avatars::Args),
    Credits(credits::Args),
    Tokens(tokens::Args),
    Signaling(signaling::Args),
    Explain(explain::Args),
}

impl Command {
    /// Runs the command to its end and says on standard error what went wrong.
    pub(crate) fn run(self) -> ExitCode {
        let done = match self {
            Self::Speak(args) => on_runtime(speak::run(args)),
            Self::Animate(args) => animate::run(&args),
            Self::Apps(args) => on_runtime(apps::run(args)),
            Self::Keys(args) => on_runtime(keys::run(args)),
            Self::Avatars(args) => on_runtime(avatars::run(args)),
            Self::Credits(args) => on_runtime(credits::run(args)),
            Self::Tokens(args) => on_runtime(tokens::run(args)),
            Self::Signaling(args) => on_runtime(signaling::run(args)),
            Self::Explain(args) => explain::run(&args),
        };
        done.map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
    }
}

fn on_runtime(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::text(format!("cannot start: {error}")))?
        .block_on(command)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_is_well_formed_and_teaches_with_examples() {
        let cli = <super::Command as clap::Subcommand>::augment_subcommands(clap::Command::new(
            "visavis",
        ));
        cli.clone().debug_assert();
        for command in cli.get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                help.contains("Examples:\n  visavis "),
                "{}",
                command.get_name()
            );
        }
    }
}
