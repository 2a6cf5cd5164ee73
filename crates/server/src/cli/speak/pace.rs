use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use visavis_client::Error;
use visavis_client::avatar::Session;

use super::input::{Audio, Speech};

/// What a live agent sends at once.
const CHUNK: Duration = Duration::from_millis(100);

/// Sends all of it and ends the utterance.
pub(super) async fn send(session: &Session, speech: &Speech, realtime: bool) -> Result<(), Error> {
    let mut due = Instant::now();
    match &speech.audio {
        Audio::Pcm {
            sample_rate,
            samples,
        } => {
            for chunk in samples.chunks((*sample_rate as usize / 10).max(1)) {
                session.send_audio(chunk).await?;
                wait(&mut due, realtime).await;
            }
        }
        Audio::Opus(bytes) => {
            let chunks = (speech.duration.as_millis() / CHUNK.as_millis()).max(1) as usize;
            for chunk in bytes.chunks(bytes.len().div_ceil(chunks).max(1)) {
                session.send_bytes(chunk.to_vec()).await?;
                wait(&mut due, realtime).await;
            }
        }
    }
    session.end().await.map(drop)
}

async fn wait(due: &mut Instant, realtime: bool) {
    *due += CHUNK;
    if realtime {
        sleep_until(*due).await;
    }
}
