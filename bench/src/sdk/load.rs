//! Streams speech with visavis-client: this side of the comparison, in a process of its own.
//!
//! It speaks with its parent in lines, as python/sdk_load.py does: settings as JSON in; the SDK's name out once the
//! sessions are open; "go" in; "done" out after the last frame; "count" in; the number of frames out.

use std::{io, time::Duration};

use bytes::Bytes;
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};
use visavis_client::avatar::{Client, Event, Events, Session};

use super::CHUNK;
use crate::Failure;

pub(crate) async fn run() -> Result<(), Failure> {
    let settings: Value = serde_json::from_str(&line()?)?;
    let text = |name: &str| {
        settings[name]
            .as_str()
            .ok_or_else(|| format!("the settings have no '{name}'"))
    };
    let number = |name: &str| {
        settings[name]
            .as_u64()
            .ok_or_else(|| format!("the settings have no '{name}'"))
    };
    let rate = u32::try_from(number("sample_rate")?)?;
    let audio = Bytes::from(std::fs::read(text("audio")?)?);
    let client = Client::builder()
        .console_endpoint(text("console")?)
        .ingress_endpoint(text("ingress")?)
        .api_key(text("api_key")?)
        .app_id(text("app_id")?)
        .avatar_id(text("avatar_id")?)
        .build()?;
    let mut sessions = Vec::new();
    for _ in 0..number("sessions")? {
        sessions.push(client.session().pcm(rate).open().await?);
    }
    println!("visavis-client {}", env!("CARGO_PKG_VERSION"));
    wait_for("go")?;
    let chunk_bytes = 2 * rate as usize / 10;
    let length = CHUNK * u32::try_from(audio.len() / chunk_bytes)?;
    let begin = Instant::now() + CHUNK;
    let mut tasks = JoinSet::new();
    for (number, (session, events)) in sessions.into_iter().enumerate() {
        let phase = CHUNK.mul_f64((number as f64 * 0.618_034).fract());
        tasks.spawn(speak(
            session,
            events,
            audio.clone(),
            chunk_bytes,
            begin + phase,
        ));
    }
    let mut frames = 0;
    let mut spoken = Vec::new();
    timeout(length + Duration::from_secs(15), async {
        while let Some(done) = tasks.join_next().await {
            let (session, count) = done??;
            frames += count;
            spoken.push(session);
        }
        Ok::<_, Failure>(())
    })
    .await??;
    println!("done");
    wait_for("count")?;
    println!("{frames}");
    for session in spoken {
        session.close().await?;
    }
    Ok(())
}

/// One session: a chunk every 100 ms, until the last frame has come; how many there were.
async fn speak(
    session: Session,
    mut events: Events,
    audio: Bytes,
    chunk_bytes: usize,
    begin: Instant,
) -> Result<(Session, usize), visavis_client::Error> {
    let reading = tokio::spawn(async move {
        let mut frames = 0;
        while let Some(event) = events.next().await {
            match event {
                Event::Animation(animation) => {
                    frames += animation.flame.len();
                    if animation.end {
                        break;
                    }
                }
                Event::Error(error) | Event::Skipped(error) => return Err(error),
                _ => {}
            }
        }
        Ok(frames)
    });
    let mut due = begin;
    for at in (0..audio.len()).step_by(chunk_bytes) {
        sleep_until(due).await;
        session
            .send_bytes(audio.slice(at..audio.len().min(at + chunk_bytes)))
            .await?;
        due += CHUNK;
    }
    session.end().await?;
    // The task neither panics nor is it aborted; zero frames fail the run.
    let frames = reading.await.unwrap_or(Ok(0))?;
    Ok((session, frames))
}

fn wait_for(word: &str) -> Result<(), Failure> {
    let said = line()?;
    if said.trim() == word {
        Ok(())
    } else {
        Err(format!("expected the word {word}, not '{}'", said.trim()).into())
    }
}

fn line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line)
}
