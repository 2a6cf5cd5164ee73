//! Many windows, of any streams, through the network at once.

use fearless_simd::{Level, Simd, dispatch};

use super::layer::HIDDEN_SCALE;
use super::softmax::softmax;
use super::{INPUTS, Network, Stream, quantise};
use crate::Phone;
use crate::hearing::Hearing;
use crate::math::dot;
use crate::processor;

/// Windows that go through together: all that is read of them stays in the nearest cache.
pub(crate) const COLUMNS: usize = 24;

/// One window of one stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Whose it is: a place among the streams.
    pub(crate) stream: usize,
    pub(crate) input: [i16; INPUTS],
    /// How many of the heads are wanted, from the nearest on; the others stay as they are.
    pub(crate) wanted: usize,
    /// What is heard in it: the heads are filled in.
    pub(crate) hearing: Hearing,
}

/// Room to work in; its contents mean nothing between two runs.
#[derive(Debug)]
pub(crate) struct Scratch {
    level: Level,
    /// Instants of the columns in their streams.
    times: [usize; COLUMNS],
    x: Vec<f32>,
    /// Activations that go into a layer, and what comes out of it.
    activations: Vec<i16>,
    out: Vec<f32>,
}

impl Scratch {
    pub(crate) fn new(network: &Network) -> Self {
        Self::at(processor::level(), network)
    }

    /// For the processor's features of `level`.
    pub(super) fn at(level: Level, network: &Network) -> Self {
        let inputs = network.input.inputs().max(3 * network.width);
        let rows = network.heads.rows().max(network.width);
        Self {
            level,
            times: [0; COLUMNS],
            x: vec![0.0; COLUMNS * network.width],
            activations: vec![0; COLUMNS * inputs],
            out: vec![0.0; COLUMNS * rows],
        }
    }

    /// Gives each column its heads; columns of one stream are in the order of time, and at most [`COLUMNS`] are taken.
    ///
    /// `stream` finds the stream of one of `owners`.
    pub(crate) fn run<O>(
        &mut self,
        network: &Network,
        columns: &mut [Column],
        owners: &mut [O],
        stream: fn(&mut O) -> &mut Stream,
    ) {
        for (column, time) in columns.iter().zip(&mut self.times) {
            let stream = stream(&mut owners[column.stream]);
            *time = stream.time;
            stream.time = stream.time.wrapping_add(1);
        }
        let level = self.level;
        dispatch!(level, simd => self.work(simd, network, columns, owners, stream));
    }

    #[inline(always)]
    fn work<S: Simd, O>(
        &mut self,
        simd: S,
        network: &Network,
        columns: &mut [Column],
        owners: &mut [O],
        stream: fn(&mut O) -> &mut Stream,
    ) {
        let (count, width) = (columns.len(), network.width);
        let Self {
            times,
            x,
            activations,
            out,
            ..
        } = self;
        let x = &mut x[..count * width];

        let inputs = network.input.inputs();
        for (n, column) in columns.iter().enumerate() {
            let panel = &mut activations[n * inputs..(n + 1) * inputs];
            let (panel, rest) = panel.split_at_mut(3 * INPUTS);
            panel[2 * INPUTS..].copy_from_slice(&column.input);
            rest.fill(0);
            let stream = stream(&mut owners[column.stream]);
            stream.ring(0, INPUTS, 1).turn(times[n], panel);
        }
        network
            .input
            .apply(simd, width, &activations[..count * inputs], x);

        let mut ring = 2 * INPUTS;
        for block in &network.blocks {
            for (n, column) in columns.iter().enumerate() {
                let panel = &mut activations[n * 3 * width..(n + 1) * 3 * width];
                normalise(
                    simd,
                    &x[n * width..(n + 1) * width],
                    &mut panel[2 * width..],
                );
                let stream = stream(&mut owners[column.stream]);
                stream
                    .ring(ring, width, block.dilation)
                    .turn(times[n], panel);
            }
            ring += 2 * block.dilation * width;
            let out = &mut out[..count * width];
            block
                .spread
                .apply(simd, width, &activations[..count * 3 * width], out);
            let activations = &mut activations[..count * width];
            rectify(out, activations);
            block.mix.apply(simd, width, activations, out);
            for (x, change) in x.iter_mut().zip(out) {
                *x += *change;
            }
        }

        let activations = &mut activations[..count * width];
        for (x, out) in x
            .chunks_exact(width)
            .zip(activations.chunks_exact_mut(width))
        {
            normalise(simd, x, out);
        }
        let wanted = columns.iter().map(|it| it.wanted).max().unwrap_or(0);
        let rows = network.heads.rows();
        let out = &mut out[..count * rows];
        network
            .heads
            .apply(simd, wanted * Phone::COUNT, activations, out);
        for (column, odds) in columns.iter_mut().zip(out.chunks_exact(rows)) {
            let odds = odds.chunks_exact(Phone::COUNT);
            for (head, odds) in column.hearing.heads[..column.wanted].iter_mut().zip(odds) {
                *head = softmax(odds);
            }
        }
    }
}

/// One column over its root mean square, quantised.
#[inline(always)]
fn normalise<S: Simd>(simd: S, x: &[f32], out: &mut [i16]) {
    let share = 1.0 / (dot(simd, x, x) / x.len() as f32 + 1e-6).sqrt();
    for (out, x) in out.iter_mut().zip(x) {
        *out = quantise((x * share).clamp(-8.0, 8.0), HIDDEN_SCALE);
    }
}

/// What is positive, up to just below 16, quantised.
#[inline(always)]
fn rectify(x: &[f32], out: &mut [i16]) {
    const HIGHEST: f32 = 32_767.0 / HIDDEN_SCALE;
    for (out, x) in out.iter_mut().zip(x) {
        *out = quantise(x.clamp(0.0, HIGHEST), HIDDEN_SCALE);
    }
}
