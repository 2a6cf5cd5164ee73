//! `face.json` as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The text that every interpreter reads.
pub(crate) const FACE: &str = include_str!("../../../web/rig/face.json");

/// Moves of a point by channel, `[dx, dy]` at weight 1.
pub(crate) type Moves = BTreeMap<String, [f64; 2]>;

#[derive(Deserialize)]
pub(crate) struct Face {
    pub(crate) origin: [f64; 2],
    pub(crate) pivot: [f64; 3],
    /// Half axes of the egg that a face is half of.
    pub(crate) ball: [f64; 3],
    /// Units of a metre of head motion.
    pub(crate) metre: f64,
    pub(crate) channels: Vec<String>,
    pub(crate) morphs: Vec<String>,
    pub(crate) looks: BTreeMap<String, Look>,
    pub(crate) derived: Vec<Derived>,
    pub(crate) groups: BTreeMap<String, Moves>,
    pub(crate) points: BTreeMap<String, Point>,
    pub(crate) layers: Vec<Layer>,
}

#[derive(Deserialize)]
pub(crate) struct Look {
    pub(crate) morph: BTreeMap<String, f64>,
    pub(crate) palette: BTreeMap<String, String>,
}

/// A channel made of others: their weighed sum within limits, times others.
#[derive(Deserialize)]
pub(crate) struct Derived {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) sided: bool,
    pub(crate) sum: BTreeMap<String, f64>,
    #[serde(default)]
    pub(crate) times: Vec<String>,
    #[serde(default)]
    pub(crate) min: f64,
    #[serde(default = "one")]
    pub(crate) max: f64,
}

#[derive(Deserialize)]
pub(crate) struct Point {
    /// x, y and perhaps z.
    pub(crate) at: Vec<f64>,
    #[serde(rename = "in")]
    pub(crate) group: Option<String>,
    #[serde(rename = "move", default)]
    pub(crate) moves: Moves,
    pub(crate) follow: Option<f64>,
}

/// A point of a path: by name, `-name` for its mirror image, or in place.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Place {
    Named(String),
    At(Vec<f64>),
}

#[derive(Deserialize)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) look: Option<String>,
    #[serde(default)]
    pub(crate) mirror: bool,
    #[serde(default)]
    pub(crate) path: Vec<Place>,
    /// Centre and half axes, instead of a path.
    pub(crate) ellipse: Option<[f64; 4]>,
    pub(crate) closed: Option<bool>,
    pub(crate) fill: Option<String>,
    pub(crate) stroke: Option<String>,
    #[serde(default)]
    pub(crate) width: f64,
    #[serde(default = "one")]
    pub(crate) alpha: f64,
    #[serde(rename = "alphaBy", default)]
    pub(crate) alpha_by: BTreeMap<String, f64>,
    pub(crate) clip: Option<String>,
    pub(crate) z: Option<f64>,
    pub(crate) follow: Option<f64>,
    #[serde(rename = "in")]
    pub(crate) group: Option<String>,
    #[serde(rename = "move", default)]
    pub(crate) moves: Moves,
}

const fn one() -> f64 {
    1.0
}
