//! The network against a plain one in floats, and against itself.

use fearless_simd::Level;
use proptest::prelude::*;

use super::{Column, HEADS, INPUTS, Network, Scratch, Stream, WeightsError};
use crate::Phone;
use crate::analysis::BANDS;
use crate::hearing::{Hearing, Moment, Posterior};

const WIDTH: usize = 48;
const DILATIONS: [usize; 3] = [1, 2, 5];

/// Numbers that look random.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    /// From -1 to 1.
    fn float(&mut self) -> f32 {
        self.next() as f32 / (1 << 23) as f32 - 1.0
    }

    fn inputs(&mut self, count: usize) -> Vec<[i16; INPUTS]> {
        let frame = |_| std::array::from_fn(|_| (self.float() * 20_000.0) as i16);
        (0..count).map(frame).collect()
    }
}

/// A layer before it is packed.
struct Plain {
    columns: usize,
    scale: Vec<f32>,
    bias: Vec<f32>,
    weights: Vec<i8>,
}

impl Plain {
    fn random(noise: &mut Noise, rows: usize, columns: usize) -> Self {
        let gain = 1.7 / (127.0 * (columns as f32).sqrt());
        Self {
            columns,
            scale: (0..rows).map(|_| gain * (1.2 + noise.float())).collect(),
            bias: (0..rows).map(|_| 0.3 * noise.float()).collect(),
            weights: (0..rows * columns).map(|_| noise.next() as i8).collect(),
        }
    }

    fn apply(&self, inputs: &[f32]) -> Vec<f32> {
        let rows = self.weights.chunks(self.columns);
        let sums = rows.map(|row| {
            row.iter()
                .zip(inputs)
                .map(|(w, x)| f32::from(*w) * x)
                .sum::<f32>()
        });
        let factors = self.scale.iter().zip(&self.bias);
        sums.zip(factors)
            .map(|(sum, (scale, bias))| sum * scale + bias)
            .collect()
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend((self.scale.len() as u32).to_le_bytes());
        bytes.extend((self.columns as u32).to_le_bytes());
        let factors = self.scale.iter().chain(&self.bias);
        bytes.extend(factors.flat_map(|it| it.to_le_bytes()));
        bytes.extend(self.weights.iter().map(|it| it.cast_unsigned()));
    }
}

/// A network of random weights: input, per block two, heads.
fn layers() -> Vec<Plain> {
    let noise = &mut Noise(1);
    let mut layers = vec![Plain::random(noise, WIDTH, 3 * INPUTS)];
    for _ in DILATIONS {
        layers.push(Plain::random(noise, WIDTH, 3 * WIDTH));
        layers.push(Plain::random(noise, WIDTH, WIDTH));
    }
    layers.push(Plain::random(noise, HEADS * Phone::COUNT, WIDTH));
    layers
}

fn file() -> Vec<u8> {
    let mut bytes = b"VISAPHN1".to_vec();
    for number in [1, INPUTS, WIDTH, DILATIONS.len(), Phone::COUNT, HEADS, 3] {
        bytes.extend((number as u32).to_le_bytes());
    }
    bytes.extend(DILATIONS.iter().flat_map(|it| (*it as u32).to_le_bytes()));
    bytes.extend([7; 32]);
    for phone in Phone::ALL {
        bytes.extend(phone.name().bytes().chain([0; 8]).take(8));
    }
    bytes.extend((0..BANDS).flat_map(|band| (-0.5 * band as f32).to_le_bytes()));
    layers().iter().for_each(|layer| layer.write(&mut bytes));
    bytes
}

fn network() -> Network {
    Network::parse(&file()).expect("well formed")
}

/// What the network does, in floats and the most plain way, to all frames of a stream.
fn plainly(inputs: &[[i16; INPUTS]]) -> Vec<Vec<f32>> {
    let layers = layers();
    let frames: Vec<Vec<f32>> = inputs
        .iter()
        .map(|frame| frame.iter().map(|&it| f32::from(it) / 4096.0).collect())
        .collect();
    let convolve = |layer: &Plain, frames: &[Vec<f32>], dilation: usize| -> Vec<Vec<f32>> {
        let at =
            |t: Option<usize>| t.map_or_else(|| vec![0.0; frames[0].len()], |t| frames[t].clone());
        (0..frames.len())
            .map(|t| {
                let past = [
                    t.checked_sub(2 * dilation),
                    t.checked_sub(dilation),
                    Some(t),
                ];
                layer.apply(&past.map(at).concat())
            })
            .collect()
    };
    let normalised = |frames: &[Vec<f32>]| -> Vec<Vec<f32>> {
        let square = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32;
        let norm = |x: &Vec<f32>| x.iter().map(|v| v / (square(x) + 1e-6).sqrt()).collect();
        frames.iter().map(norm).collect()
    };
    let mut x = convolve(&layers[0], &frames, 1);
    for (block, dilation) in DILATIONS.into_iter().enumerate() {
        let mut a = convolve(&layers[1 + 2 * block], &normalised(&x), dilation);
        a.iter_mut().flatten().for_each(|a| *a = a.clamp(0.0, 16.0));
        for (x, a) in x.iter_mut().zip(&a) {
            let change = layers[2 + 2 * block].apply(a);
            x.iter_mut()
                .zip(change)
                .for_each(|(x, change)| *x += change);
        }
    }
    let heads = &layers[layers.len() - 1];
    normalised(&x).iter().map(|x| heads.apply(x)).collect()
}

fn column(stream: usize, input: [i16; INPUTS], wanted: usize) -> Column {
    Column {
        stream,
        input,
        wanted,
        hearing: Hearing {
            heads: [[0.0; Phone::COUNT]; HEADS],
            moment: Moment {
                level_db: 0.0,
                loudness_db: 0.0,
                presence: 0.0,
                voicing: 0.0,
                pitch_semitones: 0.0,
                brightness: 0.0,
            },
        },
    }
}

fn run(network: &Network, level: Level, inputs: &[[i16; INPUTS]]) -> Vec<[Posterior; HEADS]> {
    let mut scratch = Scratch::at(level, network);
    let mut streams = [Stream::new(network)];
    let mut out = vec![];
    for inputs in inputs.chunks(super::COLUMNS) {
        let mut columns: Vec<_> = inputs.iter().map(|it| column(0, *it, HEADS)).collect();
        scratch.run(network, &mut columns, &mut streams, |it| it);
        out.extend(columns.iter().map(|it| it.hearing.heads));
    }
    out
}

#[test]
fn it_does_what_a_plain_network_of_floats_does() {
    let inputs = Noise(2).inputs(60);
    let heard = run(&network(), Level::new(), &inputs);
    for (time, (heads, odds)) in heard.iter().zip(plainly(&inputs)).enumerate() {
        for (head, odds) in heads.iter().zip(odds.chunks(Phone::COUNT)) {
            let whole: f32 = odds.iter().map(|it| it.exp()).sum();
            for (share, odds) in head.iter().zip(odds) {
                let expected = odds.exp() / whole;
                assert!(
                    (share - expected).abs() < 2e-3,
                    "{time}: {share} {expected}"
                );
            }
        }
    }
}

#[test]
fn every_processor_hears_the_same_bits() {
    let (network, inputs) = (network(), Noise(3).inputs(100));
    assert_eq!(
        run(&network, Level::new(), &inputs),
        run(&network, Level::baseline(), &inputs)
    );
    let extreme: Vec<_> = inputs
        .iter()
        .map(|it| it.map(|x| if x < 0 { -20_480 } else { 20_480 }))
        .collect();
    assert_eq!(
        run(&network, Level::new(), &extreme),
        run(&network, Level::baseline(), &extreme)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn company_changes_no_bit(batches in prop::collection::vec(prop::collection::vec((0usize..4, 1..=HEADS), 0..=super::COLUMNS), 1..8)) {
        let network = network();
        let mut scratch = Scratch::new(&network);
        let mut streams: Vec<Stream> = (0..4).map(|_| Stream::new(&network)).collect();
        let inputs: Vec<_> = (0..4).map(|n| Noise(n + 10).inputs(200)).collect();
        let alone: Vec<_> = inputs.iter().map(|it| run(&network, Level::new(), it)).collect();
        let mut times = [0; 4];
        for batch in batches {
            let mut begun = times;
            let next = |&(stream, wanted): &(usize, usize)| {
                times[stream] += 1;
                column(stream, inputs[stream][times[stream] - 1], wanted)
            };
            let mut columns: Vec<_> = batch.iter().map(next).collect();
            scratch.run(&network, &mut columns, &mut streams, |it| it);
            for column in columns {
                let expected = &alone[column.stream][begun[column.stream]];
                begun[column.stream] += 1;
                let (wanted, rest) = column.hearing.heads.split_at(column.wanted);
                prop_assert_eq!(wanted, &expected[..column.wanted]);
                prop_assert!(rest.as_flattened().iter().all(|it| *it == 0.0));
            }
        }
    }

    #[test]
    fn damaged_weights_are_refused_or_run(flips in prop::collection::vec((0usize..700, any::<u8>()), 1..4)) {
        let mut bytes = file();
        for (place, value) in flips {
            bytes[place] = value;
        }
        if let Ok(network) = Network::parse(&bytes) {
            let heard = run(&network, Level::new(), &Noise(4).inputs(3));
            prop_assert!(heard.as_flattened().as_flattened().iter().all(|it| it.is_finite()));
        }
    }

    #[test]
    fn noise_is_no_network(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Network::parse(&bytes).is_err());
    }
}

#[test]
fn what_is_wrong_with_weights_is_told() {
    let whole = file();
    let error = |bytes: &[u8]| Network::parse(bytes).map(drop).expect_err("malformed");
    for length in (0..1000).chain([whole.len() - 1]) {
        assert_eq!(error(&whole[..length]), WeightsError::Short, "{length}");
    }
    assert_eq!(error(&[&whole[..], &[0]].concat()), WeightsError::Long);
    let with = |place: usize, value: &[u8]| {
        let mut bytes = whole.clone();
        bytes[place..place + value.len()].copy_from_slice(value);
        error(&bytes)
    };
    let shape = |what, value| WeightsError::Shape { what, value };
    assert_eq!(with(0, b"X"), WeightsError::Magic);
    assert_eq!(with(8, &[2]), shape("version", 2));
    assert_eq!(with(16, &[24]), shape("width", 24));
    assert_eq!(with(20, &[0]), shape("blocks", 0));
    assert_eq!(with(36, &[65]), shape("dilation", 65));
    let classes = 36 + 4 * DILATIONS.len() + 32;
    assert_eq!(with(classes + 8, b"q"), WeightsError::Class(1));
    let prior = classes + 8 * Phone::COUNT;
    assert_eq!(with(prior, &f32::NAN.to_le_bytes()), WeightsError::Number);
    assert_eq!(with(prior + 4 * BANDS, &[1]), shape("rows of a layer", 1));
}

#[test]
fn the_built_in_network_is_well_formed_and_small() {
    let network = Network::built_in();
    assert!(Stream::new(network).heap_bytes() < 24 << 10);
}
