//! What is remembered of one stream of speech.

use super::input::Normaliser;
use super::{INPUTS, Network};

/// The past of one stream, as far back as the network looks.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) normaliser: Normaliser,
    /// Windows begun.
    pub(super) time: usize,
    /// A ring of past activations per convolution, one after the other.
    rings: Box<[i16]>,
}

impl Stream {
    pub(crate) fn new(network: &Network) -> Self {
        let hidden: usize = network.blocks.iter().map(|it| 2 * it.dilation).sum();
        Self {
            normaliser: Normaliser::new(&network.prior),
            time: 0,
            rings: vec![0; 2 * INPUTS + hidden * network.width].into(),
        }
    }

    /// Equals a new one afterwards, and allocates nothing.
    pub(crate) fn reset(&mut self, network: &Network) {
        self.normaliser = Normaliser::new(&network.prior);
        self.time = 0;
        self.rings.fill(0);
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(&*self.rings)
    }

    /// The ring of `2 * dilation` frames of `width` that begins at `start`.
    pub(super) fn ring(&mut self, start: usize, width: usize, dilation: usize) -> Ring<'_> {
        Ring {
            frames: &mut self.rings[start..start + 2 * dilation * width],
            dilation,
        }
    }
}

/// The past of one convolution.
pub(super) struct Ring<'a> {
    frames: &'a mut [i16],
    dilation: usize,
}

impl Ring<'_> {
    /// Puts the two past frames that belong to the last third of `column`, the frame at `time`, before it,
    /// and remembers that frame.
    pub(super) fn turn(&mut self, time: usize, column: &mut [i16]) {
        let width = column.len() / 3;
        let (past, now) = column.split_at_mut(2 * width);
        let (older, old) = past.split_at_mut(width);
        let slot = |time: usize| time % (2 * self.dilation) * width;
        let (here, between) = (slot(time), slot(time + self.dilation));
        older.copy_from_slice(&self.frames[here..here + width]);
        old.copy_from_slice(&self.frames[between..between + width]);
        self.frames[here..here + width].copy_from_slice(now);
    }
}
