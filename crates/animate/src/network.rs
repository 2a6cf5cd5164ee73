//! The network that tells phones apart: causal, dilated convolutions in bytes.
//!
//! # Features
//!
//! Per window, `mel_db` is the mean power of each of the 40 mel bands in decibels, at least -100, and `loud` is the
//! mean of those powers in decibels. A running reference begins at -30 dB, rises towards `loud` by a tenth of the
//! distance when that is above it, and else sinks by 0.01 dB per window, down to -90 dB. Then, where `loud` is above
//! the reference less 20 dB, a running mean of each band of `mel_db - reference` takes the window in: it begins with
//! the mean of training, worth 50 windows, and remembers 400. Input `b` is `(mel_db - reference - mean) / 12`
//! within -5 to 4, input 40 `(loud - reference) / 12` within -5 to 2.
//!
//! # Layers
//!
//! `x` is a convolution of three frames of the input. Each block adds to it: `h = x / sqrt(mean(x^2) + 1e-6)`, a
//! convolution of `h` now, its dilation ago and twice that ago, cut to 0 to 16, and a mix of one frame. The heads are linear in
//! the last `h`: 44 phones for each of three distances in time. Everything before the first window is zero.
//!
//! # Numbers
//!
//! Activations are rounded, halves to even, to 16 bits: inputs times 4096, normalised ones, within -8 to 8, and
//! rectified ones times 2048. Weights are bytes and sums are exact in 32 bits, so how windows are put together, and the
//! width of the processor's registers, change no bit; `x` stays in floats.
//!
//! # File
//!
//! Little endian: `VISAPHN1`; as u32 the version 1, inputs 41, width, blocks, classes 44, heads 3, kernel 3, and the
//! dilation of each block; the SHA-256 of the training's manifest; 44 names of 8 bytes; 40 f32, the mean of training;
//! then the layers: input, per block convolution and mix, heads. A layer is u32 rows, u32 columns, f32 scale per row,
//! f32 bias per row, and its weights row by row, one byte each; columns are ordered the oldest frame first.

mod batch;
mod input;
mod layer;
mod softmax;
mod state;
#[cfg(test)]
mod tests;
mod weights;

use std::sync::LazyLock;

use crate::analysis::BANDS;

pub(crate) use batch::{COLUMNS, Column, Scratch};
pub(crate) use state::Stream;
pub use weights::WeightsError;

use layer::Layer;

/// Numbers that go in per window: the bands and their mean.
pub(crate) const INPUTS: usize = BANDS + 1;
/// Distances in time that are told.
pub(crate) const HEADS: usize = crate::hearing::HEADS.len();
/// The widest network, the most blocks and the longest dilation that are read.
const WIDTH_MAX: usize = 256;
const BLOCKS_MAX: usize = 16;
const DILATION_MAX: usize = 64;

/// A trained network.
#[derive(Debug)]
pub(crate) struct Network {
    width: usize,
    prior: [f32; BANDS],
    input: Layer,
    blocks: Vec<Block>,
    heads: Layer,
}

#[derive(Debug)]
struct Block {
    dilation: usize,
    spread: Layer,
    mix: Layer,
}

impl Network {
    /// The one inside the program.
    pub(crate) fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Network> = LazyLock::new(|| {
            Network::parse(include_bytes!("../weights/phones.bin"))
                .expect("the tests read the same weights")
        });
        &BUILT_IN
    }

    /// Reads a file of weights.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, WeightsError> {
        weights::parse(bytes)
    }
}

/// `value` times `scale`, rounded to the nearest, halves to even; the product fits 16 bits.
#[inline(always)]
fn quantise(value: f32, scale: f32) -> i16 {
    // A float of this size has no fraction: adding it rounds, and leaves the integer in the lowest bits.
    // Unlike `round_ties_even` this is one instruction on every processor.
    const WHOLE: f32 = 12_582_912.0;
    (value * scale + WHOLE).to_bits() as i16
}
