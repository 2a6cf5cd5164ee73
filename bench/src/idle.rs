//! Memory of sessions that are open and do nothing.

use std::time::Duration;

use bytes::Bytes;

use crate::{
    Failure,
    figures::{head, kib, mib, row},
    options::Options,
    server::{self, Server},
    session::Access,
    speech,
};

pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    let count = options.count.unwrap_or(1000);
    let server = Server::start(options)?;
    let access = Access::new(&server, count).await?;
    // One session first, so that what the server sets up once is not counted against the others.
    let (mut sender, mut receiver) = access.open().await?;
    let audio = Bytes::from(speech::bytes(&speech::synthesize(1)));
    sender.audio("warm-up", audio.clone(), true).await?;
    while !receiver.animation().await?.1 {}
    settle().await;
    let before = server.resident_bytes()?;

    let mut sessions = Vec::with_capacity(count);
    for _ in 0..count {
        sessions.push(access.open().await?);
    }
    settle().await;
    let idle = server.resident_bytes()?;

    for (sender, receiver) in &mut sessions {
        for at in (0..audio.len()).step_by(2 * speech::CHUNK) {
            let chunk = audio.slice(at..at + 2 * speech::CHUNK);
            sender
                .audio("utterance", chunk, at + 2 * speech::CHUNK == audio.len())
                .await?;
        }
        while !receiver.animation().await?.1 {}
    }
    settle().await;
    let spoken = server.resident_bytes()?;

    println!(
        "Memory of {count} authenticated, configured sessions, on {}:\n",
        server::processor()
    );
    head(&["state", "server's resident memory", "per session"]);
    let each = |after: u64| kib(after.saturating_sub(before) as f64 / count as f64);
    row(&["one session".to_owned(), mib(before), String::new()]);
    row(&["configured, silent".to_owned(), mib(idle), each(idle)]);
    row(&[
        "after one second of speech each".to_owned(),
        mib(spoken),
        each(spoken),
    ]);
    Ok(())
}

async fn settle() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}
