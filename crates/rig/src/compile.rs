//! Names of a definition become places, once.

use std::collections::BTreeMap;

use crate::RigError;
use crate::definition::{Derived, Face, Layer, Moves, Place};
use crate::pose::{depth, round};

/// One channel, or the mean of the two sides of a pair.
pub(crate) struct Channel([usize; 2]);

/// A channel and its factor.
pub(crate) struct Weighed(Channel, f64);

/// A channel made of others.
pub(crate) struct DerivedChannel {
    sum: Vec<Weighed>,
    times: Vec<Channel>,
    min: f64,
    max: f64,
}

/// A point that knows where it is and what moves it.
pub(crate) struct Moved {
    pub(crate) at: [f64; 2],
    pub(crate) z: f64,
    pub(crate) follow: f64,
    pub(crate) moves: Vec<(Channel, [f64; 2])>,
}

/// A layer, or its mirror image, with its points.
pub(crate) struct LayerPoints {
    pub(crate) name: String,
    pub(crate) points: Vec<Moved>,
    pub(crate) closed: bool,
    pub(crate) clip: Option<String>,
    pub(crate) fill: Option<String>,
    pub(crate) stroke: Option<String>,
    pub(crate) width: f64,
    pub(crate) alpha: f64,
    pub(crate) alpha_by: Vec<Weighed>,
}

/// Places of the channels by name.
pub(crate) struct Channels(BTreeMap<String, usize>);

/// The subject's side that a point is on.
type Side = &'static str;

impl Channels {
    /// The face's own channels, then its morphs.
    pub(crate) fn new(face: &Face) -> Self {
        let names = face.channels.iter().chain(&face.morphs).cloned();
        Self(names.zip(0..).collect())
    }

    /// Adds the channels made of others, in their order.
    pub(crate) fn derive(&mut self, all: &[Derived]) -> Result<Vec<DerivedChannel>, RigError> {
        let mut made = vec![];
        for one in all {
            let sides: &[Side] = if one.sided { &["Left", "Right"] } else { &[""] };
            for side in sides {
                let times = one.times.iter().map(|name| self.named(name, side));
                made.push(DerivedChannel {
                    sum: self.weighed(&one.sum, side)?,
                    times: times.collect::<Result<_, _>>()?,
                    min: one.min,
                    max: one.max,
                });
            }
            for side in sides {
                self.0.insert(format!("{}{side}", one.name), self.0.len());
            }
        }
        Ok(made)
    }

    fn weighed(&self, sum: &BTreeMap<String, f64>, side: Side) -> Result<Vec<Weighed>, RigError> {
        sum.iter()
            .map(|(name, gain)| Ok(Weighed(self.named(name, side)?, *gain)))
            .collect()
    }

    /// What a name stands for: itself, or the one of its side, or on the middle line the mean of both.
    fn named(&self, name: &str, side: Side) -> Result<Channel, RigError> {
        let place = |name: &str| {
            let unknown = || RigError::Definition(format!("no channel {name}"));
            self.0.get(name).copied().ok_or_else(unknown)
        };
        if let Ok(only) = place(name) {
            return Ok(Channel([only; 2]));
        }
        let pair = if side.is_empty() {
            ["Left", "Right"]
        } else {
            [side; 2]
        };
        let [left, right] = pair.map(|side| place(&format!("{name}{side}")));
        Ok(Channel([left?, right?]))
    }
}

impl Channel {
    pub(crate) fn value(&self, values: &[f64]) -> f64 {
        (values[self.0[0]] + values[self.0[1]]) / 2.0
    }
}

impl Weighed {
    pub(crate) fn sum(all: &[Self], values: &[f64]) -> f64 {
        all.iter()
            .map(|Self(channel, gain)| gain * channel.value(values))
            .sum()
    }
}

impl DerivedChannel {
    pub(crate) fn value(&self, values: &[f64]) -> f64 {
        let sum = Weighed::sum(&self.sum, values).clamp(self.min, self.max);
        self.times
            .iter()
            .fold(sum, |product, channel| product * channel.value(values))
    }
}

/// The layers of a look, back to front, mirror images after their originals.
pub(crate) fn compile(
    face: &Face,
    look: &str,
    channels: &Channels,
) -> Result<Vec<LayerPoints>, RigError> {
    let mut layers = vec![];
    for layer in &face.layers {
        if layer.look.as_ref().is_some_and(|only| only != look) {
            continue;
        }
        layers.push(layer_points(face, channels, layer, false)?);
        if layer.mirror {
            layers.push(layer_points(face, channels, layer, true)?);
        }
    }
    Ok(layers)
}

fn layer_points(
    face: &Face,
    channels: &Channels,
    layer: &Layer,
    mirrored: bool,
) -> Result<LayerPoints, RigError> {
    let ellipse = layer.ellipse.map(round);
    let points: Result<_, _> = match &ellipse {
        Some(places) => places
            .iter()
            .map(|at| point(face, channels, layer, mirrored, &Place::At(at.to_vec())))
            .collect(),
        None => layer
            .path
            .iter()
            .map(|place| point(face, channels, layer, mirrored, place))
            .collect(),
    };
    let both = |name: &String| face.layers.iter().any(|it| it.name == *name && it.mirror);
    let tail = |name: &String, tailed| format!("{name}{}", if tailed { "-" } else { "" });
    let side = match (layer.mirror, mirrored) {
        (false, _) => "",
        (true, false) => "Left",
        (true, true) => "Right",
    };
    Ok(LayerPoints {
        name: tail(&layer.name, mirrored),
        points: points?,
        closed: layer
            .closed
            .unwrap_or_else(|| layer.fill.is_some() || layer.stroke.is_none()),
        clip: layer
            .clip
            .as_ref()
            .map(|name| tail(name, mirrored && both(name))),
        fill: layer.fill.clone(),
        stroke: layer.stroke.clone(),
        width: layer.width,
        alpha: layer.alpha,
        alpha_by: channels.weighed(&layer.alpha_by, side)?,
    })
}

fn point(
    face: &Face,
    channels: &Channels,
    layer: &Layer,
    mirrored: bool,
    place: &Place,
) -> Result<Moved, RigError> {
    let wrong = |what: String| RigError::Definition(format!("layer {}: {what}", layer.name));
    let (at, shared, minus) = match place {
        Place::Named(name) => {
            let plain = name.strip_prefix('-').unwrap_or(name);
            let shared = face.points.get(plain);
            let shared = shared.ok_or_else(|| wrong(format!("no point {plain}")))?;
            (&shared.at, Some(shared), plain != name)
        }
        Place::At(at) => (at, None, false),
    };
    let (&[x, y] | &[x, y, _]) = &at[..] else {
        return Err(wrong("a point has two or three numbers".into()));
    };
    let flip = mirrored != minus;
    let sign = if flip { -1.0 } else { 1.0 };
    let across = sign * layer.ellipse.map_or(x, |ellipse| ellipse[0]);
    let side = match across {
        _ if across > 0.0 => "Left",
        _ if across < 0.0 => "Right",
        _ => "",
    };
    let groups = [
        shared.and_then(|it| it.group.as_ref()),
        layer.group.as_ref(),
    ];
    let mut all: Vec<&Moves> = vec![&layer.moves];
    all.extend(shared.map(|it| &it.moves));
    for name in groups.into_iter().flatten() {
        let group = face.groups.get(name);
        all.push(group.ok_or_else(|| wrong(format!("no group {name}")))?);
    }
    let mut moves = vec![];
    for (name, [dx, dy]) in all.into_iter().flatten() {
        let channel = channels.named(&swap(name, flip), side)?;
        moves.push((channel, [dx * sign, *dy]));
    }
    Ok(Moved {
        at: [x * sign, y],
        z: at
            .get(2)
            .copied()
            .or(layer.z)
            .unwrap_or_else(|| depth(face.ball, x, y)),
        follow: shared
            .and_then(|it| it.follow)
            .or(layer.follow)
            .unwrap_or(1.0),
        moves,
    })
}

/// A mirrored move that names a side means the other one.
fn swap(name: &str, flip: bool) -> String {
    match (name.strip_suffix("Left"), name.strip_suffix("Right")) {
        (Some(stem), _) if flip => format!("{stem}Right"),
        (_, Some(stem)) if flip => format!("{stem}Left"),
        _ => name.to_owned(),
    }
}
