//! Reads a trained network.

use std::fmt;

use super::layer::{HIDDEN_SCALE, INPUT_SCALE, Layer};
use super::{BLOCKS_MAX, DILATION_MAX, HEADS, INPUTS, Network, WIDTH_MAX};
use crate::Phone;
use crate::analysis::BANDS;

const MAGIC: &[u8] = b"VISAPHN1";
/// Larger scales and biases could overflow a sum of squares.
const FACTOR_MAX: f32 = 1e6;

/// Why a file of weights cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightsError {
    /// It does not begin with `VISAPHN1`.
    Magic,
    /// It ends too early.
    Short,
    /// Bytes are left after the last layer.
    Long,
    /// A number in the header, or the shape of a layer, is not what this engine runs.
    Shape {
        /// Which one.
        what: &'static str,
        /// Its value.
        value: u32,
    },
    /// The class in this place is not the engine's.
    Class(usize),
    /// A mean, scale or bias is not a number, or too large.
    Number,
}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("not a file of weights"),
            Self::Short => f.write_str("the weights end too early"),
            Self::Long => f.write_str("bytes follow the weights"),
            Self::Shape { what, value } => write!(f, "weights with {what} {value}"),
            Self::Class(place) => write!(f, "class {place} of the weights is another one"),
            Self::Number => f.write_str("a number among the weights is out of range"),
        }
    }
}

impl std::error::Error for WeightsError {}

/// Reads what training wrote; the format is described in the module above.
pub(super) fn parse(bytes: &[u8]) -> Result<Network, WeightsError> {
    let mut reader = Reader(bytes);
    if reader.take(MAGIC.len())? != MAGIC {
        return Err(WeightsError::Magic);
    }
    reader.expect("version", 1)?;
    reader.expect("inputs", INPUTS)?;
    let width = reader.within("width", 16..=WIDTH_MAX)?;
    if width % 16 != 0 {
        return Err(shape("width", width));
    }
    let blocks = reader.within("blocks", 1..=BLOCKS_MAX)?;
    reader.expect("classes", Phone::COUNT)?;
    reader.expect("heads", HEADS)?;
    reader.expect("kernel", 3)?;
    let dilations = (0..blocks).map(|_| reader.within("dilation", 1..=DILATION_MAX));
    let dilations = dilations.collect::<Result<Vec<_>, _>>()?;
    let _manifest = reader.take(32)?;
    for phone in Phone::ALL {
        let mut name = [0; 8];
        name[..phone.name().len()].copy_from_slice(phone.name().as_bytes());
        if reader.take(name.len())? != name {
            return Err(WeightsError::Class(phone as usize));
        }
    }
    let prior: Vec<f32> = reader.floats(BANDS)?;
    let input = reader.layer(width, 3 * INPUTS, INPUT_SCALE)?;
    let blocks = dilations.into_iter().map(|dilation| {
        Ok(super::Block {
            dilation,
            spread: reader.layer(width, 3 * width, HIDDEN_SCALE)?,
            mix: reader.layer(width, width, HIDDEN_SCALE)?,
        })
    });
    let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
    let heads = reader.layer(HEADS * Phone::COUNT, width, HIDDEN_SCALE)?;
    if !reader.0.is_empty() {
        return Err(WeightsError::Long);
    }
    Ok(Network {
        width,
        prior: std::array::from_fn(|band| prior[band]),
        input,
        blocks,
        heads,
    })
}

fn shape(what: &'static str, value: usize) -> WeightsError {
    let value = value as u32;
    WeightsError::Shape { what, value }
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], WeightsError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(WeightsError::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, WeightsError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(WeightsError::Short)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*bytes) as usize)
    }

    fn within(
        &mut self,
        what: &'static str,
        range: std::ops::RangeInclusive<usize>,
    ) -> Result<usize, WeightsError> {
        let value = self.number()?;
        let known = range.contains(&value).then_some(value);
        known.ok_or_else(|| shape(what, value))
    }

    fn expect(&mut self, what: &'static str, value: usize) -> Result<(), WeightsError> {
        self.within(what, value..=value).map(drop)
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, WeightsError> {
        let (chunks, _) = self.take(4 * count)?.as_chunks::<4>();
        let floats: Vec<f32> = chunks.iter().map(|it| f32::from_le_bytes(*it)).collect();
        let sane = floats.iter().all(|it| it.abs() <= FACTOR_MAX);
        sane.then_some(floats).ok_or(WeightsError::Number)
    }

    fn layer(&mut self, rows: usize, columns: usize, unit: f32) -> Result<Layer, WeightsError> {
        self.expect("rows of a layer", rows)?;
        self.expect("columns of a layer", columns)?;
        let (scale, bias) = (self.floats(rows)?, self.floats(rows)?);
        let weights = self.take(rows * columns)?;
        let weights: Vec<i8> = weights.iter().map(|byte| byte.cast_signed()).collect();
        Ok(Layer::new(&scale, &bias, &weights, unit))
    }
}
