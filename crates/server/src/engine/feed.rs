//! One session's way to the engine: its requests' audio in order, one piece at a time.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;
use visavis_animate::opus::{OggOpusDecoder, OpusError};
use visavis_animate::{Animator, Frame, Job, Options, push_all};
use visavis_avatar::{Animation, EngineFault, Input, RequestKey};
use visavis_wire::{AudioFormat, SampleRate};

use super::convert;

/// Most PCM that is worked off in one piece, in bytes: a third of a second at 48 kHz, a few milliseconds of work.
const PCM_PIECE_BYTES_MAX: usize = 32 << 10;
/// Most Opus that is worked off in one piece, in bytes: a hundred milliseconds and more at the usual bit rates.
/// Two bytes can stand for 120 ms (RFC 6716 §3.1), so a hostile piece is a minute of audio, not an hour.
const OPUS_PIECE_BYTES_MAX: usize = 512;

/// What waits for the engine, and the engine of the request that is being worked on.
#[derive(Default)]
pub(crate) struct Feed {
    queue: VecDeque<Step>,
    engine: Option<Box<Engine>>,
    /// The request of the piece that is out.
    out: Option<RequestKey>,
}

enum Step {
    Start {
        key: RequestKey,
        format: AudioFormat,
        sample_rate: SampleRate,
        options: Box<Options>,
    },
    Audio {
        key: RequestKey,
        audio: Bytes,
        arrived: Instant,
    },
    Finish {
        key: RequestKey,
    },
}

/// One piece of work: a few milliseconds at most.
pub(crate) struct Piece {
    engine: Box<Engine>,
    audio: Option<Bytes>,
    arrived: Option<Instant>,
}

/// What came of a piece.
pub(crate) struct Worked {
    engine: Box<Engine>,
    audio_bytes: usize,
    result: Result<Option<Animation>, EngineFault>,
    done: bool,
    /// When the piece's audio came in.
    pub(crate) arrived: Option<Instant>,
}

struct Engine {
    key: RequestKey,
    source: Source,
    sample_rate: SampleRate,
    animator: Animator,
    samples: Vec<i16>,
    frames: Vec<Frame>,
}

enum Source {
    /// With the first byte of a sample that is cut in two.
    Pcm(Option<u8>),
    Opus(Box<OggOpusDecoder>),
}

impl Feed {
    pub(crate) fn start(
        &mut self,
        key: RequestKey,
        format: AudioFormat,
        sample_rate: SampleRate,
        options: Options,
    ) {
        self.queue.push_back(Step::Start {
            key,
            format,
            sample_rate,
            options: Box::new(options),
        });
    }

    pub(crate) fn audio(&mut self, key: RequestKey, audio: Bytes) {
        self.queue.push_back(Step::Audio {
            key,
            audio,
            arrived: Instant::now(),
        });
    }

    pub(crate) fn finish(&mut self, key: RequestKey) {
        self.queue.push_back(Step::Finish { key });
    }

    /// Forgets a request; a piece of it that is out comes back to nobody.
    pub(crate) fn cancel(&mut self, cancelled: RequestKey) {
        self.queue.retain(|step| match step {
            Step::Start { key, .. } | Step::Audio { key, .. } | Step::Finish { key } => {
                *key != cancelled
            }
        });
        self.engine.take_if(|engine| engine.key == cancelled);
        self.out.take_if(|key| *key == cancelled);
    }

    /// The next piece to work off, unless there is none or the engine is out with one.
    pub(crate) fn next(&mut self) -> Option<Piece> {
        if self.out.is_some() {
            return None;
        }
        loop {
            match self.queue.pop_front()? {
                Step::Start {
                    key,
                    format,
                    sample_rate,
                    options,
                } => {
                    self.engine = Some(Box::new(Engine::new(key, format, sample_rate, &options)));
                }
                Step::Audio {
                    key,
                    mut audio,
                    arrived,
                } => {
                    let Some(engine) = self.engine.take_if(|engine| engine.key == key) else {
                        continue;
                    };
                    if audio.len() > engine.piece_bytes_max() {
                        let rest = audio.split_off(engine.piece_bytes_max());
                        self.queue.push_front(Step::Audio {
                            key,
                            audio: rest,
                            arrived,
                        });
                    }
                    self.out = Some(key);
                    return Some(Piece {
                        engine,
                        audio: Some(audio),
                        arrived: Some(arrived),
                    });
                }
                Step::Finish { key } => {
                    let Some(engine) = self.engine.take_if(|engine| engine.key == key) else {
                        continue;
                    };
                    self.out = Some(key);
                    return Some(Piece {
                        engine,
                        audio: None,
                        arrived: None,
                    });
                }
            }
        }
    }

    /// Takes a piece back; `None` when its request was cancelled meanwhile.
    pub(crate) fn back(&mut self, worked: Worked) -> Option<Input> {
        let key = worked.engine.key;
        self.out.take_if(|out| *out == key)?;
        match worked.result {
            Ok(animation) => {
                if !worked.done {
                    self.engine = Some(worked.engine);
                }
                Some(Input::Animated {
                    key,
                    audio_bytes: worked.audio_bytes,
                    animation,
                    done: worked.done,
                })
            }
            Err(fault) => Some(Input::EngineFailed { key, fault }),
        }
    }

    /// The piece that was out will not come back: its worker died.
    pub(crate) fn lost(&mut self) -> Option<Input> {
        let key = self.out.take()?;
        Some(Input::EngineFailed {
            key,
            fault: EngineFault::Crashed,
        })
    }
}

impl Piece {
    /// Does the work of several pieces, of as many sessions, as one.
    pub(super) fn run(mut pieces: Vec<Self>) -> Vec<Worked> {
        let decoded: Vec<_> = pieces.iter_mut().map(Self::decode).collect();
        let mut jobs: Vec<_> = pieces
            .iter_mut()
            .zip(&decoded)
            .filter(|(_, decoded)| decoded.is_ok())
            .map(|(piece, _)| piece.job())
            .collect();
        push_all(&mut jobs);
        let pieces = pieces.into_iter().zip(decoded);
        pieces
            .map(|(piece, decoded)| piece.worked(decoded))
            .collect()
    }

    /// Reads the samples of the piece.
    fn decode(&mut self) -> Result<(), OpusError> {
        let Engine {
            source, samples, ..
        } = &mut *self.engine;
        samples.clear();
        match (source, &self.audio) {
            (Source::Pcm(half), Some(audio)) => pcm(half, audio, samples),
            (Source::Pcm(_), None) => {}
            (Source::Opus(decoder), Some(audio)) => decoder.push(audio, samples)?,
            (Source::Opus(decoder), None) => decoder.finish()?,
        }
        Ok(())
    }

    fn job(&mut self) -> Job<'_> {
        let Engine {
            animator,
            samples,
            frames,
            ..
        } = &mut *self.engine;
        Job {
            animator,
            samples,
            last: self.audio.is_none(),
            frames,
        }
    }

    fn worked(self, decoded: Result<(), OpusError>) -> Worked {
        let Self {
            mut engine,
            audio,
            arrived,
        } = self;
        let result = match decoded {
            Ok(()) => Ok(convert::animation(&engine.frames, engine.sample_rate.hz())),
            Err(error) => Err(EngineFault::Audio(format!("audio: {error}"))),
        };
        engine.frames.clear();
        let audio_bytes = audio.as_ref().map_or(0, Bytes::len);
        Worked {
            engine,
            audio_bytes,
            result,
            done: audio.is_none(),
            arrived,
        }
    }
}

impl Engine {
    fn new(
        key: RequestKey,
        format: AudioFormat,
        sample_rate: SampleRate,
        options: &Options,
    ) -> Self {
        let source = match format {
            AudioFormat::PcmS16Le => Source::Pcm(None),
            AudioFormat::OggOpus => Source::Opus(Box::new(OggOpusDecoder::new())),
        };
        let animator = Animator::new(sample_rate.hz(), options)
            .expect("the engine takes every rate of the protocol");
        Self {
            key,
            source,
            sample_rate,
            animator,
            samples: vec![],
            frames: vec![],
        }
    }

    fn piece_bytes_max(&self) -> usize {
        match self.source {
            Source::Pcm(_) => PCM_PIECE_BYTES_MAX,
            Source::Opus(_) => OPUS_PIECE_BYTES_MAX,
        }
    }
}

/// Reads little endian samples, over a cut in the middle of one.
fn pcm(half: &mut Option<u8>, mut audio: &[u8], samples: &mut Vec<i16>) {
    if let (Some(low), Some((high, rest))) = (*half, audio.split_first()) {
        samples.push(i16::from_le_bytes([low, *high]));
        audio = rest;
        *half = None;
    }
    let (pairs, odd) = audio.as_chunks::<2>();
    samples.extend(pairs.iter().map(|pair| i16::from_le_bytes(*pair)));
    if let [low] = odd {
        *half = Some(*low);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pcm_reads_the_same_however_it_is_cut() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut whole = vec![];
        pcm(&mut None, &bytes, &mut whole);
        for size in 1..9 {
            let (mut half, mut samples) = (None, vec![]);
            bytes
                .chunks(size)
                .for_each(|chunk| pcm(&mut half, chunk, &mut samples));
            assert_eq!((samples, half), (whole.clone(), None), "{size}");
        }
    }

    #[test]
    fn the_engine_takes_every_rate_of_the_protocol() {
        for hz in SampleRate::ALL {
            let rate = SampleRate::try_from(i64::from(hz)).unwrap();
            Engine::new(
                RequestKey(1),
                AudioFormat::PcmS16Le,
                rate,
                &Options::default(),
            );
        }
    }

    fn run(piece: Piece) -> Worked {
        Piece::run(vec![piece]).pop().expect("one for each")
    }

    #[test]
    fn a_cancelled_request_comes_back_to_nobody() {
        let mut feed = Feed::default();
        let rate = SampleRate::try_from(16000).unwrap();
        for key in [RequestKey(1), RequestKey(2)] {
            feed.start(key, AudioFormat::PcmS16Le, rate, Options::default());
            feed.audio(key, Bytes::from(vec![0; 64_000]));
            feed.finish(key);
        }
        let piece = feed.next().unwrap();
        assert!(feed.next().is_none(), "one piece at a time");
        feed.cancel(RequestKey(1));
        assert!(feed.back(run(piece)).is_none());
        let mut frames = 0;
        while let Some(piece) = feed.next() {
            let Some(Input::Animated { key, animation, .. }) = feed.back(run(piece)) else {
                panic!("no answer")
            };
            assert_eq!(key, RequestKey(2));
            frames += animation.map_or(0, |animation| animation.frames);
        }
        assert_eq!(frames, 50);
    }
}
