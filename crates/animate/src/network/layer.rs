//! One quantised layer: bytes times 16-bit activations, summed exactly.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8, i8x32, i16x16, i32x8};

/// Rows that are worked out together.
pub(super) const ROWS: usize = 16;
/// Columns that are worked out together: 2 x 6 sums, two rows of weights and a column fill 16 registers.
const COLUMNS: usize = 6;

/// What activations are multiplied by before they are rounded to 16 bits.
pub(super) const INPUT_SCALE: f32 = 4096.0;
pub(super) const HIDDEN_SCALE: f32 = 2048.0;

/// The most columns of a layer: three frames of the widest network.
pub(super) const INPUTS_MAX: usize = 3 * super::WIDTH_MAX;

// No sum overflows, whatever the weights: inputs stay within 5, normalised ones within 8, and rectified ones,
// which are up to 16, meet one frame only.
const _: () = assert!(INPUTS_MAX as i64 * 8 * HIDDEN_SCALE as i64 * 128 <= i32::MAX as i64);
const _: () = assert!(super::WIDTH_MAX as i64 * 32_767 * 128 <= i32::MAX as i64);
const _: () = assert!(3 * super::INPUTS as i64 * 5 * INPUT_SCALE as i64 * 128 <= i32::MAX as i64);

/// Weights in the order they are used.
#[derive(Debug)]
pub(super) struct Layer {
    /// Per 16 rows, per pair of columns: the pair's weights of the first eight rows, then of the others.
    weights: Vec<[i8; 2 * ROWS]>,
    pairs: usize,
    /// Per row, what one unit of its sum is worth; rows are filled up to a multiple of [`ROWS`].
    scale: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    /// A layer of `scale.len()` rows, from its weights row by row.
    ///
    /// `unit` is what activations were multiplied by.
    pub(super) fn new(scale: &[f32], bias: &[f32], weights: &[i8], unit: f32) -> Self {
        let rows = scale.len();
        let columns = weights.len() / rows;
        let pairs = columns.div_ceil(2);
        let weight = |row: usize, column: usize| {
            if row < rows && column < columns {
                weights[row * columns + column]
            } else {
                0
            }
        };
        let filled = |values: &[f32], by: f32| {
            let mut values: Vec<f32> = values.iter().map(|value| value / by).collect();
            values.resize(rows.next_multiple_of(ROWS), 0.0);
            values
        };
        let packed = (0..rows.div_ceil(ROWS)).flat_map(|block| {
            (0..pairs).map(move |pair| {
                std::array::from_fn(|n| weight(block * ROWS + n / 2, 2 * pair + n % 2))
            })
        });
        Self {
            weights: packed.collect(),
            pairs,
            scale: filled(scale, unit),
            bias: filled(bias, 1.0),
        }
    }

    /// Rows, filled up.
    pub(super) fn rows(&self) -> usize {
        self.scale.len()
    }

    /// Numbers per column of the input, an even number.
    pub(super) fn inputs(&self) -> usize {
        2 * self.pairs
    }

    /// Works out the first `rows` rows of `out`, [`rows`](Self::rows) numbers per column, for columns of
    /// [`inputs`](Self::inputs) activations each.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(&self, simd: S, rows: usize, columns: &[i16], out: &mut [f32]) {
        simd.vectorize(
            #[inline(always)]
            || {
                let (columns, _) = columns.as_chunks::<2>();
                for block in 0..rows.div_ceil(ROWS) {
                    let mut columns = columns.chunks(COLUMNS * self.pairs);
                    let mut outs = out.chunks_mut(COLUMNS * self.rows());
                    while let (Some(columns), Some(out)) = (columns.next(), outs.next()) {
                        match columns.len() / self.pairs {
                            6 => self.tile::<S, 6>(simd, block, columns, out),
                            5 => self.tile::<S, 5>(simd, block, columns, out),
                            4 => self.tile::<S, 4>(simd, block, columns, out),
                            3 => self.tile::<S, 3>(simd, block, columns, out),
                            2 => self.tile::<S, 2>(simd, block, columns, out),
                            _ => self.tile::<S, 1>(simd, block, columns, out),
                        }
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn tile<S: Simd, const C: usize>(
        &self,
        simd: S,
        block: usize,
        columns: &[[i16; 2]],
        out: &mut [f32],
    ) {
        let weights = &self.weights[block * self.pairs..][..self.pairs];
        let columns: [&[[i16; 2]]; C] =
            std::array::from_fn(|c| &columns[c * weights.len()..][..weights.len()]);
        let mut sums = [[i32x8::splat(simd, 0); 2]; C];
        for (k, weights) in weights.iter().enumerate() {
            let (upper, lower) = i8x32::simd_from(simd, *weights).widen();
            for (sums, column) in sums.iter_mut().zip(&columns) {
                let [[a, b], [c, d]] = column[k].map(i16::to_ne_bytes);
                let pair = i32x8::splat(simd, i32::from_ne_bytes([a, b, c, d]));
                let pair: i16x16<S> = pair.bitcast();
                sums[0] += upper.pairwise_dot_product(pair);
                sums[1] += lower.pairwise_dot_product(pair);
            }
        }
        let first = block * ROWS;
        let scale = &self.scale[first..first + ROWS];
        let bias = &self.bias[first..first + ROWS];
        for (sums, out) in sums.iter().zip(out.chunks_mut(self.rows())) {
            let out = &mut out[first..first + ROWS];
            for (half, sums) in sums.iter().enumerate() {
                let place = 8 * half..8 * half + 8;
                let scale = f32x8::from_slice(simd, &scale[place.clone()]);
                let bias = f32x8::from_slice(simd, &bias[place.clone()]);
                let values: f32x8<S> = sums.to_float();
                (values * scale + bias).store_slice(&mut out[place]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    #[test]
    fn sums_are_exact_whatever_the_shape() {
        for (rows, inputs, count) in [(16, 2, 1), (20, 123, 7), (132, 48, 12), (48, 768, 17)] {
            let weight = |n: usize| ((n * 7919) % 256) as u8 as i8;
            let weights: Vec<i8> = (0..rows * inputs).map(weight).collect();
            let scale: Vec<f32> = (0..rows).map(|row| 0.25 + row as f32).collect();
            let bias: Vec<f32> = (0..rows).map(|row| -(row as f32)).collect();
            let layer = Layer::new(&scale, &bias, &weights, 1.0);
            let mut columns = vec![0i16; count * layer.inputs()];
            for (n, column) in columns.chunks_mut(layer.inputs()).enumerate() {
                let value = |k: usize| ((n * 31 + k * 4337) % 32_769) as i16 - 16_384;
                (0..inputs).for_each(|k| column[k] = value(k));
            }
            for level in [Level::new(), Level::baseline()] {
                let mut out = vec![f32::NAN; count * layer.rows()];
                dispatch!(level, simd => layer.apply(simd, rows, &columns, &mut out));
                for (column, out) in columns.chunks(layer.inputs()).zip(out.chunks(layer.rows())) {
                    for row in 0..rows {
                        let weights = &weights[row * inputs..(row + 1) * inputs];
                        let products = weights.iter().zip(column);
                        let sum: i32 = products.map(|(w, x)| i32::from(*w) * i32::from(*x)).sum();
                        assert_eq!(out[row], sum as f32 * scale[row] + bias[row]);
                    }
                }
            }
        }
    }
}
