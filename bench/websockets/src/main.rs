//! What an idle connection and a delivery cost with each WebSocket library, all in the same server.
//!
//!     cargo run --release --manifest-path bench/websockets/Cargo.toml
//!
//! `serve LIBRARY broadcast|echo PORT` is the server alone; `echo` is for interop/autobahn/run.py.

/// The server's own files, so that what is measured is what runs.
#[path = "../../../crates/server/src"]
mod framing {
    pub(crate) mod websocket;
}
mod libraries;
mod load;
mod room;
mod serve;

use std::process::ExitCode;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["serve", library, mode @ ("broadcast" | "echo"), port] => {
            serve::run(library, mode == "echo", port)
        }
        [] => load::run(3),
        [rounds] => match rounds.parse() {
            Ok(rounds) => load::run(rounds),
            Err(_) => Err("usage: visavis-websockets [ROUNDS]".into()),
        },
        _ => Err("usage: visavis-websockets [ROUNDS] | serve LIBRARY broadcast|echo PORT".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("visavis-websockets: {failure}");
            ExitCode::FAILURE
        }
    }
}
