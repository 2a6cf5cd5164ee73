//! Measures the engine and the server, and prints the tables of docs/benchmarks.md.
//!
//! The server is the real binary, a process of its own pinned to one core; this program makes the load from another
//! core, over loopback. Latencies are seen from here, so the load's own delays count against the server.

mod animate;
mod echo;
mod figures;
mod first_frame;
mod idle;
mod install;
mod options;
mod sdk;
mod server;
mod session;
mod sessions;
mod signaling;
mod speech;

/// The server's own files, so that what is measured is what runs.
#[path = "../../crates/server/src"]
mod framing {
    pub(crate) mod websocket;
}

use std::process::ExitCode;

use options::Options;

/// What any part of a measurement may say when it fails.
type Failure = Box<dyn std::error::Error>;

const HELP: &str = "\
Measures the engine and the server

Usage: visavis-bench NAME --server PATH [OPTIONS]

Names:
  animate      The engine beside other recognisers of speech: accuracy on known phones, and speed
  first-frame  From the audio that fills the lookahead to the first frame, one session at a time
  idle         Memory per authenticated session that does nothing
  sdk          CPU of visavis-client and of the Python SDK 'spatialreal' for the same audio
  sessions     Concurrent real-time sessions per core with p99 chunk-to-frame under 20 ms
  signaling    Fan-out, memory per connection and logins, beside other servers

Options:
  --server PATH     The visavis binary (all but animate)
  --sessions N,N    Numbers of sessions to try (sessions; default 100,200,300,400,500,600,800)
  --seconds S       How long each number runs (sessions; default 15), each turn (sdk; default 20)
                    or each measurement (signaling; default 3)
  --count N         Sessions (idle; default 1000. sdk; default 8), requests (first-frame; default 300)
                    or idle connections (signaling; default 10000)
  --peers A,B       Servers to compare with (signaling; default bun,ws,socket.io,nats,centrifugo,ejabberd)
  --parts A,B       Measurements (signaling; default fan-out,memory,logins. animate; default accuracy,speed)
  --receivers N,N   Receivers in the channel (signaling; default 1,100,1000)
  --rounds N        How often everything is measured (signaling; default 5)
  --window N        Messages in flight when saturated (signaling; default 64)
  --systems A,B     Recognisers (animate; default visavis-20,visavis-40,visavis-80,headaudio,pocketsphinx)
  --conditions A,B  What is done to the sound
                    (animate; default clean,babble-20,babble-10,music-10,opus-16,8-khz,slow,fast)
  --voices A,B      Who speaks: rms, slt, awb, kal16 (flite), slt-hts, kal, ked (festival).
                    The default, rms,slt-hts, is held out: nothing may ever be trained, chosen or
                    tuned by their figures. Choose with the others (animate)
  --sentences FILE  What is spoken, a sentence a line (animate; default bench/sentences/held-out.txt)
  --json FILE       Where to write every figure (animate), of every round (signaling)
  --server-core N   Core for the server (default 0)
  --load-core N     Core for the load (default 1)";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = words.split_first() else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    if words.iter().any(|word| word == "-h" || word == "--help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    // Not a measurement: what interop/autobahn/run.py tests.
    if name == "echo" {
        return exit(echo::run(rest));
    }
    let outcome = Options::parse(rest)
        .map_err(Into::into)
        .and_then(|options| measure(name, &options));
    exit(outcome)
}

fn exit(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("visavis-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(name: &str, options: &Options) -> Result<(), Failure> {
    if name == "animate" {
        // It measures no time but where it pins itself.
        return animate::run(options);
    }
    server::pin(std::process::id(), options.load_core)?;
    if name == "signaling" {
        return signaling::run(options);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match name {
        "first-frame" => runtime.block_on(first_frame::run(options)),
        "idle" => runtime.block_on(idle::run(options)),
        "sdk" => runtime.block_on(sdk::run(options)),
        // A process of sdk's own.
        "sdk-load" => runtime.block_on(sdk::load::run()),
        "sessions" => runtime.block_on(sessions::run(options)),
        other => Err(format!("no measurement '{other}'; --help lists them").into()),
    }
}
