//! Where the pieces of all sessions meet: those that wait are worked off together.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::feed::{Piece, Worked};

/// Pieces that one worker takes at once. More gain nothing, and those taken last would wait for those taken first.
const PIECES_MAX: usize = 8;

/// Work for the engine, in the order it came.
///
/// Each piece brings a blocking task of the runtime along, of which as many run at a time as there are engine workers. A
/// task takes what waits, up to [`PIECES_MAX`] pieces, so a task whose piece another took ends at once.
#[derive(Clone, Default)]
pub(crate) struct Workbench {
    waiting: Arc<Mutex<VecDeque<Waiting>>>,
}

/// A piece, and who waits for it.
type Waiting = (Piece, oneshot::Sender<Worked>);

impl Workbench {
    /// Has a piece worked off; the answer is an error if its worker died.
    pub(crate) fn work(&self, piece: Piece) -> oneshot::Receiver<Worked> {
        let (sender, receiver) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back((piece, sender));
        let workbench = self.clone();
        tokio::task::spawn_blocking(move || workbench.run());
        receiver
    }

    fn run(&self) {
        let (pieces, senders): (Vec<_>, Vec<_>) = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let count = waiting.len().min(PIECES_MAX);
            waiting.drain(..count).unzip()
        };
        for (worked, sender) in Piece::run(pieces).into_iter().zip(senders) {
            // A session that has ended meanwhile waits for nothing.
            let _ = sender.send(worked);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use visavis_animate::Options;
    use visavis_avatar::{Input, RequestKey};
    use visavis_wire::{AudioFormat, SampleRate};

    use super::super::Feed;
    use super::*;

    #[test]
    fn sessions_in_company_get_what_they_get_alone() {
        // One worker, so that pieces wait for each other.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_time()
            .max_blocking_threads(1)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let workbench = Workbench::default();
            let rate = SampleRate::try_from(16_000).expect("a known rate");
            let mut feeds: Vec<Feed> = vec![];
            for n in 0..20u8 {
                let mut feed = Feed::default();
                feed.start(
                    RequestKey(1),
                    AudioFormat::PcmS16Le,
                    rate,
                    Options::default(),
                );
                feed.audio(RequestKey(1), Bytes::from(vec![n; 9601]));
                feed.finish(RequestKey(1));
                feeds.push(feed);
            }
            // Two pieces each: the audio and its end.
            let mut frames = vec![0; feeds.len()];
            for _ in 0..2 {
                let out: Vec<_> = feeds
                    .iter_mut()
                    .map(|feed| workbench.work(feed.next().expect("a piece")))
                    .collect();
                for ((feed, answer), frames) in feeds.iter_mut().zip(out).zip(&mut frames) {
                    let worked = tokio::time::timeout(Duration::from_secs(60), answer).await;
                    let worked = worked.expect("in time").expect("a worker");
                    let Some(Input::Animated { animation, .. }) = feed.back(worked) else {
                        panic!("no answer")
                    };
                    *frames += animation.map_or(0, |animation| animation.frames);
                }
            }
            // 300 ms at 25 frames per second, rounded up.
            assert_eq!(frames, [8; 20]);
        });
    }
}
