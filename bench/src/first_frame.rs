//! From the audio that fills the lookahead to the first frame.

use std::time::{Duration, Instant};

use bytes::Bytes;
use visavis_animate::{Animator, Options as Engine};

use crate::{
    Failure,
    figures::{Durations, head, ms, row},
    options::Options,
    server::{self, Server},
    session::Access,
    speech,
};

/// Samples of the last piece: what arrives when everything else has been worked off.
const LAST: usize = 160;

pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    let count = options.count.unwrap_or(300);
    let server = Server::start(options)?;
    let access = Access::new(&server, 1).await?;
    let engine =
        Animator::new(speech::RATE, &Engine::default()).map_err(|error| error.to_string())?;
    let needed = usize::try_from(engine.first_frame_samples())?;
    let audio = Bytes::from(speech::bytes(&speech::synthesize(1)[4000..]));
    let (before, last) = (
        audio.slice(..2 * (needed - LAST)),
        audio.slice(2 * (needed - LAST)..2 * needed),
    );
    let (mut sender, mut receiver) = access.open().await?;
    let mut durations = Vec::new();
    for number in 0..count {
        let req_id = format!("first-{number}");
        sender.audio(&req_id, before.clone(), false).await?;
        tokio::time::sleep(Duration::from_millis(15)).await;
        let began = Instant::now();
        sender.audio(&req_id, last.clone(), false).await?;
        receiver.animation().await?;
        durations.push(began.elapsed());
        sender.audio(&req_id, Bytes::new(), true).await?;
        while !receiver.animation().await?.1 {}
    }
    let durations = Durations::from(durations);
    println!(
        "First frame once the lookahead of {:.1} ms is filled, on {}:\n",
        needed as f64 / 16.0,
        server::processor()
    );
    head(&["requests", "p50", "p99"]);
    row(&[
        durations.len().to_string(),
        ms(durations.percentile(0.5)),
        ms(durations.percentile(0.99)),
    ]);
    Ok(())
}
