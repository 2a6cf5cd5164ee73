//! Speech audio to facial animation.
//!
//! An [`Animator`] takes the samples of one utterance as they arrive and gives [`Frame`]s at an
//! exact rate: weights of the 52 ARKit blendshapes, of the 15 Oculus visemes, and the pose of head
//! and eyes. [`flame`] turns a frame into FLAME parameters, [`opus`] and [`wav`] read what speech
//! comes in, [`export`] writes files that other programs read.
//!
//! A small network inside the crate tells sounds apart; it needs no GPU, no transcript and no service. What the
//! engine deliberately does not know: files, sockets, clocks, sessions, words, languages, and the
//! appearance of the face it moves. Time is counted in samples, chance is a seed.
//!
//! Frames are stamped in media time and depend on the samples and the [`Options`] alone: cutting
//! the audio into other chunks changes no bit of them.
//!
//! ```
//! use visavis_animate::{ARKIT, Animator, Fps, Options};
//!
//! let options = Options { fps: Fps::F50, ..Options::default() };
//! let mut animator = Animator::new(24_000, &options)?;
//! let mut frames = Vec::new();
//!
//! // A tenth of a second of a buzz, as 16-bit samples, in two unequal chunks.
//! let buzz: Vec<i16> = (0..2400).map(|n| (n % 200 * 60 - 6000) as i16).collect();
//! animator.push(&buzz[..1000], &mut frames);
//! animator.push(&buzz[1000..], &mut frames);
//! animator.finish(&mut frames);
//!
//! assert_eq!(frames.len(), 5);
//! let jaw = ARKIT.iter().position(|name| *name == "jawOpen").unwrap();
//! assert!(frames.iter().all(|frame| (0.0..=1.0).contains(&frame.blendshapes[jaw])));
//! # Ok::<(), visavis_animate::UnsupportedRate>(())
//! ```

mod analysis;
mod animator;
mod arkit;
mod batch;
mod character;
pub mod export;
mod face;
pub mod flame;
mod frame;
mod hearing;
mod insight;
mod level;
mod life;
mod listener;
mod math;
mod motion;
mod network;
mod options;
pub mod opus;
mod performance;
mod phone;
#[doc(hidden)]
pub mod probe;
mod processor;
mod resample;
pub mod score;
mod viseme;
pub mod wav;

pub use animator::Animator;
pub use arkit::ARKIT;
pub use batch::{Job, push_all};
pub use character::Character;
pub use frame::{Frame, Pose};
pub use insight::Insight;
pub use options::{Attention, Fps, Lookahead, Options, UnsupportedFps, UnsupportedRate};
pub use phone::Phone;
pub use viseme::Viseme;
