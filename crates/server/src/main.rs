//! `visavis`: the avatar service, the signaling service and their tools in one program.

mod cli;
mod config;
mod console;
mod dev;
mod engine;
mod errors;
mod handshake;
mod http;
mod ingress;
mod live;
mod metrics;
mod reply;
mod run;
mod serve;
mod server;
mod shared;
mod signaling;
mod telemetry;
mod tokens;
mod webhooks;
mod websocket;

use std::process::ExitCode;

use clap::Parser;

/// The other end of a talking-avatar session, on your own machine
#[derive(Debug, Parser)]
#[command(name = "visavis", version, after_help = "Start with `visavis dev`.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Dev(dev::Args),
    Serve(serve::Args),
    #[command(flatten)]
    Client(cli::Command),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Dev(args) => dev::run(args),
        Command::Serve(args) => serve::run(&args),
        Command::Client(command) => command.run(),
    }
}
